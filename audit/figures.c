/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "figures.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void add(uint64_t *sum, uint64_t value)
{
	if (__builtin_add_overflow(*sum, value, sum))
		*sum = UINT64_MAX;
}

static int by_uid(const void *a, const void *b)
{
	const struct user_figures *x = a, *y = b;

	return (x->uid > y->uid) - (x->uid < y->uid);
}

static int by_objects(const void *a, const void *b)
{
	const struct user_figures *x = a, *y = b;

	if (x->objects != y->objects)
		return x->objects > y->objects ? -1 : 1;
	return by_uid(a, b);
}

/* One entry for each object, then one for each user: sorting finds who is the same. */
static int count_users(struct figures *figures, const struct inventory *inv)
{
	struct user_figures *users = calloc(inv->count + 1, sizeof(*users));
	size_t count = 0;

	if (!users)
		return -ENOMEM;
	for (size_t i = 0; i < inv->count; i++)
		users[i] = (struct user_figures){inv->objects[i].uid, 1, inv->objects[i].bytes};
	qsort(users, inv->count, sizeof(*users), by_uid);
	for (size_t i = 0; i < inv->count; i++) {
		if (!count || users[count - 1].uid != users[i].uid) {
			users[count++] = users[i];
			continue;
		}
		add(&users[count - 1].objects, users[i].objects);
		add(&users[count - 1].bytes, users[i].bytes);
	}
	qsort(users, count, sizeof(*users), by_objects);
	figures->top_count = count < TOP_USERS ? count : TOP_USERS;
	memcpy(figures->top, users, figures->top_count * sizeof(*users));
	for (size_t i = figures->top_count; i < count; i++) {
		add(&figures->others.objects, users[i].objects);
		add(&figures->others.bytes, users[i].bytes);
	}
	free(users);
	return 0;
}

static void count_kinds(struct figures *figures, const struct inventory *inv)
{
	for (size_t i = 0; i < inv->count; i++) {
		struct kind_figures *kind = &figures->kinds[inv->objects[i].kind];

		kind->objects++;
		add(&kind->bytes, inv->objects[i].bytes);
	}
}

static uint64_t evidence_of(const struct finding *finding, const char *name)
{
	for (size_t i = 0; i < finding->evidence_count; i++)
		if (!strcmp(finding->evidence[i].name, name))
			return finding->evidence[i].number;
	return 0;
}

static void count_orphan(struct figures *figures, const struct finding *finding)
{
	uint64_t age_s = evidence_of(finding, "age_s");
	struct kind_figures *kind = &figures->kinds[finding->kind];

	kind->orphans++;
	add(&kind->orphan_bytes, evidence_of(finding, "bytes"));
	if (age_s > kind->oldest_orphan_s)
		kind->oldest_orphan_s = age_s;
}

static void count_findings(struct figures *figures)
{
	for (size_t i = 0; i < figures->list.count; i++) {
		const struct finding *finding = &figures->list.list[i];

		figures->findings[finding->id][finding->severity]++;
		if (finding->id == FINDING_ORPHAN)
			count_orphan(figures, finding);
		if (finding->id == FINDING_UNLINKED_HELD)
			add(&figures->unlinked_bytes, evidence_of(finding, "bytes"));
	}
}

unsigned figures_needs(void)
{
	return findings_needs(findings_of_command(COMMAND_REPORT)) | NEEDS_RESIDENT |
	       NEEDS_PROCESSES;
}

int figures_make(struct figures *figures, struct audit *audit)
{
	int r;

	*figures = (struct figures){0};
	r = limits_read(&figures->limits, &audit->inv, &audit->procs);
	if (r == 0)
		r = count_users(figures, &audit->inv);
	if (r == 0)
		r = findings_make(&figures->list, audit, findings_of_command(COMMAND_REPORT));
	if (r < 0) {
		figures_done(figures);
		return r;
	}
	count_kinds(figures, &audit->inv);
	count_findings(figures);
	return 0;
}

void figures_done(struct figures *figures)
{
	limits_done(&figures->limits);
	findings_done(&figures->list);
}
