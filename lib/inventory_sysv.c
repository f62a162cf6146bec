/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * System V objects, walked by index: *_INFO gives the highest index in use, *_STAT_ANY the object
 * there and, as its return value, the id (shmctl(2), semctl(2), msgctl(2)). *_STAT_ANY (Linux 4.17)
 * needs no read permission, so objects of mode 0000 are seen too; it takes an id as well as an
 * index (ipc/util.c: ipc_obtain_object_idr drops the sequence number), which IPC_STAT would refuse.
 */
#include <errno.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

#include "inventory_internal.h"

/* linux/shm.h, linux/sem.h, linux/msg.h: glibc before 2.32 lacks them */
#ifndef SHM_STAT_ANY
#define SHM_STAT_ANY 15
#endif
#ifndef SEM_STAT_ANY
#define SEM_STAT_ANY 20
#endif
#ifndef MSG_STAT_ANY
#define MSG_STAT_ANY 13
#endif

union semun {
	int val;
	struct semid_ds *buf;
	struct seminfo *info;
};

static time_t newest_of(time_t a, time_t b, time_t c)
{
	time_t ab = a > b ? a : b;

	return ab > c ? ab : c;
}

static void fill_perm(struct ipc_object *obj, const struct ipc_perm *perm)
{
	obj->key = (uint32_t)perm->__key;
	obj->uid = perm->uid;
	obj->cuid = perm->cuid;
	obj->gid = perm->gid;
	obj->cgid = perm->cgid;
	obj->mode = (mode_t)perm->mode;
}

static int stat_shm(int id_or_index, struct ipc_object *obj)
{
	struct shmid_ds ds;
	int id = shmctl(id_or_index, SHM_STAT_ANY, &ds);

	if (id < 0)
		return -errno;
	*obj = (struct ipc_object){.kind = KIND_SHM, .id = id};
	fill_perm(obj, &ds.shm_perm);
	obj->bytes = ds.shm_segsz;
	obj->ctime = ds.shm_ctime;
	obj->newest = newest_of(ds.shm_ctime, ds.shm_atime, ds.shm_dtime);
	obj->nattch = ds.shm_nattch;
	obj->cpid = ds.shm_cpid;
	obj->lpid = ds.shm_lpid;
	obj->lpid_at = ds.shm_atime > ds.shm_dtime ? ds.shm_atime : ds.shm_dtime;
	obj->atime = ds.shm_atime;
	obj->dtime = ds.shm_dtime;
	return 0;
}

static int stat_sem(int id_or_index, struct ipc_object *obj)
{
	struct semid_ds ds;
	int id = semctl(id_or_index, 0, SEM_STAT_ANY, (union semun){.buf = &ds});

	if (id < 0)
		return -errno;
	*obj = (struct ipc_object){.kind = KIND_SEM, .id = id};
	fill_perm(obj, &ds.sem_perm);
	obj->ctime = ds.sem_ctime;
	obj->newest = newest_of(ds.sem_ctime, ds.sem_otime, 0);
	obj->nsems = (uint32_t)ds.sem_nsems;
	obj->lpid_at = ds.sem_otime;
	return 0;
}

static int stat_msg(int id_or_index, struct ipc_object *obj)
{
	struct msqid_ds ds;
	int id = msgctl(id_or_index, MSG_STAT_ANY, &ds);

	if (id < 0)
		return -errno;
	*obj = (struct ipc_object){.kind = KIND_MSG, .id = id};
	fill_perm(obj, &ds.msg_perm);
	obj->bytes = ds.__msg_cbytes;
	obj->qnum = ds.msg_qnum;
	obj->qbytes = ds.msg_qbytes;
	obj->ctime = ds.msg_ctime;
	obj->newest = newest_of(ds.msg_ctime, ds.msg_stime, ds.msg_rtime);
	obj->lpid = ds.msg_lspid;
	obj->lpid_at = ds.msg_stime;
	obj->lrpid = ds.msg_lrpid;
	obj->lrpid_at = ds.msg_rtime;
	return 0;
}

static int stat_kind(enum ipc_kind kind, int id_or_index, struct ipc_object *obj)
{
	if (kind == KIND_SHM)
		return stat_shm(id_or_index, obj);
	if (kind == KIND_SEM)
		return stat_sem(id_or_index, obj);
	return stat_msg(id_or_index, obj);
}

/* IPC_INFO of segments: SHM_INFO goes through all of them to count their pages. */
static int highest_index(enum ipc_kind kind)
{
	struct shminfo shm;
	struct seminfo sem;
	struct msginfo msg;
	int r;

	if (kind == KIND_SHM)
		r = shmctl(0, IPC_INFO, (struct shmid_ds *)(void *)&shm);
	else if (kind == KIND_SEM)
		r = semctl(0, 0, SEM_INFO, (union semun){.info = &sem});
	else
		r = msgctl(0, MSG_INFO, (struct msqid_ds *)(void *)&msg);
	return r < 0 ? -errno : r;
}

int inventory_scan_sysv(struct scan *scan, enum ipc_kind kind)
{
	int highest = highest_index(kind);

	/* a kernel without SYSVIPC has no such objects; any other refusal (SELinux) hides them */
	if (highest < 0) {
		if (highest != -ENOSYS)
			inventory_note_unseen(scan->inv, kind, highest);
		return 0;
	}
	for (int index = 0; index <= highest; index++) {
		struct ipc_object obj;
		int r = stat_kind(kind, index, &obj);

		if (r == -EINVAL || r == -EIDRM)
			continue;
		if (r < 0) {
			inventory_note_unseen(scan->inv, kind, r);
			continue;
		}
		r = inventory_add(scan, &obj);
		if (r < 0)
			return r;
	}
	return 0;
}

int inventory_stat_sysv(enum ipc_kind kind, int id, struct ipc_object *obj)
{
	int r = stat_kind(kind, id, obj);

	if (r == -EINVAL || r == -EIDRM || (r == 0 && obj->id != id))
		return -ENOENT;
	return r;
}
