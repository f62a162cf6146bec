/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pam_ipcclean.so: a session of a user has ended, so start `ipcclean user UID`, which decides by
 * itself whether that was the last one. Nothing is judged here: this is inside of a login program,
 * and whatever goes wrong is logged while the login or logout goes on. See pam_ipcclean(8).
 */
#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <syslog.h>

#include <security/pam_ext.h>
#include <security/pam_modules.h>
#include <security/pam_modutil.h>

#include "arguments.h"
#include "helper.h"

/* How long `wait` waits; ipcclean is told to be done before. */
#ifndef WAIT_MS
#define WAIT_MS 10000
#endif
#define WAIT_DEADLINE "--deadline=6s"

/* How long ipcclean waits, in the background, for processes of the user that are just ending. */
#define RETRY "--retry=5s"

#define UID_MIN_DEFAULT 1000
#define UID_TEXT_SIZE 16

#define EXPORTED __attribute__((visibility("default")))

/* login.defs(5): UID_MIN. */
static uid_t min_uid(pam_handle_t *pamh, const struct arguments *arguments)
{
	uid_t uid = UID_MIN_DEFAULT;
	char *text;

	if (arguments->has_min_uid)
		return arguments->min_uid;
	text = pam_modutil_search_key(pamh, "/etc/login.defs", "UID_MIN");
	if (text && *text && strspn(text, "0123456789") == strlen(text))
		uid = (uid_t)strtoul(text, NULL, 10);
	free(text);
	return uid;
}

/* An entry larger than this is nobody's (libc itself stops reading lines at some size). */
#define PASSWD_ROOM_MAX (1 << 20)

/*
 * The uid of a name, 0 or a negative errno. pam_modutil_getpwnam() would keep the entry until
 * pam_end(): a program that opens and closes many sessions would grow.
 */
static int find_uid(const char *name, uid_t *uid)
{
	for (size_t room = 1024; room <= PASSWD_ROOM_MAX; room *= 4) {
		struct passwd entry, *user;
		char *buf = malloc(room);
		int error;

		if (!buf)
			return -ENOMEM;
		error = getpwnam_r(name, &entry, buf, room, &user);
		if (!error && user)
			*uid = user->pw_uid;
		free(buf);
		if (error != ERANGE)
			return error ? -error : user ? 0 : -ENOENT;
	}
	return -ERANGE;
}

/* 0 with the uid of the session's user, or a negative errno, logged. */
static int session_uid(pam_handle_t *pamh, uid_t *uid)
{
	const void *name = NULL;
	int r;

	/* not pam_get_user(3), which asks for one */
	if (pam_get_item(pamh, PAM_USER, &name) != PAM_SUCCESS || !name || !*(const char *)name) {
		pam_syslog(pamh, LOG_WARNING, "the session has no user; nothing is done");
		return -EINVAL;
	}
	r = find_uid(name, uid);
	if (r < 0)
		pam_syslog(pamh, LOG_WARNING,
			   "the session's user can't be found: %s; what it left is for "
			   "ipcguard-sweep.timer",
			   r == -ENOENT ? "no such user" : strerror(-r));
	return r;
}

