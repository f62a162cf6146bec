/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "observation.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"

void observation_done(struct observation *observation)
{
	for (size_t i = 0; i < observation->object_count; i++) {
		free(observation->objects[i].ref);
		string_list_done(&observation->objects[i].others);
	}
	free(observation->objects);
	free(observation->unit);
	pidset_done(&observation->own);
	*observation = (struct observation){0};
}

static struct seen_object *add_object(struct observation *observation, char *ref, int *r)
{
	struct seen_object *grown;

	*r = 0;
	if (observation->object_count == OBSERVATION_OBJECTS_MAX) {
		observation->is_partial = true;
		free(ref);
		return NULL;
	}
	grown = reallocarray(observation->objects, observation->object_count + 1, sizeof(*grown));
	if (!grown) {
		free(ref);
		*r = -ENOMEM;
		return NULL;
	}
	observation->objects = grown;
	grown += observation->object_count++;
	*grown = (struct seen_object){.ref = ref};
	return grown;
}

struct seen_object *observation_object(struct observation *observation,
				       const struct ipc_object *obj, int *r)
{
	struct seen_object *object = NULL;
	char *ref = object_ref(obj);

	*r = ref ? 0 : -ENOMEM;
	for (size_t i = 0; ref && i < observation->object_count; i++)
		/* a segment loses its key when it is marked for removal */
		if (!strcmp(observation->objects[i].ref, ref) &&
		    (observation->objects[i].key == obj->key || !obj->key))
			object = &observation->objects[i];
	if (object || !ref) {
		free(ref);
		return object;
	}
	object = add_object(observation, ref, r);
	if (object) {
		object->kind = obj->kind;
		object->key = obj->key;
		object->mode = obj->mode & 0777;
		object->bytes = obj->bytes;
	}
	return object;
}

int observation_add_other(struct seen_object *object, const char *name)
{
	if (string_list_has(&object->others, name))
		return 0;
	return object->others.count < OBSERVATION_OTHERS_MAX
		       ? string_list_add(&object->others, name)
		       : 0;
}

static bool is_sysv(enum ipc_call call)
{
	enum call_family family = call_info(call)->family;

	return family == FAMILY_SHM || family == FAMILY_SEM || family == FAMILY_MSG;
}

bool observation_saw(const struct observation *observation, enum ipc_call call)
{
	return observation->calls[call] || observation->unknown[call] || observation->saw_foreign ||
	       (observation->saw_any_sysv && is_sysv(call));
}

bool observation_saw_family(const struct observation *observation, enum call_family family)
{
	for (int i = 0; i < CALL_COUNT_; i++)
		if (call_info((enum ipc_call)i)->family == family &&
		    observation_saw(observation, (enum ipc_call)i))
			return true;
	return false;
}
