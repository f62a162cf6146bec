/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Does logind remove objects behind our back, without a look at who uses them? Read as systemd
 * reads its configuration (logind.conf(5)): the main file of the first directory that has one, then
 * all drop-ins in the order of their names, where one in an earlier directory masks those of its
 * name; the last word counts, and without any word it is on.
 */
#include "removeipc.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "manager.h"

#define PATH_SIZE 4096
#define LINES_MAX 100000

static const char *const config_dirs[] = {"/etc/systemd", "/run/systemd", "/usr/local/lib/systemd",
					  "/usr/lib/systemd", "/lib/systemd"};
#define DIR_COUNT (sizeof(config_dirs) / sizeof(config_dirs[0]))

/* Where logind is: what it makes when it runs, or its program. */
static const char *const signs_of_logind[] = {
	"/run/systemd/seats", "/usr/lib/systemd/systemd-logind", "/lib/systemd/systemd-logind"};

static const char *join(const char *root, const char *dir, const char *name, char buf[PATH_SIZE])
{
	int length = snprintf(buf, PATH_SIZE, "%s%s%s", root ? root : "", dir, name);

	return length < PATH_SIZE ? buf : NULL;
}

static bool exists(const char *root, const char *path)
{
	char buf[PATH_SIZE];

	return join(root, path, "", buf) && access(buf, F_OK) == 0;
}

static bool is_logind_here(const char *root)
{
	for (size_t i = 0; i < sizeof(signs_of_logind) / sizeof(signs_of_logind[0]); i++)
		if (exists(root, signs_of_logind[i]))
			return true;
	return false;
}

static char *trim(char *text)
{
	size_t length;

	text += strspn(text, " \t\r\n");
	length = strlen(text);
	while (length && strchr(" \t\r\n", text[length - 1]))
		text[--length] = '\0';
	return text;
}

/* systemd's parse_boolean(). What is none changes nothing, as there. */
static void take_boolean(const char *text, bool *value)
{
	static const char *const yes[] = {"1", "yes", "y", "true", "t", "on"};
	static const char *const no[] = {"0", "no", "n", "false", "f", "off"};

	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++) {
		if (!strcasecmp(text, yes[i]))
			*value = true;
		if (!strcasecmp(text, no[i]))
			*value = false;
	}
}

/* Lays one file's word over *value. What can't be read says nothing. */
static void read_file(const char *path, bool *value)
{
	static const char key[] = "RemoveIPC";
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	_cleanup_fclose_ FILE *f = fd < 0 ? NULL : fdopen(fd, "r");
	_cleanup_free_ char *line = NULL;
	bool is_login = false;
	size_t size = 0;
	struct stat st;

	if (!f) {
		cleanup_close_(&fd);
		return;
	}
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return;
	for (unsigned i = 0; i < LINES_MAX && getline(&line, &size, f) > 0; i++) {
		char *text = trim(line), *equals = strchr(text, '=');

		if (*text == '[') {
			is_login = !strcmp(text, "[Login]");
		} else if (is_login && equals && *text != '#' && *text != ';') {
			*equals = '\0';
			if (!strcmp(trim(text), key))
				take_boolean(trim(equals + 1), value);
		}
	}
}

static void read_main_file(const char *root, bool *value)
{
	char path[PATH_SIZE];

	for (size_t i = 0; i < DIR_COUNT; i++)
		if (join(root, config_dirs[i], "/logind.conf", path) && access(path, F_OK) == 0) {
			read_file(path, value);
			return;
		}
}

/* A drop-in: its name decides on order and masking, the directory's rank on who masks. */
struct dropin {
	char *path;
	const char *name;
	size_t rank;
};

static int by_name_and_rank(const void *a, const void *b)
{
	const struct dropin *x = a, *y = b;
	int r = strcmp(x->name, y->name);

	return r ? r : (x->rank > y->rank) - (x->rank < y->rank);
}

/* Appends the drop-ins of one directory. */
static void list_dropins(const char *root, size_t rank, struct dropin **all, size_t *count)
{
	char pattern[PATH_SIZE];
	glob_t found = {0};
	struct dropin *grown;

	if (!join(root, config_dirs[rank], "/logind.conf.d/*.conf", pattern))
		return;
	if (glob(pattern, GLOB_NOSORT, NULL, &found) == 0) {
		grown = reallocarray(*all, *count + found.gl_pathc, sizeof(*grown));
		for (size_t i = 0; grown && i < found.gl_pathc; i++) {
			char *path = strdup(found.gl_pathv[i]);

			if (path)
				grown[(*count)++] =
					(struct dropin){path, strrchr(path, '/') + 1, rank};
		}
		*all = grown ? grown : *all;
	}
	globfree(&found);
}

static void read_dropins(const char *root, bool *value)
{
	_cleanup_free_ struct dropin *all = NULL;
	size_t count = 0;

	for (size_t i = 0; i < DIR_COUNT; i++)
		list_dropins(root, i, &all, &count);
	if (count)
		qsort(all, count, sizeof(*all), by_name_and_rank);
	for (size_t i = 0; i < count; i++)
		/* a link to /dev/null masks and says nothing: it is no regular file */
		if (i == 0 || strcmp(all[i].name, all[i - 1].name))
			read_file(all[i].path, value);
	for (size_t i = 0; i < count; i++)
		free(all[i].path);
}

bool removeipc_is_on(const char *root)
{
	bool value = true;

	if (!is_logind_here(root))
		return false;
	read_main_file(root, &value);
	read_dropins(root, &value);
	return value;
}

int removeipc_ask(uint64_t timeout_ns, enum removeipc_state *state)
{
	bool does = false;
	int r;

	*state = REMOVEIPC_ON;
	/* logind makes it when it starts */
	if (access("/run/systemd/seats", F_OK) < 0)
		*state = REMOVEIPC_NO_LOGIND;
	if (*state == REMOVEIPC_NO_LOGIND || removeipc_is_on(NULL))
		return 0;
	r = manager_logind_removes_ipc(timeout_ns, &does);
	if (r == -ENOMEM)
		return r;
	*state = r < 0 ? REMOVEIPC_OFF_UNTOLD : does ? REMOVEIPC_STALE : REMOVEIPC_OFF;
	return 0;
}

const char *removeipc_fix(enum removeipc_state state)
{
	switch (state) {
	case REMOVEIPC_NO_LOGIND:
	case REMOVEIPC_OFF:
	case REMOVEIPC_OFF_UNTOLD:
		break;
	case REMOVEIPC_STALE:
		return "systemctl restart systemd-logind";
	case REMOVEIPC_ON:
		return "set RemoveIPC=no in [Login] of "
		       "/etc/systemd/logind.conf.d/50-ipcguard.conf, then "
		       "systemctl restart systemd-logind";
	}
	return NULL;
}
