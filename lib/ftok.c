/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Can this key be the file's? And is that the same file to everyone: under a name below /tmp a unit
 * with PrivateTmp= finds another file, and with it another key.
 */
#include "ftok.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cleanup.h"

#define PROJECT_SHIFT 24

unsigned ftok_project(uint32_t key)
{
	return key >> PROJECT_SHIFT;
}

uint32_t ftok_key(dev_t dev, ino_t ino, unsigned project)
{
	return (uint32_t)(project & 0xff) << PROJECT_SHIFT | (uint32_t)(dev & 0xff) << 16 |
	       (uint32_t)(ino & 0xffff);
}

uint32_t ftok_file_part(uint32_t key)
{
	return key & ((UINT32_C(1) << PROJECT_SHIFT) - 1);
}

void ftok_answers_done(struct ftok_answers *answers)
{
	for (size_t i = 0; i < answers->count; i++) {
		free(answers->all[i].path);
		free(answers->all[i].unit);
	}
	free(answers->all);
	*answers = (struct ftok_answers){0};
}

static struct ftok_answer *append(struct ftok_answers *answers, size_t file)
{
	struct ftok_answer *grown =
		reallocarray(answers->all, answers->count + 1, sizeof(*answers->all));

	if (!grown)
		return NULL;
	answers->all = grown;
	grown[answers->count] = (struct ftok_answer){.file = file};
	return &grown[answers->count++];
}

static void fill(struct ftok_answer *answer, uint32_t key, const struct stat *st)
{
	answer->dev = st->st_dev;
	answer->ino = st->st_ino;
	answer->key = ftok_key(st->st_dev, st->st_ino, ftok_project(key));
	answer->is_match = answer->key == key;
}

/* Names what a place's users call it. */
static int name(struct ftok_answer *answer, const struct tmp_place *place, const char *rest)
{
	if (asprintf(&answer->path, "%s/%s", place->top, rest) < 0) {
		answer->path = NULL;
		return -ENOMEM;
	}
	answer->unit = place->unit ? strdup(place->unit) : NULL;
	return place->unit && !answer->unit ? -ENOMEM : 0;
}

static int ask_itself(struct ftok_answers *answers, uint32_t key, size_t n, const char *file,
		      const struct tmp_place *place, const char *rest)
{
	struct ftok_answer *answer = append(answers, n);
	struct stat st;

	if (!answer)
		return -ENOMEM;
	/* ftok(3) follows links */
	if (stat(file, &st) < 0)
		answer->error = -errno;
	else
		fill(answer, key, &st);
	if (place && place->unit)
		return name(answer, place, rest);
	answer->path = strdup(file);
	return answer->path ? 0 : -ENOMEM;
}

static int ask_elsewhere(struct ftok_answers *answers, uint32_t key, size_t n,
			 const struct tmp_place *other, const char *rest)
{
	struct ftok_answer *answer;
	struct stat st;

	if (tmp_place_stat(other, rest, &st) < 0)
		return 0;
	answer = append(answers, n);
	if (!answer)
		return -ENOMEM;
	fill(answer, key, &st);
	return name(answer, other, rest);
}

static void mark_clashes(struct ftok_answer *group, size_t count)
{
	bool has_match = false;

	for (size_t i = 0; i < count; i++)
		has_match |= group[i].is_match;
	for (size_t i = 0; i < count; i++)
		group[i].is_clash = has_match && !group[i].is_match;
}

static int ask(struct ftok_answers *answers, uint32_t key, size_t n, const char *file,
	       const struct tmp_places *places)
{
	_cleanup_free_ char *resolved = realpath(file, NULL);
	size_t first = answers->count;
	const char *rest = NULL;
	const struct tmp_place *place = tmp_places_find(places, resolved ? resolved : file, &rest);
	int r = ask_itself(answers, key, n, file, place, rest);

	answers->has_shared |= place != NULL;
	for (size_t i = 0; r == 0 && place && i < places->count; i++)
		if (&places->all[i] != place && !strcmp(places->all[i].top, place->top))
			r = ask_elsewhere(answers, key, n, &places->all[i], rest);
	if (r == 0)
		mark_clashes(&answers->all[first], answers->count - first);
	return r;
}

static size_t count_matches(const struct ftok_answers *answers)
{
	size_t count = 0;

	for (size_t i = 0; i < answers->count; i++) {
		bool is_new = answers->all[i].is_match;

		for (size_t j = 0; is_new && j < i; j++)
			is_new = !answers->all[j].is_match ||
				 answers->all[j].dev != answers->all[i].dev ||
				 answers->all[j].ino != answers->all[i].ino;
		count += is_new;
	}
	return count;
}

int ftok_ask(struct ftok_answers *answers, uint32_t key, const char *const *files, size_t count,
	     const struct tmp_places *places)
{
	int r = 0;

	*answers = (struct ftok_answers){0};
	for (size_t i = 0; r == 0 && i < count; i++)
		r = ask(answers, key, i, files[i], places);
	if (r == 0)
		answers->matches = count_matches(answers);
	else
		ftok_answers_done(answers);
	return r;
}
