/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <pwd.h>
#include <signal.h>
#include <unistd.h>

#include "object.h"

static int open_standard_fds(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

int program_start(void)
{
	int r = open_standard_fds();

	signal(SIGPIPE, SIG_IGN);
	setlocale(LC_CTYPE, "");
	return r;
}

int program_parse_user(const char *text, uid_t *uid)
{
	const struct passwd *user;
	int r = uid_parse(text, uid);

	if (r != -EINVAL)
		return r;
	errno = 0;
	user = getpwnam(text);
	if (!user)
		return errno && errno != ENOENT && errno != ESRCH ? -errno : -ENOENT;
	*uid = user->pw_uid;
	return 0;
}
