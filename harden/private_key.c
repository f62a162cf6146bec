/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "private_key.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "ftok.h"
#include "object.h"

struct search {
	const struct tmp_place *place;
	uint32_t part;
	char *file; /* the first that was found */
	bool failed;
};

static void look_at_file(const char *name, const struct stat *st, void *data)
{
	_cleanup_free_ char *escaped = NULL;
	struct search *search = data;

	if (search->file || ftok_file_part(ftok_key(st->st_dev, st->st_ino, 0)) != search->part)
		return;
	escaped = name_escape(name);
	if (!escaped ||
	    asprintf(&search->file, "%s%s%s", search->place->top, *name ? "/" : "", escaped) < 0) {
		search->file = NULL;
		search->failed = true;
	}
}

int private_key_find(const struct tmp_places *places, const char *unit, uint32_t key, char **file)
{
	struct search search = {.part = ftok_file_part(key)};

	if (!key)
		return 0;
	for (size_t i = 0; i < places->count && !search.file; i++) {
		search.place = &places->all[i];
		if (search.place->unit && !strcmp(search.place->unit, unit))
			tmp_place_each(search.place, look_at_file, &search);
	}
	if (!search.file)
		return search.failed ? -ENOMEM : 0;
	*file = search.file;
	return 1;
}
