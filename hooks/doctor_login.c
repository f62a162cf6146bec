/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Does a user's last logout come to ipcclean, and may it act then? PAM, logind, systemd, SELinux.
 */
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "cleanup.h"
#include "doctor_checks.h"
#include "doctor_pam.h"
#include "dropin.h"
#include "removeipc.h"
#include "textfile.h"

#define MODULE_PATH PAMDIR "/" PAM_MODULE
#define PAM_LINE                                                         \
	"add `session optional " PAM_MODULE "` to the service files in " \
	"/etc/pam.d whose sessions leave IPC objects (login, sshd, su, cron ...)"

static const char *pam_fix(void)
{
	bool has_profile = access("/usr/sbin/pam-auth-update", X_OK) == 0 &&
			   access("/usr/share/pam-configs/ipcguard", F_OK) == 0;

	return has_profile ? "pam-auth-update --enable ipcguard" : PAM_LINE;
}

int check_pam(const struct options *options, struct check *check)
{
	_cleanup_(pam_use_done) struct pam_use use = {0};
	_cleanup_free_ char *loads = NULL, *reaches = NULL;
	int r = pam_use_read(NULL, &use);

	(void)options;
	if (r < 0)
		return r;
	loads = check_join(&use.loads);
	reaches = check_join(&use.reaches);
	if (!loads || !reaches)
		return -ENOMEM;
	if (!use.has_pam)
		return check_set(check, CHECK_NONE, NULL, "no PAM here");
	if (!use.has_module && !use.loads.count)
		return check_set(check, CHECK_MISS, "install the module, then run this again",
				 MODULE_PATH " is not there, and no service file loads it");
	if (!use.has_module)
		return check_set(check, CHECK_MISS, "install the module, or take its lines away",
				 MODULE_PATH " is not there; loaded by: %s", loads);
	if (!use.loads.count)
		return check_set(check, CHECK_MISS, pam_fix(), "no service file loads " PAM_MODULE);
	return check_set(check, CHECK_OK, NULL, use.reaches.count ? "%s (reach: %s)" : "%s", loads,
			 reaches);
}

int check_removeipc(const struct options *options, struct check *check)
{
	enum removeipc_state state;
	int r = removeipc_ask(CHECK_ASK_NS, &state);

	(void)options;
	if (r < 0)
		return r;
	switch (state) {
	case REMOVEIPC_NO_LOGIND:
		return check_set(check, CHECK_NONE, NULL, "no logind runs here");
	case REMOVEIPC_OFF:
		return check_set(check, CHECK_OK, NULL,
				 "off, by configuration and in the running logind");
	case REMOVEIPC_OFF_UNTOLD:
		return check_set(check, CHECK_OK, NULL,
				 "off by configuration; the running logind doesn't tell");
	case REMOVEIPC_STALE:
		return check_set(check, CHECK_MISS, removeipc_fix(state),
				 "off by configuration, but the running logind has it on");
	case REMOVEIPC_ON:
		return check_set(check, CHECK_MISS, removeipc_fix(state),
				 "on: at logout logind removes what other processes of the user "
				 "still use");
	}
	return -EINVAL;
}

int check_user_dropin(const struct options *options, struct check *check)
{
	_cleanup_free_ char *path = NULL, *fix = NULL;
	int r = dropin_find(NULL, "user@.service", &path);

	(void)options;
	if (r == -ENOMEM)
		return r;
	if (access("/run/systemd/system", F_OK) < 0)
		return check_set(check, CHECK_NONE, NULL, "no systemd runs here");
	if (r < 0)
		return check_set(check, CHECK_MISS,
				 "install user@.service.d/" DROPIN_NAME " below the systemd units "
				 "again, then systemctl daemon-reload",
				 "no user@.service.d/" DROPIN_NAME ": the end of a user's manager "
				 "cleans nothing");
	if (dropin_runs_ipcclean(path))
		return check_set(check, CHECK_OK, NULL, "%s", path);
	if (asprintf(&fix, "remove %s, then systemctl daemon-reload", path) < 0) {
		fix = NULL;
		return -ENOMEM;
	}
	return check_set(check, CHECK_MISS, fix, "masked: %s doesn't run ipcclean", path);
}

/* Whether a policy of this host has the module and has not disabled it. */
static bool has_policy_module(void)
{
	static const char *const patterns[] = {"/var/lib/selinux/*/active/modules/[0-9]*/ipcguard",
					       "/etc/selinux/*/active/modules/[0-9]*/ipcguard"};
	bool is_there = false;

	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]) && !is_there; i++) {
		glob_t found = {0};

		if (glob(patterns[i], GLOB_NOSORT, NULL, &found) == 0)
			for (size_t j = 0; j < found.gl_pathc; j++) {
				_cleanup_free_ char *disabled = NULL;
				const char *path = found.gl_pathv[j];
				int length = (int)(strstr(path, "/modules/") - path);

				if (asprintf(&disabled, "%.*s/modules/disabled/ipcguard", length,
					     path) < 0)
					disabled = NULL;
				is_there |= disabled && access(disabled, F_OK) < 0;
			}
		globfree(&found);
	}
	return is_there;
}

/* The label that lets ipcclean into its domain is the file's, given by restorecon(8). */
static bool has_wrong_label(void)
{
	char label[256];
	ssize_t n = getxattr(BINDIR "/ipcclean", "security.selinux", label, sizeof(label) - 1);

	if (n < 0)
		return false;
	label[n] = '\0';
	return !strstr(label, ":ipcclean_exec_t");
}

int check_selinux(const struct options *options, struct check *check)
{
	_cleanup_free_ char *text = NULL;
	int r = textfile_read("/sys/fs/selinux/enforce", 16, &text);
	bool is_enforcing = r == 0 && text[0] == '1';
	const char *mode = is_enforcing ? "enforcing" : "permissive";

	(void)options;
	if (r < 0)
		return r == -ENOMEM ? r : check_set(check, CHECK_NONE, NULL, "not enabled");
	if (has_policy_module() && has_wrong_label())
		return check_set(check, CHECK_MISS, "restorecon -F " BINDIR "/ipc*",
				 "%s, policy module ipcguard is loaded, but " BINDIR
				 "/ipcclean doesn't have its label",
				 mode);
	if (has_policy_module())
		return check_set(check, CHECK_OK, NULL, "%s, policy module ipcguard is loaded",
				 mode);
	if (geteuid() != 0)
		return check_set(check, CHECK_HINT, "run this as root",
				 "%s; policy modules are shown to root only", mode);
	return check_set(check, is_enforcing ? CHECK_MISS : CHECK_HINT,
			 "semodule -i ipcguard.pp, see ipcguard_selinux(8)",
			 "%s, and no policy module ipcguard: ipcclean, when a confined login "
			 "program starts it, may not be able to remove",
			 mode);
}
