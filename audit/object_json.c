/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "object_json.h"

#include <errno.h>
#include <string.h>

#include "semaphores.h"
#include "sleepers.h"
#include "words.h"

/* A pid that isn't visible from here, or was never set, is not known. */
static int add_pid(struct json_object *to, const char *key, pid_t pid)
{
	return pid ? document_add_int(to, key, pid) : document_add_null(to, key);
}

static int add_process(struct json_object *to, struct audit *audit, pid_t pid)
{
	const struct who *who = whos_get(&audit->whos, pid);

	if (!who)
		return -ENOMEM;
	return document_add_text(to, "comm", who->comm) | document_add_text(to, "unit", who->unit) |
	       document_add_text(to, "container", who->container);
}

static int add_creator(struct json_object *to, struct audit *audit, const struct ipc_object *obj)
{
	struct json_object *creator;
	int r;

	if (!obj->cpid)
		return document_add_null(to, "creator");
	creator = document_add_object(to, "creator");
	if (!creator)
		return -ENOMEM;
	r = document_add_int(creator, "pid", obj->cpid);
	if (audit_creator_lives(audit, obj))
		return r | document_add_bool(creator, "alive", true) |
		       add_process(creator, audit, obj->cpid);
	return r | document_add_bool(creator, "alive", false) | document_add_null(creator, "comm") |
	       document_add_null(creator, "unit") | document_add_null(creator, "container");
}

/* Every process once; it writes if any of its mappings or descriptors does. */
static int add_users(struct json_object *to, struct audit *audit, size_t object)
{
	struct json_object *users = document_add_array(to, "users"), *user;
	size_t count, next;
	const struct holding *holding = holders_of(&audit->holders, object, &count);
	int r = users ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < count; i = next) {
		bool writes = false;

		for (next = i; next < count && holding[next].pid == holding[i].pid; next++)
			writes |= holding[next].is_writable;
		user = document_append_object(users);
		if (!user)
			return -ENOMEM;
		r |= document_add_int(user, "pid", holding[i].pid);
		r |= add_process(user, audit, holding[i].pid);
		r |= document_add_text(user, "access", writes ? "rw" : "ro");
	}
	return r;
}

static int add_state(struct json_object *to, const struct ipc_object *obj)
{
	struct json_object *states = document_add_array(to, "state");
	const char *state;
	int r = states ? 0 : -ENOMEM;

	for (size_t n = 0; r == 0 && (state = words_state(obj, n)); n++)
		r = document_append_text(states, state);
	return r;
}

static int add_shm(struct json_object *to, struct audit *audit, size_t object)
{
	const struct ipc_object *obj = &audit->inv.objects[object];

	return document_add_exact(to, "nattch", obj->nattch) |
	       document_add_exact(to, "hugepage_size",
				  holders_hugepage_size(&audit->holders, object)) |
	       add_pid(to, "cpid", obj->cpid) | add_pid(to, "lpid", obj->lpid) |
	       document_add_time(to, "atime", obj->atime) |
	       document_add_time(to, "dtime", obj->dtime) | add_creator(to, audit, obj);
}

static int add_sem(struct json_object *to, const struct ipc_object *obj,
		   enum object_json_depth depth)
{
	int r = document_add_uint(to, "nsems", obj->nsems) |
		document_add_time(to, "otime", obj->lpid_at);

	return r == 0 && depth == OBJECT_JSON_SHOW ? semaphores_add_json(to, obj) : r;
}

static int add_msg(struct json_object *to, const struct ipc_object *obj)
{
	return document_add_uint(to, "messages", obj->qnum) |
	       document_add_exact(to, "cbytes", obj->bytes) |
	       document_add_exact(to, "qbytes", obj->qbytes) | add_pid(to, "lspid", obj->lpid) |
	       add_pid(to, "lrpid", obj->lrpid) | document_add_time(to, "stime", obj->lpid_at) |
	       document_add_time(to, "rtime", obj->lrpid_at);
}

