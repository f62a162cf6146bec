/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which System V objects are there without need? What only one unit uses, and nobody finds by its key from
 * outside, could be memory or semaphores of its own processes, which end with them and count against no
 * limit of the host.
 */
#include <errno.h>

#include "proposal.h"

static const char *instead(enum ipc_kind kind)
{
	switch (kind) {
	case KIND_SHM:
		return "memfd_create(2) or an anonymous shared mapping would do";
	case KIND_SEM:
		return "process-shared POSIX semaphores or mutexes in memory that it shares would "
		       "do";
	case KIND_MSG:
		return "a socketpair(2) or pipe(2) would do";
	case KIND_PSHM:
	case KIND_PSEM:
	case KIND_PMQ:
	case KIND_COUNT_:
		break;
	}
	return NULL;
}

/* Whether others could find it: a key is a name that anybody may ask for. */
static int advise(struct proposal_list *advice, const struct unit_facts *facts,
		  const struct seen_object *object)
{
	const char *other_way = instead(object->kind);

	if (!other_way || object->others.count || object->was_there)
		return 0;
	if (!object->key)
		return proposal_add(advice, object->ref,
				    "of this unit alone, and without a key (IPC_PRIVATE) nobody "
				    "else can find it: %s",
				    other_way);
	if (object->has_private_key)
		return proposal_add(
			advice, object->ref,
			"of this unit alone, with the key of a file in its private /tmp, "
			"which nobody else can see: %s",
			other_way);
	if (facts->has_private_ipc)
		return proposal_add(advice, object->ref,
				    "of this unit alone, in a namespace of its own: %s", other_way);
	return proposal_add(advice, object->ref,
			    "of this unit alone, and nobody else was seen to ask for its key: %s",
			    other_way);
}

int proposal_advise(struct proposal_list *advice, const struct unit_facts *facts,
		    const struct observation *observation)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < observation->object_count; i++)
		r = advise(advice, facts, &observation->objects[i]);
	return r;
}
