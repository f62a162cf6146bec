/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit_uses.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "manager.h"

const char *unit_of_process(struct audit *audit, pid_t pid)
{
	const struct who *who = whos_get(&audit->whos, pid);

	return who && who->unit && who->is_host_unit && unit_name_is_service(who->unit) ? who->unit
											: NULL;
}

static struct unit_use *find_or_add(struct unit_uses *uses, const char *unit)
{
	for (size_t i = 0; i < uses->count; i++)
		if (!strcmp(uses->all[i].unit, unit))
			return &uses->all[i];
	if (uses->count == UNIT_USES_MAX)
		return NULL;
	uses->all[uses->count] = (struct unit_use){.unit = unit};
	return &uses->all[uses->count++];
}

/* Objects come in rising order, so that one that is there already is the last. */
static int note(struct unit_uses *uses, struct audit *audit, uint32_t object, pid_t pid)
{
	const char *unit = unit_of_process(audit, pid);
	struct unit_use *use = unit ? find_or_add(uses, unit) : NULL;

	if (!use || (use->count && use->objects[use->count - 1] == object))
		return 0;
	if (use->count == use->allocated) {
		size_t more = use->allocated ? 2 * use->allocated : 16;
		uint32_t *grown = reallocarray(use->objects, more, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		use->objects = grown;
		use->allocated = more;
	}
	use->objects[use->count++] = object;
	use->kinds |= KIND_BIT(audit->inv.objects[object].kind);
	return 0;
}

static int note_holders(struct unit_uses *uses, struct audit *audit, uint32_t object)
{
	size_t count;
	const struct holding *holding = holders_of(&audit->holders, object, &count);
	int r = 0;

	for (size_t i = 0; r == 0 && i < count; i++)
		r = note(uses, audit, object, holding[i].pid);
	return r;
}

static int note_waiters(struct unit_uses *uses, struct audit *audit, uint32_t object)
{
	const struct ipc_object *obj = &audit->inv.objects[object];
	const struct waiter *waiter;
	size_t count = 0;
	int r = 0;

	if (obj->kind != KIND_SEM && obj->kind != KIND_MSG)
		return 0;
	waiter = waiters_of(&audit->usage.waiters, obj->kind, obj->id, &count);
	for (size_t i = 0; r == 0 && i < count; i++)
		r = note(uses, audit, object, waiter[i].pid);
	return r;
}

static int note_object(struct unit_uses *uses, struct audit *audit, uint32_t object)
{
	const struct ipc_object *obj = &audit->inv.objects[object];
	int r = 0;

	if (audit_creator_lives(audit, obj))
		r = note(uses, audit, object, obj->cpid);
	if (r == 0 && audit_last_user_lives(audit, obj))
		r = note(uses, audit, object, obj->lpid);
	if (r == 0 && audit_receiver_lives(audit, obj))
		r = note(uses, audit, object, obj->lrpid);
	if (r == 0)
		r = note_holders(uses, audit, object);
	return r == 0 ? note_waiters(uses, audit, object) : r;
}

int unit_uses_read(struct unit_uses *uses, struct audit *audit)
{
	int r = 0;

	uses->count = 0;
	for (size_t i = 0; r == 0 && i < audit->inv.count; i++)
		r = note_object(uses, audit, (uint32_t)i);
	if (r < 0)
		unit_uses_done(uses);
	return r;
}

void unit_uses_done(struct unit_uses *uses)
{
	for (size_t i = 0; i < uses->count; i++)
		free(uses->all[i].objects);
	uses->count = 0;
}
