/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "replacement.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

int replacement_begin(struct replacement *replacement, const char *file)
{
	int fd;

	*replacement = (struct replacement){0};
	if (asprintf(&replacement->temporary, "%s.XXXXXX", file) < 0) {
		replacement->temporary = NULL;
		return -ENOMEM;
	}
	fd = mkostemp(replacement->temporary, O_CLOEXEC);
	if (fd < 0) {
		int r = -errno;

		free(replacement->temporary);
		replacement->temporary = NULL;
		return r;
	}
	replacement->out = fdopen(fd, "w");
	if (replacement->out)
		return 0;
	close(fd);
	replacement_done(replacement);
	return -ENOMEM;
}

int replacement_end(struct replacement *replacement, const char *file, mode_t mode)
{
	int fd = fileno(replacement->out);

	if (fflush(replacement->out) != 0 || ferror(replacement->out))
		return -EIO;
	if (fchmod(fd, mode) < 0 || fsync(fd) < 0 || rename(replacement->temporary, file) < 0)
		return -errno;
	free(replacement->temporary);
	replacement->temporary = NULL;
	return 0;
}

void replacement_done(struct replacement *replacement)
{
	if (replacement->out)
		fclose(replacement->out);
	if (replacement->temporary)
		unlink(replacement->temporary);
	free(replacement->temporary);
	*replacement = (struct replacement){0};
}
