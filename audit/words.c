/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "words.h"

#include <string.h>
#include <sys/shm.h>

#include "cleanup.h"

void words_add_object(struct text *text, const struct ipc_object *obj)
{
	text_add(text, kind_name(obj->kind));
	text_add_char(text, ':');
	if (kind_is_sysv(obj->kind))
		text_add_uint(text, (uint64_t)obj->id);
	else
		text_add_escaped(text, obj->name);
}

void words_add_name(struct text *text, const struct ipc_object *obj)
{
	if (obj->name)
		text_add_escaped(text, obj->name);
	else
		text_add_char(text, '-');
}

void words_add_user(struct text *text, struct audit *audit, uid_t uid)
{
	const char *name = usernames_get(&audit->usernames, uid);

	if (name)
		text_add(text, name);
	else
		text->failed = true;
}

void words_add_mode(struct text *text, mode_t mode)
{
	char digits[5] = {'0', (char)('0' + (mode >> 6 & 7)), (char)('0' + (mode >> 3 & 7)),
			  (char)('0' + (mode & 7)), '\0'};

	text_add(text, digits);
}

void words_add_perms(struct text *text, mode_t mode)
{
	static const char letters[] = "rwxrwxrwx";

	for (int bit = 0; bit < 9; bit++)
		text_add_char(text, mode & 0400 >> bit ? letters[bit] : '-');
}

const char *words_state(const struct ipc_object *obj, size_t n)
{
	const char *states[3] = {0};
	size_t count = 0;

	if (obj->kind == KIND_SHM && obj->mode & SHM_DEST)
		states[count++] = "dest";
	if (obj->kind == KIND_SHM && obj->mode & SHM_LOCKED)
		states[count++] = "locked";
	return n < count ? states[n] : NULL;
}

void words_add_state(struct text *text, const struct ipc_object *obj)
{
	const char *state;

	for (size_t n = 0; (state = words_state(obj, n)); n++) {
		if (n)
			text_add_char(text, ',');
		text_add(text, state);
	}
	if (!words_state(obj, 0))
		text_add_char(text, '-');
}

void words_add_time(struct text *text, time_t when, time_t now)
{
	struct tm then, today;
	char form[32];

	if (!localtime_r(&when, &then) || !localtime_r(&now, &today)) {
		text_add_uint(text, (uint64_t)when);
		return;
	}
	strftime(form, sizeof(form),
		 then.tm_year == today.tm_year && then.tm_yday == today.tm_yday ? "%H:%M:%S"
										: "%Y-%m-%d",
		 &then);
	text_add(text, form);
}

void words_add_span(struct text *text, uint64_t seconds)
{
	static const struct {
		uint64_t seconds;
		const char *name;
	} units[] = {{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}};
	size_t unit = 0;

	while (unit < 3 && seconds < units[unit].seconds)
		unit++;
	text_add_uint(text, seconds / units[unit].seconds);
	text_add(text, units[unit].name);
	seconds %= units[unit].seconds;
	if (unit < 3 && seconds >= units[unit + 1].seconds) {
		text_add_char(text, ' ');
		text_add_uint(text, seconds / units[unit + 1].seconds);
		text_add(text, units[unit + 1].name);
	}
}

void words_add_change(struct text *text, int64_t bytes)
{
	uint64_t amount = bytes < 0 ? -(uint64_t)bytes : (uint64_t)bytes;
	char size[SIZE_TEXT_SIZE];

	if (bytes)
		text_add_char(text, bytes < 0 ? '-' : '+');
	text_add(text, size_format(amount, size));
}

void words_add_process(struct text *text, struct audit *audit, pid_t pid)
{
	const struct who *who = whos_get(&audit->whos, pid);

	text_add_uint(text, (uint64_t)pid);
	if (who && who->comm) {
		text_add_char(text, ' ');
		text_add(text, who->comm);
	}
}

void words_add_holders(struct text *text, struct audit *audit, size_t object)
{
	size_t count;
	const struct holding *holding = holders_of(&audit->holders, object, &count);

	for (size_t i = 0; i < count; i++) {
		if (i && holding[i].pid == holding[i - 1].pid)
			continue;
		if (i)
			text_add_char(text, ',');
		words_add_process(text, audit, holding[i].pid);
	}
	if (!count)
		text_add_char(text, '-');
}
