/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "groups.h"

#include <errno.h>
#include <stdlib.h>

/* at most half full */
#define TABLE_SIZE 32768u
/* permissions of one class; what comes past that is no policy's */
#define PERMS_LENGTH_MAX 1024

static uint64_t add_hash(uint64_t hash, const void *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		hash = (hash ^ ((const unsigned char *)bytes)[i]) * UINT64_C(0x100000001b3);
	return hash ^ hash >> 29;
}

static bool has_key(const struct denial *denial)
{
	return denial->key_source != KEY_NONE;
}

/* What tells objects apart: the key or, without one (IPC_PRIVATE is none), the id; else the name. */
static int64_t number_of(const struct denial *denial)
{
	return has_key(denial) && denial->key ? (int64_t)denial->key : -2 - denial->id;
}

static uint64_t hash_of(const struct denial *denial)
{
	struct span source = context_type(denial->scontext),
		    target = context_type(denial->tcontext);
	int64_t number = number_of(denial);
	uint64_t hash = add_hash(UINT64_C(0xcbf29ce484222325), source.at, source.length);

	hash = add_hash(hash, target.at, target.length);
	hash = add_hash(hash, denial->class, strlen(denial->class));
	hash = add_hash(hash, &number, sizeof(number));
	return denial->name ? add_hash(hash, denial->name, strlen(denial->name)) : hash;
}

static bool is_same_text(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static bool is_same_cause(const struct denial *a, const struct denial *b)
{
	return a->about == b->about && has_key(a) == has_key(b) && number_of(a) == number_of(b) &&
	       is_same_text(a->name, b->name) && is_same_text(a->container, b->container) &&
	       is_same_text(a->node, b->node) && !strcmp(a->class, b->class) &&
	       context_has_same_type(a->scontext, b->scontext) &&
	       context_has_same_type(a->tcontext, b->tcontext);
}

static bool has_word(const char *list, const char *word, size_t length)
{
	for (const char *at = list; (at = strstr(at, word)); at++)
		if ((at == list || at[-1] == ' ') && (!at[length] || at[length] == ' '))
			return true;
	return false;
}

/* Adds the permissions that the group doesn't have yet. */
static int add_perms(struct group *group, const char *perms)
{
	char word[64];

	for (const char *at = perms; *at;) {
		size_t length = strcspn(at, " "), had = strlen(group->perms);

		if (length && length < sizeof(word) && had + length + 2 < PERMS_LENGTH_MAX) {
			memcpy(word, at, length);
			word[length] = '\0';
			if (!has_word(group->perms, word, length)) {
				char *grown = realloc(group->perms, had + length + 2);

				if (!grown)
					return -ENOMEM;
				group->perms = grown;
				if (had)
					grown[had++] = ' ';
				memcpy(grown + had, word, length + 1);
			}
		}
		at += length + (at[length] == ' ');
	}
	return 0;
}

/* Makes a denial the group's sample, if there is room for it beside the others'. */
static void take_sample(struct groups *groups, struct group *group, struct denial *denial)
{
	struct creation made = denial->made.is_known ? denial->made : group->sample.made;
	size_t bytes = groups->bytes - group->sample.size + denial->size;

	if (bytes > GROUPS_BYTES_MAX && denial->size > group->sample.size) {
		denial_done(denial);
		return;
	}
	groups->bytes = bytes;
	denial_done(&group->sample);
	group->sample = *denial;
	group->sample.made = made;
}

static int count_in(struct groups *groups, struct group *group, struct denial *denial)
{
	size_t had = strlen(group->perms);
	int r = add_perms(group, denial->perms);

	groups->bytes += strlen(group->perms) - had;
	group->count++;
	group->permissive += denial->permissive == 1;
	group->enforcing += denial->permissive == 0;
	if (denial->time && (!group->first || denial->time < group->first))
		group->first = denial->time;
	if (denial->time > group->last)
		group->last = denial->time;
	if (denial->op[0])
		memcpy(group->op, denial->op, sizeof(group->op));
	/* the newest that tells most stays for the explanation */
	if (denial->op[0] || !group->sample.op[0])
		take_sample(groups, group, denial);
	else
		denial_done(denial);
	return r;
}

static struct group *new_group(struct groups *groups)
{
	if (groups->count == groups->allocated) {
		size_t wanted = groups->allocated ? 2 * groups->allocated : 64;
		struct group *grown = reallocarray(groups->all, wanted, sizeof(*grown));

		if (!grown)
			return NULL;
		groups->all = grown;
		groups->allocated = wanted;
	}
	groups->all[groups->count] = (struct group){.perms = strdup("")};
	return groups->all[groups->count].perms ? &groups->all[groups->count++] : NULL;
}

int groups_add(struct groups *groups, struct denial *denial, const struct sighting *seen)
{
	uint64_t hash = hash_of(denial);
	uint32_t place = (uint32_t)(hash % TABLE_SIZE);
	struct group *group;

	if (!groups->table)
		groups->table = calloc(TABLE_SIZE, sizeof(*groups->table));
	if (!groups->table)
		goto no_memory;
	for (; groups->table[place]; place = (place + 1) % TABLE_SIZE) {
		group = &groups->all[groups->table[place] - 1];
		if (group->hash == hash && group->seen.place == seen->place &&
		    is_same_cause(&group->sample, denial))
			return count_in(groups, group, denial);
	}
	if (groups->count == GROUPS_MAX ||
	    groups->bytes + denial->size + strlen(denial->perms) > GROUPS_BYTES_MAX) {
		groups->left_out++;
		denial_done(denial);
		return 0;
	}
	group = new_group(groups);
	if (!group)
		goto no_memory;
	groups->table[place] = (uint32_t)groups->count;
	group->hash = hash;
	group->seen = *seen;
	return count_in(groups, group, denial);
no_memory:
	denial_done(denial);
	return -ENOMEM;
}

int group_find_removal(const struct group *group, struct live *live, struct removal *out)
{
	if (group->seen.match != MATCH_NONE || sighting_is_elsewhere(live, &group->seen) ||
	    !strcmp(group->perms, "create"))
		return 0;
	return removals_find(&live->removals, &group->sample, group->last, out);
}

void groups_done(struct groups *groups)
{
	for (size_t i = 0; i < groups->count; i++) {
		denial_done(&groups->all[i].sample);
		free(groups->all[i].perms);
	}
	free(groups->all);
	free(groups->table);
	*groups = (struct groups){0};
}
