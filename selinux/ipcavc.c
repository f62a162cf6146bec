/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ipcavc: SELinux denials on IPC objects, explained down to the object. See ipcavc(8). Logs are read
 * once (once.c), or denials are told as they come (stream.c).
 */
#include <errno.h>
#include <string.h>

#include "once.h"
#include "options.h"
#include "program.h"
#include "say.h"
#include "stream.h"

enum exit_status {
	EXIT_NONE = 0,
	EXIT_DENIALS = 1,
	EXIT_ERROR = 2,
};

/* The kernel's is asked where there is one; a file that was named must be one. */
static int open_policy(struct run *run)
{
	const char *file = run->options->policy;
	int r = sepolicy_new(&run->style.policy, file);

	if (r == 0 && file)
		r = sepolicy_load(run->style.policy);
	if (r < 0)
		say_error("--policy=%s: %s", file ?: "",
			  r == -EBADMSG	 ? "no policy that libsepol reads"
			  : r == -ENOSYS ? "needs libsepol.so.2"
					 : strerror(-r));
	return r;
}

int main(int argc, char **argv)
{
	struct options options;
	struct run run = {.options = &options};
	int r;

	if (program_start() < 0)
		return EXIT_ERROR;
	switch (options_parse(&options, argc, argv)) {
	case OPTIONS_DONE:
		return EXIT_NONE;
	case OPTIONS_USAGE:
		return EXIT_ERROR;
	case OPTIONS_RUN:
		break;
	}
	run.style.is_suggesting = options.is_suggesting;
	r = open_policy(&run);
	if (r == 0)
		r = options.is_following ? stream_run(&run) : once_run(&run);
	run_forget_live(&run);
	sepolicy_free(run.style.policy);
	return r < 0 ? EXIT_ERROR : run.denials ? EXIT_DENIALS : EXIT_NONE;
}
