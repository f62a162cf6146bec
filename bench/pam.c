/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a login program waits for when a session closes:
 *
 *   pam CONFDIR USER ROUNDS
 *
 * takes the services `none`, `ipcclean` and `exec` of CONFDIR in turn and prints, a line a round,
 * the nanoseconds of open_session and close_session of each. What a module has left running ends
 * before the next one's turn.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <security/pam_appl.h>

#include "clock.h"

static int no_conversation(int count, const struct pam_message **texts,
			   struct pam_response **answers, void *data)
{
	(void)count;
	(void)texts;
	(void)answers;
	(void)data;
	return PAM_CONV_ERR;
}

static int live_session(const char *confdir, const char *service, const char *user)
{
	const struct pam_conv conversation = {no_conversation, NULL};
	uint64_t start, opened, closed;
	pam_handle_t *pamh;

	if (pam_start_confdir(service, user, &conversation, confdir, &pamh) != PAM_SUCCESS)
		return -1;
	start = clock_now_ns();
	if (pam_open_session(pamh, 0) != PAM_SUCCESS)
		return -1;
	opened = clock_now_ns();
	if (pam_close_session(pamh, 0) != PAM_SUCCESS)
		return -1;
	closed = clock_now_ns();
	printf("%llu %llu ", (unsigned long long)(opened - start),
	       (unsigned long long)(closed - opened));
	return pam_end(pamh, PAM_SUCCESS);
}

int main(int argc, char **argv)
{
	static const char *const services[] = {"none", "ipcclean", "exec"};

	if (argc != 4 || prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
		return 2;
	for (int i = atoi(argv[3]); i > 0; i--) {
		for (size_t s = 0; s < sizeof(services) / sizeof(services[0]); s++) {
			if (live_session(argv[1], services[s], argv[2]) != 0) {
				fprintf(stderr, "pam: %s: no session\n", services[s]);
				return 1;
			}
			while (waitpid(-1, NULL, __WALL) > 0)
				;
		}
		puts("");
	}
	return 0;
}
