/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What users may do to each other's objects, and how much of the memory each may pin. */
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "clock.h"
#include "host.h"
#include "limitsconf.h"
#include "removeipc.h"

#define ASK_LOGIND_NS (3 * NS_PER_S)

/* So many are named with their fix; ipcaudit permissions names all. */
#define NAMED_MAX 3

#define OTHERS_WRITE 0002

void host_check_world_access(const struct host *host, struct host_check *check)
{
	const struct inventory *inv = &host->look->inv;
	size_t readable = 0, writable = 0;

	for (size_t i = 0; i < inv->count; i++) {
		const struct ipc_object *obj = &inv->objects[i];
		_cleanup_free_ char *ref = NULL;

		if (!(obj->mode & 0006))
			continue;
		writable += (obj->mode & OTHERS_WRITE) != 0;
		if (++readable > NAMED_MAX)
			continue;
		ref = object_ref(obj);
		text_add_format(&check->command, "%sipcaudit fix-mode %s %04o --yes",
				check->command.length ? "; " : "", ref ? ref : "?",
				(unsigned)obj->mode & 0777 & ~0007u);
	}
	text_add_format(&check->evidence, "%zu objects that every user may open, %zu to write",
			readable, writable);
	if (!readable)
		return;
	check->state = writable ? HOST_RISK : HOST_ADVICE;
	text_add(&check->risk, "any process of the host can read or change what they hold");
	if (readable > NAMED_MAX)
		text_add(&check->command, "; the others: ipcaudit permissions");
}

void host_check_removeipc(const struct host *host, struct host_check *check)
{
	enum removeipc_state state;
	const char *fix;
	int r = removeipc_ask(ASK_LOGIND_NS, &state);

	(void)host;
	if (r < 0 || state == REMOVEIPC_NO_LOGIND) {
		check->state = HOST_NONE;
		text_add(&check->evidence, r < 0 ? strerror(-r) : "no logind");
		return;
	}
	fix = removeipc_fix(state);
	text_add(&check->evidence,
		 fix ? "logind's RemoveIPC= is on" : "logind's RemoveIPC= is off");
	if (!fix)
		return;
	check->state = HOST_RISK;
	text_add(&check->risk, "at a user's last logout objects go that others still use: services "
			       "that run as people lose them");
	text_add(&check->command, fix);
}

struct limits_found {
	struct host_check *check;
	const char *file;
	unsigned count;
};

/* Memory that can't be swapped, or queues without end, for whoever logs in. */
static void take_limit(const struct limits_line *line, void *data)
{
	struct limits_found *found = data;

	if (!line->is_unlimited || line->is_root)
		return;
	found->count++;
	text_add_format(&found->check->evidence,
			"%s%s: ", found->check->evidence.length ? "; " : "", found->file);
	text_add_escaped(&found->check->evidence, line->domain);
	text_add_format(&found->check->evidence, " %s unlimited",
			line->is_memlock ? "memlock" : "msgqueue");
	if (!strcmp(line->domain, "*"))
		found->check->state = HOST_RISK;
	else if (found->check->state == HOST_FINE)
		found->check->state = HOST_ADVICE;
}

static void read_limits(const struct host *host, const char *path, struct host_check *check,
			unsigned *count)
{
	_cleanup_free_ char *text = NULL;
	struct limits_found found = {.check = check, .file = path};

	if (host_read_text(host, path, &text) < 0)
		return;
	limitsconf_each(text, take_limit, &found);
	*count += found.count;
}

void host_check_pam_limits(const struct host *host, struct host_check *check)
{
	_cleanup_free_ char *pattern = NULL;
	glob_t files = {0};
	unsigned count = 0;

	read_limits(host, "/etc/security/limits.conf", check, &count);
	if (asprintf(&pattern, "%s/etc/security/limits.d/*.conf", host->root) < 0) {
		pattern = NULL;
		check->evidence.failed = true;
		return;
	}
	if (glob(pattern, 0, NULL, &files) == 0)
		for (size_t i = 0; i < files.gl_pathc; i++)
			read_limits(host, files.gl_pathv[i] + strlen(host->root), check, &count);
	globfree(&files);
	if (!count) {
		text_add(&check->evidence, "no user may lock memory or fill queues without limit");
		return;
	}
	text_add(&check->risk, "so much memory can be pinned that the host can't go on");
	text_add(&check->command, "give a number that the program needs (see ipcaudit limits), and "
				  "to its user only");
}
