/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Samples as JSON, schema ipcguard-sample/1 (ipctune(8) describes it): what `record --json` writes and
 * `--from` reads, and, of one sample, what the database keeps beside the figures.
 */
#pragma once

#include <stdio.h>

#include "host.h"
#include "patterns.h"
#include "sample.h"

struct samples {
	struct sample *list; /* in the order of time */
	size_t count, allocated;
};

void samples_done(struct samples *samples);
/* Room for one more, initialised. NULL without memory. */
struct sample *samples_append(struct samples *samples);

/*
 * Writes host and samples as one document. Returns 0, -ENOSYS where json-c is missing, or another
 * negative errno.
 */
int samples_print_json(FILE *out, const struct host *host, const struct samples *samples);

/*
 * Reads such a document of at most 256 MiB from a descriptor. Returns 0 with host and samples filled (for
 * host_done() and samples_done(), in any case), -ENOSYS, -ENOMEM, or -EINVAL with what is wrong in *error:
 * `name:line: what, at byte n` for bad JSON, `name: path: what` for a bad value of that member.
 */
int samples_read_json(int fd, const char *name, struct host *host, struct samples *samples,
		      struct parse_error *error);

/*
 * The lists of one sample, and the limits in force and pools of its host, as a line of JSON, to be freed: of
 * segments and owners the largest SAMPLE_DETAIL_MAX, for the database must not grow with what somebody makes.
 * Returns NULL without memory or json-c.
 */
#define SAMPLE_DETAIL_MAX 64
char *sample_detail_text(const struct sample *sample);

/* Reads it back into a sample that has its figures. Returns 0 or a negative errno. */
int sample_detail_parse(struct sample *sample, const char *text);
