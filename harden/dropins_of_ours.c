/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "dropins_of_ours.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "cleanup.h"
#include "say.h"
#include "textfile.h"

#define TEXT_MAX (64 * 1024)

/* All unit files of the host are read again. */
#define RELOAD_NS (4 * TARGET_ASK_NS)

const struct unit_dropin dropin_observe = {DROPIN_RUNTIME_DIR, "50-ipcharden-observe.conf",
					   DROPIN_HEADER},
			 dropin_trial = {DROPIN_RUNTIME_DIR, "50-ipcharden-try.conf",
					 DROPIN_HEADER},
			 dropin_tried = {DROPIN_RUNTIME_DIR, DROPIN_PERMANENT, DROPIN_HEADER},
			 dropin_applied = {DROPIN_PERMANENT_DIR, DROPIN_PERMANENT, DROPIN_HEADER};

/* DIRECTORY/UNIT.d/NAME */
static int unit_of_path(const char *path, char unit[UNIT_NAME_SIZE])
{
	const char *start = path + strlen(DROPIN_RUNTIME_DIR "/"), *end = strrchr(path, '/');

	if (end - start <= 2 || end - start - 2 >= UNIT_NAME_SIZE)
		return -EINVAL;
	snprintf(unit, UNIT_NAME_SIZE, "%.*s", (int)(end - start - 2), start);
	return unit_name_is_service(unit) ? 0 : -EINVAL;
}

/* Whether nobody holds the lock any more. */
static bool is_left(const char *path)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	return fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0;
}

static int reload(struct target *target)
{
	int r;

	facts_renew(&target->c, RELOAD_NS);
	r = facts_reload(&target->c);
	if (r == -ENOTCONN && target_reconnect(target) == 0) {
		facts_renew(&target->c, RELOAD_NS);
		r = facts_reload(&target->c);
	}
	if (r < 0)
		say_error("the service manager has not read its files again: %s; run: systemctl "
			  "daemon-reload",
			  strerror(-r));
	return r;
}

/* 1 if one was removed, 0 if not, -EBUSY if the target's is in use. */
static int clear_one(struct target *target, const struct unit_dropin *dropin, const char *path)
{
	char unit[UNIT_NAME_SIZE];
	int r = unit_of_path(path, unit);

	if (r < 0)
		return 0;
	if (!is_left(path)) {
		if (strcmp(unit, target->name) != 0)
			return 0;
		say_error("%s: another ipcharden observes or tries it now", unit);
		return -EBUSY;
	}
	r = unit_dropin_remove(dropin, unit);
	if (r == 1)
		say_error("%s: removed what an interrupted ipcharden had left; its processes run "
			  "with it until: systemctl restart %s",
			  unit, unit);
	return r < 0 ? 0 : r;
}

static int clear_all(struct target *target, const struct unit_dropin *dropin, bool *removed)
{
	_cleanup_free_ char *pattern = NULL;
	glob_t found = {0};
	int r = 0;

	if (asprintf(&pattern, "%s/*.service.d/%s", dropin->directory, dropin->name) < 0) {
		pattern = NULL;
		return -ENOMEM;
	}
	if (glob(pattern, 0, NULL, &found) == 0)
		for (size_t i = 0; r >= 0 && i < found.gl_pathc; i++) {
			r = clear_one(target, dropin, found.gl_pathv[i]);
			*removed |= r > 0;
		}
	globfree(&found);
	return r < 0 ? r : 0;
}

int dropins_clear_up(struct target *target)
{
	bool removed = false;
	int r = clear_all(target, &dropin_observe, &removed), other;

	if (r == 0)
		r = clear_all(target, &dropin_trial, &removed);
	if (!removed)
		return r;
	other = reload(target);
	return r < 0 ? r : other;
}

static int say_failed(const struct target *target, const struct unit_dropin *dropin, int r)
{
	if (r == -EEXIST)
		say_error("%s: %s/%s.d/%s was not written by ipcharden and stays as it is",
			  target->name, dropin->directory, target->name, dropin->name);
	else
		say_error("%s: %s/%s.d/%s: %s; nothing was changed", target->name,
			  dropin->directory, target->name, dropin->name, strerror(-r));
	return r;
}

int dropins_put(struct target *target, const struct unit_dropin *dropin, const char *text,
		int *held)
{
	int r = unit_dropin_write(dropin, target->name, text, held);

	return r < 0 ? say_failed(target, dropin, r) : reload(target);
}

int dropins_take_away(struct target *target, const struct unit_dropin *dropin)
{
	int r = unit_dropin_remove(dropin, target->name);

	if (r < 0)
		return say_failed(target, dropin, r);
	return r ? reload(target) : 0;
}

int dropins_read(const struct unit_dropin *dropin, const char *unit, char **text)
{
	_cleanup_free_ char *path = NULL, *found = NULL;
	int r;

	if (asprintf(&path, "%s/%s.d/%s", dropin->directory, unit, dropin->name) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	r = textfile_read(path, TEXT_MAX, &found);
	if (r < 0)
		return r;
	if (strncmp(found, dropin->header, strlen(dropin->header)) != 0)
		return -EEXIST;
	*text = STEAL_PTR(found);
	return 0;
}
