/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The reader of logs: whatever stands in them, each denial has its texts and each error a line. And what a
 * checkpoint is read as can be gone to, and where a log was left is found again.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "checkpoint.h"
#include "fuzz.h"
#include "groups.h"
#include "reader.h"

static int on_denial(struct denial *denial, void *data)
{
	if (!denial->class || !denial->perms || !denial->scontext || !denial->tcontext ||
	    !denial->line)
		abort();
	return groups_add(data, denial, &(struct sighting){0});
}

static int on_error(const char *file, uint64_t line, const char *what, void *data)
{
	(void)file;
	(void)data;
	if (!line || !what)
		abort();
	return 0;
}

static void read_checkpoint(const uint8_t *data, size_t size)
{
	struct position position;
	char text[512];

	size = size < sizeof(text) ? size : sizeof(text) - 1;
	memcpy(text, data, size);
	text[size] = '\0';
	if (checkpoint_parse(text, &position) == 0 && position.offset > INT64_MAX)
		abort();
}

static void find_position(const uint8_t *data, size_t size)
{
	static int fd = -1;
	struct position position;

	if (fd < 0)
		fd = memfd_create("log", MFD_CLOEXEC);
	if (ftruncate(fd, 0) < 0 || pwrite(fd, data, size, 0) != (ssize_t)size ||
	    position_take(fd, size, &position) < 0 ||
	    position_seek(fd, position.inode, &position) != 1)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct groups groups = {0};
	struct reader_sink sink = {on_denial, on_error, &groups};
	struct reader *reader;
	size_t room;

	read_checkpoint(data, size);
	find_position(data, size);
	if (reader_new(&reader, &sink) < 0)
		abort();
	memcpy(reader_space(reader, &room), data, size);
	if (reader_advance(reader, size) < 0 || reader_end(reader) < 0 || reader_flush(reader) < 0)
		abort();
	reader_free(reader);
	groups_done(&groups);
	return 0;
}
