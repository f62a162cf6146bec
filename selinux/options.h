/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command line of ipcavc, as it was given. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

struct options {
	char **files; /* into argv; none: the logs of this host */
	size_t file_count;
	bool is_json, is_live_only, has_key, is_suggesting, is_following,
		is_plugin;	/* follows standard input */
	const char *checkpoint; /* a file; NULL: without */
	const char *policy;	/* a file; NULL: the kernel's */
	uint32_t key;
	time_t since, until; /* 0: without */
	const char *class;   /* NULL: any */
	const char *domain;  /* source or target type; NULL: any */
};

enum options_next {
	OPTIONS_RUN,
	OPTIONS_DONE,  /* help or version has been printed */
	OPTIONS_USAGE, /* a mistake, said on standard error */
};

enum options_next options_parse(struct options *options, int argc, char **argv);

/*
 * A point in time: "2026-11-24", "2026-11-24 03:10[:05]", "03:10[:05]" of today (local time), "@" and
 * seconds since the epoch, or a span such as 2h, which is that long before `now`. 0 or -EINVAL.
 */
int options_read_time(const char *text, time_t now, time_t *out);
