/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What does a file hold? Sizes are not believed: files of /proc say 0, others may grow. */
#include "textfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "cleanup.h"
#include "readall.h"

int textfile_read(const char *path, size_t most, char **text)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	_cleanup_free_ char *buf = NULL;
	struct stat st;
	ssize_t length;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	buf = malloc(most + 1);
	if (!buf)
		return -ENOMEM;
	length = read_all(fd, buf, most + 1);
	if (length < 0)
		return (int)length;
	if ((size_t)length > most)
		return -EFBIG;
	buf[length] = '\0';
	*text = STEAL_PTR(buf);
	return 0;
}
