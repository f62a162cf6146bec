/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Logs of any form become denials about IPC, each with what its event's other records tell, in the
 * order of the AVC records. Memory is bounded whatever the size.
 */
#pragma once

#include "join.h"
#include "lines.h"

struct reader_sink {
	denial_fn denial;
	/* what could not be read; `what` is a fixed text */
	int (*error)(const char *file, uint64_t line, const char *what, void *data);
	void *data;
};

struct reader;

/* Returns 0 and a reader for reader_free(), or -ENOMEM. */
int reader_new(struct reader **out, const struct reader_sink *sink);
void reader_free(struct reader *reader);

/* The name that errors have from now on; it must live until reader_flush(). */
void reader_name(struct reader *reader, const char *file);

/* Where the next bytes go, and taking them: as of lines.h. */
char *reader_space(struct reader *reader, size_t *size);
int reader_advance(struct reader *reader, size_t size);

/* Reads a descriptor to its end. Returns 0, a negative errno of read(2), or what the sink returned. */
int reader_read(struct reader *reader, int fd);

/* The same for one read(2). Returns 1, 0 at the end, or an error as above. */
int reader_read_some(struct reader *reader, int fd);

/* The file ends here: what is left of it is a line. Events may go on in the next file. */
int reader_end(struct reader *reader);

/*
 * For a log that is being written: what waits for more of its event has waited long enough at the
 * second tick. Whether anything waits.
 */
int reader_tick(struct reader *reader);
bool reader_is_waiting(const struct reader *reader);

/* How many bytes were taken, of all files. */
uint64_t reader_taken(const struct reader *reader);

/* All before this byte, of all that were taken, has been read and its denials given. */
uint64_t reader_settled(const struct reader *reader);

/* Gives the denials that still wait for records of theirs. */
int reader_flush(struct reader *reader);
