/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Starts a program from inside a login program, whatever state that one is in, and leaves no trace
 * in it: no memory is copied, no SIGCHLD sent, no child left, no descriptor, no disposition, mask,
 * directory or id changed.
 *
 * The program gets: an empty environment, /dev/null as descriptors 0 to 2 and no other, default
 * signal dispositions and an empty mask, a session of its own, directory "/", umask 077, no limits
 * of the login session, no SELinux exec context that was meant for the user's shell. Where the
 * caller acts as root its ids are all root's; where it has given that up they are all its effective
 * ones, for good.
 */
#pragma once

/*
 * Starts path with argv, NULL-terminated, and lets go of it. Returns 0 once it runs, or a negative
 * errno: -EPERM if somebody but root (and who we are) could have written the program.
 */
int helper_start(const char *path, const char *const argv[]);

/*
 * Starts it and waits until it ends, at most timeout_ms; then it is killed. Returns 0 with its
 * status (waitpid(2)), -ETIME if it was killed, or a negative errno as above.
 */
int helper_run(const char *path, const char *const argv[], int timeout_ms, int *status);