static void log_failure(pam_handle_t *pamh, const struct arguments *arguments, uid_t uid, int error,
			int status)
{
	if (error == -ETIME)
		pam_syslog(pamh, LOG_ERR,
			   "%s: not done with uid %u after %d s, ended; the sweep "
			   "goes on",
			   IPCCLEAN_PATH, uid, WAIT_MS / 1000);
	else if (error < 0)
		pam_syslog(pamh, LOG_ERR,
			   "%s: can't be started for uid %u: %s%s; nothing is removed",
			   IPCCLEAN_PATH, uid, strerror(-error),
			   error == -EPERM ? " (is it root's, and written by root alone?)" : "");
	else if (status && !arguments->is_quiet)
		pam_syslog(pamh, LOG_WARNING, "%s user %u: %s %d; its own message says more",
			   IPCCLEAN_PATH, uid,
			   WIFSIGNALED(status) ? "ended by signal" : "exit status",
			   WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
}

/*
 * Below whom we are is not our matter: `su bob` may run in bob's own shell. Who waits for ipcclean
 * are the login program and the child that it goes through (helper.c); otherwise nobody does.
 */
#define CALLERS "--callers=0"
#define WAIT_CALLERS "--callers=2"

/* Room for every argument that run_ipcclean() can give, and the end. */
#define ARGV_MAX 11

static void run_ipcclean(pam_handle_t *pamh, const struct arguments *arguments, uid_t uid)
{
	char uid_text[UID_TEXT_SIZE], config[sizeof("--config=") + PATH_MAX],
		min_uid_text[sizeof("--min-uid=") + UID_TEXT_SIZE];
	const char *argv[ARGV_MAX] = {"ipcclean", "user", uid_text, "--quiet", "--syslog"};
	int count = 5, status = 0, r;

	snprintf(uid_text, sizeof(uid_text), "%u", uid);
	argv[count++] = arguments->is_waiting ? WAIT_DEADLINE : RETRY;
	argv[count++] = arguments->is_waiting ? WAIT_CALLERS : CALLERS;
	if (arguments->is_dry_run)
		argv[count++] = "--dry-run";
	if (arguments->config) {
		snprintf(config, sizeof(config), "--config=%s", arguments->config);
		argv[count++] = config;
	}
	if (arguments->has_min_uid) {
		snprintf(min_uid_text, sizeof(min_uid_text), "--min-uid=%u", arguments->min_uid);
		argv[count++] = min_uid_text;
	}
	if (arguments->is_waiting)
		r = helper_run(IPCCLEAN_PATH, argv, WAIT_MS, &status);
	else
		r = helper_start(IPCCLEAN_PATH, argv);
	log_failure(pamh, arguments, uid, r, status);
	if (arguments->is_debug && r == 0)
		pam_syslog(pamh, LOG_DEBUG, "close_session: %s %s user %u",
			   arguments->is_waiting ? "ran" : "started", IPCCLEAN_PATH, uid);
}

EXPORTED int pam_sm_close_session(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	struct arguments arguments;
	uid_t uid = 0;

	(void)flags; /* PAM_SILENT: nothing is ever said to the user */
	if (arguments_parse(&arguments, pamh, argc, argv) < 0 || session_uid(pamh, &uid) < 0)
		return PAM_IGNORE;
	if (uid != 0 && uid >= min_uid(pamh, &arguments))
		run_ipcclean(pamh, &arguments, uid);
	else if (arguments.is_debug)
		pam_syslog(pamh, LOG_DEBUG,
			   "close_session: uid %u is left alone: root, or below "
			   "min_uid= or UID_MIN",
			   uid);
	return PAM_SUCCESS;
}

EXPORTED int pam_sm_open_session(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	(void)pamh;
	(void)flags;
	(void)argc;
	(void)argv;
	return PAM_SUCCESS;
}

/* In a stack of another type it has no say, and must not decide who gets in. */
static int wrong_type(pam_handle_t *pamh, const char *type)
{
	pam_syslog(pamh, LOG_WARNING, "a module for `session` stands in an `%s` line, ignored",
		   type);
	return PAM_IGNORE;
}

EXPORTED int pam_sm_authenticate(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	(void)flags;
	(void)argc;
	(void)argv;
	return wrong_type(pamh, "auth");
}

/* Called after pam_sm_authenticate(), which has logged it. */
EXPORTED int pam_sm_setcred(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	(void)pamh;
	(void)flags;
	(void)argc;
	(void)argv;
	return PAM_IGNORE;
}

EXPORTED int pam_sm_acct_mgmt(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	(void)flags;
	(void)argc;
	(void)argv;
	return wrong_type(pamh, "account");
}

EXPORTED int pam_sm_chauthtok(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	(void)flags;
	(void)argc;
	(void)argv;
	return wrong_type(pamh, "password");
}
