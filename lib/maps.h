/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which files does a process have mapped? Asked of /proc/PID/maps by PROCMAP_QUERY (Linux 6.11), which
 * spares the kernel writing, and us reading, a line for each mapping; by the text before that.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* What is known of one mapping of a file. */
struct map_line {
	uint64_t start, end;
	bool is_writable;
	dev_t dev;
	ino_t ino;
	const char *path; /* " (deleted)" taken off; empty if it is longer than any path */
	bool is_deleted;
};

#define MAPS_DEVICES 2

struct maps_reader {
	int proc_fd; /* /proc */
	/* what is mapped from there is told, and what is of huge pages; text tells of all files */
	dev_t devices[MAPS_DEVICES];
	char *buffer;	   /* of MAPS_BUFFER_SIZE */
	bool has_no_query; /* found out by the first process */
};

/* As /proc gives at most a page of maps a read, more room serves only long lines. */
#define MAPS_BUFFER_SIZE (64 * 1024)

/* Told of one mapping, whose path lives as long as the call; anything but 0 ends the reading. */
typedef int map_fn(const struct map_line *map, void *data);

/*
 * Tells of the mapped files of a process. Returns 0, also when it was ended, or a negative errno of the
 * kernel's: -ESRCH, -ENOENT for a process that is gone, -EACCES or -EPERM for one that is not ours to
 * look into.
 */
int maps_read(struct maps_reader *reader, pid_t pid, map_fn *each, void *data);

/* Reads one line, which is changed. false for one without a file, or damaged. */
bool maps_parse_line(char *line, struct map_line *map);

/* The key in the path of a mapped segment, "/SYSV%08x". false for any other path. */
bool maps_parse_sysv(const char *path, uint32_t *key);

/* Takes " (deleted)" off the end of a path; whether it stood there. */
bool maps_cut_deleted(char *path);
