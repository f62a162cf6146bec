/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Four lines of text that a person can read and that are whole or worth nothing: a word of ours, inode,
 * offset, event, and an "end", without which it was cut off.
 */
#include "checkpoint.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "readall.h"
#include "textfile.h"

#define FILE_SIZE_MAX 512

int checkpoint_parse(const char *text, struct position *out)
{
	int end = 0;

	*out = (struct position){0};
	if (sscanf(text,
		   "ipcavc checkpoint 1\ninode %20" SCNu64 "\noffset %20" SCNu64
		   "\nevent %63[" POSITION_EVENT_CHARACTERS "]\nend\n%n",
		   &out->inode, &out->offset, out->event, &end) != 3 ||
	    !end || text[end] || out->offset > INT64_MAX)
		return -EBADMSG;
	if (!strcmp(out->event, "-"))
		out->event[0] = '\0';
	return 0;
}

int checkpoint_load(const char *file, struct position *out)
{
	_cleanup_close_ int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	char text[FILE_SIZE_MAX + 1];
	ssize_t length = fd < 0 ? -errno : read_all(fd, text, FILE_SIZE_MAX);

	if (length < 0)
		return (int)length;
	text[length] = '\0';
	return strlen(text) == (size_t)length ? checkpoint_parse(text, out) : -EBADMSG;
}

int checkpoint_save(const char *file, const struct position *position)
{
	_cleanup_free_ char *text = NULL;
	int length = asprintf(&text,
			      "ipcavc checkpoint 1\ninode %" PRIu64 "\noffset %" PRIu64
			      "\nevent %s\nend\n",
			      position->inode, position->offset,
			      position->event[0] ? position->event : "-");

	if (length < 0) {
		text = NULL;
		return -ENOMEM;
	}
	return textfile_replace_path(file, 0600, text, (size_t)length);
}