static int add_file(struct json_object *to, const struct ipc_object *obj)
{
	return document_add_exact(to, "inode", obj->ino) |
	       document_add_time(to, "mtime", obj->mtime) |
	       document_add_uint(to, "links", obj->nlink);
}

static int add_pmq(struct json_object *to, const struct ipc_object *obj)
{
	if (!obj->maxmsg)
		return document_add_null(to, "messages") | document_add_null(to, "maxmsg") |
		       document_add_null(to, "msgsize");
	return document_add_uint(to, "messages", obj->qnum) |
	       document_add_uint(to, "maxmsg", obj->maxmsg) |
	       document_add_uint(to, "msgsize", obj->msgsize);
}

static int add_of_kind(struct json_object *to, struct audit *audit, size_t object,
		       enum object_json_depth depth)
{
	const struct ipc_object *obj = &audit->inv.objects[object];

	switch (obj->kind) {
	case KIND_SHM:
		return add_shm(to, audit, object);
	case KIND_SEM:
		return add_sem(to, obj, depth);
	case KIND_MSG:
		return add_msg(to, obj);
	case KIND_PMQ:
		return add_file(to, obj) | add_pmq(to, obj);
	case KIND_PSHM:
	case KIND_PSEM:
		return add_file(to, obj);
	case KIND_COUNT_:
		break;
	}
	return -EINVAL;
}

static int add_common(struct json_object *to, const struct ipc_object *obj)
{
	char mode[5] = {'0', (char)('0' + (obj->mode >> 6 & 7)), (char)('0' + (obj->mode >> 3 & 7)),
			(char)('0' + (obj->mode & 7)), '\0'};
	bool has_memory = obj->kind == KIND_SHM || (KIND_BIT(obj->kind) & KINDS_DEV_SHM);

	return document_add_identity(to, obj) | document_add_uint(to, "uid", obj->uid) |
	       document_add_uint(to, "gid", obj->gid) | document_add_uint(to, "cuid", obj->cuid) |
	       document_add_uint(to, "cgid", obj->cgid) | document_add_text(to, "mode", mode) |
	       document_add_exact(to, "bytes",
				  obj->kind == KIND_SEM ? OBJECT_UNKNOWN : obj->bytes) |
	       document_add_exact(to, "rss", has_memory ? obj->rss : OBJECT_UNKNOWN) |
	       document_add_exact(to, "swap", has_memory ? obj->swap : OBJECT_UNKNOWN) |
	       document_add_time(to, "ctime", obj->ctime);
}

/* Members of other kinds are there and null, so that no reader trips over them. */
static int add_absent(struct json_object *to, const struct ipc_object *obj)
{
	if (obj->kind == KIND_SHM)
		return 0;
	return document_add_null(to, "nattch") | document_add_null(to, "cpid") |
	       (obj->kind == KIND_MSG ? 0 : document_add_null(to, "lpid")) |
	       document_add_null(to, "atime") | document_add_null(to, "dtime") |
	       document_add_null(to, "creator");
}

int object_json_put(struct document_stream *stream, struct audit *audit, size_t object,
		    enum object_json_depth depth)
{
	const struct ipc_object *obj = &audit->inv.objects[object];
	struct json_object *to = document_stream_element();
	int r = to ? 0 : -ENOMEM;

	if (r == 0)
		r = add_common(to, obj) | add_absent(to, obj) |
		    add_of_kind(to, audit, object, depth) | add_state(to, obj) |
		    add_users(to, audit, object);
	if (r == 0 && depth == OBJECT_JSON_SHOW)
		r = sleepers_add_json(to, audit, obj);
	if (r == 0 && audit->place)
		r = document_add_uint(to, "namespace", audit->place->ipc_ns);
	if (r) {
		document_free(to);
		return -ENOMEM;
	}
	return document_stream_put(stream, to);
}
