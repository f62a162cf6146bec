/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "usernames.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "object.h"

void usernames_done(struct usernames *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->all[i].text);
	free(names->all);
	*names = (struct usernames){0};
}

static char *text_of(uid_t uid)
{
	const struct passwd *user = getpwuid(uid);
	char *text;

	if (user)
		return name_escape(user->pw_name);
	return asprintf(&text, "%u", uid) < 0 ? NULL : text;
}

/* Where the uid stands, or belongs: the list is sorted. */
static size_t find(const struct usernames *names, uid_t uid)
{
	size_t low = 0, high = names->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (names->all[middle].uid < uid)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int insert(struct usernames *names, size_t at, uid_t uid)
{
	struct username *grown;
	char *text = text_of(uid);

	if (!text)
		return -1;
	grown = reallocarray(names->all, names->count + 1, sizeof(*grown));
	if (!grown) {
		free(text);
		return -1;
	}
	memmove(grown + at + 1, grown + at, (names->count - at) * sizeof(*grown));
	grown[at] = (struct username){uid, text};
	names->all = grown;
	names->count++;
	return 0;
}

const char *usernames_get(struct usernames *names, uid_t uid)
{
	/* objects of one owner mostly stand together */
	if (names->last < names->count && names->all[names->last].uid == uid)
		return names->all[names->last].text;
	names->last = find(names, uid);
	if (names->last == names->count || names->all[names->last].uid != uid)
		if (insert(names, names->last, uid) < 0)
			return NULL;
	return names->all[names->last].text;
}
