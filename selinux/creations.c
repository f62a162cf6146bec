/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * An object's label is its creator's, so the domain that a denial names as its target is the one to look
 * for: others that have opened the object since are of another, or find the same label.
 */
#include "creations.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/ipc.h>

#include "denial.h"
#include "eventtime.h"
#include "spannumber.h"
#include "syscall.h"

#define SLOTS 2048u /* a later one takes the place of another */

struct creations {
	struct creation all[SLOTS];
};

int creations_new(struct creations **out)
{
	*out = calloc(1, sizeof(**out));
	return *out ? 0 : -ENOMEM;
}

static size_t slot_of(enum ipc_kind kind, uint32_t key, struct span domain)
{
	uint64_t hash = ((uint64_t)key << 8 | (uint64_t)kind) * UINT64_C(0x9e3779b97f4a7c15);

	for (size_t i = 0; i < domain.length; i++)
		hash = (hash ^ (unsigned char)domain.at[i]) * UINT64_C(0x100000001b3);
	return (hash ^ hash >> 32) % SLOTS;
}

static bool kind_of(enum ipc_call call, enum ipc_kind *kind)
{
	static const struct {
		enum ipc_call call;
		enum ipc_kind kind;
	} kinds[] = {{CALL_SHMGET, KIND_SHM}, {CALL_SEMGET, KIND_SEM}, {CALL_MSGGET, KIND_MSG}};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i].call == call) {
			*kind = kinds[i].kind;
			return true;
		}
	return false;
}

static void copy(char *to, size_t size, struct span text)
{
	size_t length = text.length < size ? text.length : size - 1;

	for (size_t i = 0; i < length; i++)
		to[i] = text.at[i] ? text.at[i] : '?';
	to[length] = '\0';
}

void creations_note(struct creations *creations, const struct record *record,
		    const struct ipc_syscall *call)
{
	struct creation one = {.is_known = true};
	char context[sizeof(one.domain) + 64];
	struct span domain;

	/* of a ...get, an id is the result of one that succeeded */
	if (!kind_of(call->call, &one.kind) || !call->has_key || !call->key || !call->has_id ||
	    call->flags < 0 || !(call->flags & IPC_CREAT))
		return;
	copy(context, sizeof(context), record_field(record, "subj"));
	domain = context_type(context);
	if (!domain.length || domain.length >= sizeof(one.domain))
		return;
	copy(one.domain, sizeof(one.domain), domain);
	copy(one.comm, sizeof(one.comm), record_field(record, "comm"));
	one.key = call->key;
	one.id = call->id;
	one.pid = span_decimal(record_field(record, "pid"));
	one.uid = span_decimal(record_field(record, "uid"));
	one.time = eventtime_read(record->event);
	creations->all[slot_of(one.kind, one.key, domain)] = one;
}

const struct creation *creations_find(const struct creations *creations, enum ipc_kind kind,
				      uint32_t key, struct span domain)
{
	const struct creation *one = &creations->all[slot_of(kind, key, domain)];

	return one->is_known && one->kind == kind && one->key == key && key &&
			       span_is(domain, one->domain)
		       ? one
		       : NULL;
}
