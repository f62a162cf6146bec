/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Removes one System V object, as its owner. The kernel has no "remove if unused" (ipc/shm.c:
 * do_shm_rmid takes the key away from an attached segment too), so a segment is closed first: with
 * mode 0000 shmat(2) refuses everyone, its owner included, and an nattch of 0 read after that stays
 * 0. Only a process with CAP_IPC_OWNER could still come between.
 */
#include <errno.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

#include "inventory.h"
#include "reap_object.h"
#include "wipe.h"

static bool is_same(const struct ipc_object *a, const struct ipc_object *b)
{
	return a->id == b->id && a->key == b->key && a->uid == b->uid && a->cuid == b->cuid;
}

/* Times are whole seconds; who used it last, and what it holds, may tell of a use within one. */
static bool is_untouched(const struct ipc_object *a, const struct ipc_object *b)
{
	return a->ctime == b->ctime && a->newest == b->newest && a->lpid == b->lpid &&
	       a->lpid_at == b->lpid_at && a->lrpid_at == b->lrpid_at && a->lrpid == b->lrpid &&
	       a->bytes == b->bytes && a->qnum == b->qnum;
}

static int set_mode(const struct ipc_object *obj, mode_t mode)
{
	/* IPC_SET takes uid, gid and mode, and nothing else (shmctl(2)) */
	struct shmid_ds ds = {
		.shm_perm = {.uid = obj->uid, .gid = obj->gid, .mode = (unsigned short)mode}};

	return shmctl(obj->id, IPC_SET, &ds) < 0 ? -errno : 0;
}

/* Whether nobody but us (`own` attachments) has the closed segment, nor can get it any more. */
static bool is_ours_alone(const struct ipc_object *obj, uint64_t own, struct reaped *out)
{
	struct ipc_object now;
	int r = inventory_stat_sysv(KIND_SHM, obj->id, &now);

	if (r < 0 || !is_same(obj, &now)) {
		reap_keep(out, REASON_CHANGED);
		return false;
	}
	if (now.nattch != own) {
		reap_keep(out, REASON_ATTACHED);
		return false;
	}
	return true;
}

static int attach(const struct ipc_object *obj, void **addr)
{
	int r = 0;

	/* the owner may lack the bits; they are his to give */
	if ((obj->mode & 0600) != 0600)
		r = set_mode(obj, (obj->mode & 0777) | 0600);
	if (r < 0)
		return r;
	*addr = shmat(obj->id, NULL, 0);
	return *addr == (void *)-1 ? -errno : 0;
}

/* Whether the removal may go on; addr is NULL where the segment could not be attached: error. */
static bool wipe_segment(const struct ipc_object *obj, void *addr, int error, enum wipe_mode wipe,
			 struct reaped *out)
{
	if (addr)
		error = wipe_attached(addr, obj->bytes, wipe == WIPE_VERIFY, &out->wiped_bytes);
	return reap_wiped(out, error, wipe);
}

static void reap_segment(const struct ipc_object *obj, enum wipe_mode wipe, struct reaped *out)
{
	void *addr = NULL;
	int attach_error = wipe == WIPE_NO ? 0 : attach(obj, &addr);
	uint64_t own = addr && attach_error == 0;
	int r = set_mode(obj, 0);

	if (r < 0) {
		reap_refused(out, r);
	} else {
		/* wiping takes time, in which a process with CAP_IPC_OWNER may have come */
		if (is_ours_alone(obj, own, out) &&
		    (wipe == WIPE_NO ||
		     (wipe_segment(obj, own ? addr : NULL, attach_error, wipe, out) &&
		      is_ours_alone(obj, own, out))))
			reap_removed(out, shmctl(obj->id, IPC_RMID, NULL));
		if (out->outcome != OUTCOME_REMOVED)
			set_mode(obj, obj->mode & 0777);
	}
	if (own)
		shmdt(addr);
}

void reap_sysv(const struct ipc_object *obj, enum wipe_mode wipe, struct reaped *out)
{
	struct ipc_object now;
	int r = inventory_stat_sysv(obj->kind, obj->id, &now);

	if (r < 0) {
		reap_refused(out, r);
		return;
	}
	if (!is_same(obj, &now) || !is_untouched(obj, &now)) {
		reap_keep(out, REASON_CHANGED);
		return;
	}
	if (now.nattch > 0) {
		reap_keep(out, REASON_ATTACHED);
		return;
	}
	if (obj->kind == KIND_SHM) {
		reap_segment(obj, wipe, out);
		return;
	}
	reap_removed(out, obj->kind == KIND_SEM ? semctl(obj->id, 0, IPC_RMID)
						: msgctl(obj->id, IPC_RMID, NULL));
}
