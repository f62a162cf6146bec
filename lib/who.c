/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a process is called, in which unit and in which container it runs. Container managers name
 * their cgroups in a handful of ways, which docker(1), podman(1), cri-o, containerd, systemd-nspawn(1)
 * and lxc(7) have kept for years; what none of them fits is no container to us.
 */
#include "who.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "manager.h"
#include "object.h"
#include "readall.h"

/* As much of an id as docker ps shows. */
#define ID_SHOWN 12

static bool is_hex(const char *text, size_t length)
{
	return strspn(text, "0123456789abcdef") >= length;
}

/* Takes what stands between a prefix and a suffix; an id of 64 hex digits is cut. */
static bool take(const char *element, size_t length, const char *prefix, const char *suffix,
		 char name[CONTAINER_NAME_SIZE])
{
	size_t before = strlen(prefix), after = strlen(suffix), taken;

	if (length <= before + after || strncmp(element, prefix, before) ||
	    strncmp(element + length - after, suffix, after))
		return false;
	taken = length - before - after;
	if (taken == 64 && is_hex(element + before, taken))
		taken = ID_SHOWN;
	if (taken >= CONTAINER_NAME_SIZE)
		return false;
	memcpy(name, element + before, taken);
	name[taken] = '\0';
	return true;
}

static bool take_element(const char *parent, size_t parent_length, const char *element,
			 size_t length, char name[CONTAINER_NAME_SIZE])
{
	static const struct {
		const char *prefix, *suffix;
	} forms[] = {
		{"docker-", ".scope"},		 {"libpod-", ".scope"},	 {"crio-", ".scope"},
		{"cri-containerd-", ".scope"},	 {"nerdctl-", ".scope"}, {"machine-", ".scope"},
		{"systemd-nspawn@", ".service"}, {"lxc.payload.", ""},
	};
	static const char *const parents[] = {"docker", "lxc"};

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (take(element, length, forms[i].prefix, forms[i].suffix, name))
			return true;
	for (size_t i = 0; i < sizeof(parents) / sizeof(parents[0]); i++)
		if (strlen(parents[i]) == parent_length &&
		    !memcmp(parents[i], parent, parent_length) &&
		    take(element, length, "", "", name))
			return true;
	return false;
}

int cgroup_container(const char *path, char name[CONTAINER_NAME_SIZE])
{
	const char *parent = path;
	size_t parent_length = 0;

	for (const char *element = path; *element;) {
		size_t length;

		element += strspn(element, "/");
		length = strcspn(element, "/");
		/* conmon watches over a container and is none */
		if (length && take_element(parent, parent_length, element, length, name) &&
		    strncmp(name, "conmon-", strlen("conmon-")) != 0)
			return 0;
		parent = element;
		parent_length = length;
		element += length;
	}
	return -ENOENT;
}

static int read_comm(const struct procs *procs, pid_t pid, struct who *who)
{
	char path[32], text[64];
	int n;

	snprintf(path, sizeof(path), "%d/comm", pid);
	n = read_text_at(procs->proc_fd, path, text, sizeof(text));
	if (n <= 0)
		return 0;
	/* the kernel ends it with a newline; any before that is the name's own */
	if (text[n - 1] == '\n')
		text[n - 1] = '\0';
	who->comm = name_escape(text);
	return who->comm ? 0 : -ENOMEM;
}

static int read_cgroup(const struct procs *procs, pid_t pid, struct who *who)
{
	char path[CGROUP_PATH_SIZE], unit[UNIT_NAME_SIZE], container[CONTAINER_NAME_SIZE];

	if (procs_cgroup(procs, pid, path) < 0)
		return 0;
	if (cgroup_unit(path, unit) == 0) {
		/* its backslashes are part of it, for systemctl(1) too */
		who->unit = unit_name_is_clean(unit) ? strdup(unit) : name_escape(unit);
		if (!who->unit)
			return -ENOMEM;
		who->is_host_unit = cgroup_unit_count(path) == 1;
	}
	if (cgroup_container(path, container) == 0) {
		who->container = name_escape(container);
		if (!who->container)
			return -ENOMEM;
	}
	return 0;
}

static void who_free(struct who *who)
{
	free(who->comm);
	free(who->unit);
	free(who->container);
	free(who);
}

static struct who *who_read(const struct procs *procs, pid_t pid)
{
	struct who *who = calloc(1, sizeof(*who));

	if (!who)
		return NULL;
	who->pid = pid;
	if (read_comm(procs, pid, who) < 0 || read_cgroup(procs, pid, who) < 0) {
		who_free(who);
		return NULL;
	}
	return who;
}

/* Where the pid stands, or belongs. */
static size_t find(const struct whos *whos, pid_t pid)
{
	size_t low = 0, high = whos->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (whos->all[middle]->pid < pid)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct who *whos_get(struct whos *whos, pid_t pid)
{
	size_t at = find(whos, pid);
	struct who **grown, *who;

	if (at < whos->count && whos->all[at]->pid == pid)
		return whos->all[at];
	who = who_read(whos->procs, pid);
	grown = who ? reallocarray(whos->all, whos->count + 1, sizeof(struct who *)) : NULL;
	if (!grown) {
		if (who)
			who_free(who);
		return NULL;
	}
	memmove(grown + at + 1, grown + at, (whos->count - at) * sizeof(struct who *));
	grown[at] = who;
	whos->all = grown;
	whos->count++;
	return who;
}

void whos_done(struct whos *whos)
{
	for (size_t i = 0; i < whos->count; i++)
		who_free(whos->all[i]);
	free(whos->all);
	*whos = (struct whos){0};
}
