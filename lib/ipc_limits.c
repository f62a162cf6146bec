/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How near are the limits? Values and totals are the kernel's own (IPC_INFO and *_INFO of our
 * namespace), since what it refuses goes by them; who uses how much is added up from the inventory.
 */
#include "ipc_limits.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <unistd.h>

#include "ipc_limits_internal.h"

union semun {
	struct seminfo *info;
};

static const struct {
	const char *name, *sysctl, *unit, *failure;
	bool is_per_object;
} kinds[LIMIT_COUNT_] = {
	[LIMIT_SHMMAX] = {"shmmax", "kernel.shmmax", "bytes", "shmget: EINVAL", true},
	[LIMIT_SHMALL] = {"shmall", "kernel.shmall", "pages", "shmget: ENOSPC", false},
	[LIMIT_SHMMNI] = {"shmmni", "kernel.shmmni", "segments", "shmget: ENOSPC", false},
	[LIMIT_SEMMSL] = {"semmsl", "kernel.sem", "semaphores a set", "semget: EINVAL", true},
	[LIMIT_SEMMNS] = {"semmns", "kernel.sem", "semaphores", "semget: ENOSPC", false},
	[LIMIT_SEMOPM] = {"semopm", "kernel.sem", "operations a call", "semop: E2BIG", true},
	[LIMIT_SEMMNI] = {"semmni", "kernel.sem", "sets", "semget: ENOSPC", false},
	[LIMIT_MSGMAX] = {"msgmax", "kernel.msgmax", "bytes a message", "msgsnd: EINVAL", true},
	[LIMIT_MSGMNB] = {"msgmnb", "kernel.msgmnb", "bytes a queue", "msgsnd: blocks, or EAGAIN",
			  true},
	[LIMIT_MSGMNI] = {"msgmni", "kernel.msgmni", "queues", "msgget: ENOSPC", false},
	[LIMIT_MQ_QUEUES] = {"mqueue-queues_max", "fs.mqueue.queues_max", "queues",
			     "mq_open: ENOSPC", false},
	[LIMIT_MQ_MAXMSG] = {"mqueue-msg_max", "fs.mqueue.msg_max", "messages a queue",
			     "mq_open: EINVAL", true},
	[LIMIT_MQ_MSGSIZE] = {"mqueue-msgsize_max", "fs.mqueue.msgsize_max", "bytes a message",
			      "mq_open: EINVAL", true},
	[LIMIT_MQ_BYTES] = {"msgqueue-rlimit", NULL, "bytes", "mq_open: EMFILE", false},
	[LIMIT_DEV_SHM_BYTES] = {"dev-shm-bytes", NULL, "bytes",
				 "write, fallocate: ENOSPC; a mapping: SIGBUS", false},
	[LIMIT_DEV_SHM_INODES] = {"dev-shm-inodes", NULL, "files", "shm_open, sem_open: ENOSPC",
				  false},
	[LIMIT_DEV_SHM_QUOTA] = {"dev-shm-quota", NULL, "bytes", "write: EDQUOT; a mapping: SIGBUS",
				 false},
};

const char *limit_name(enum limit_id id)
{
	return kinds[id].name;
}

const char *limit_sysctl(enum limit_id id)
{
	return kinds[id].sysctl;
}

const char *limit_unit(enum limit_id id)
{
	return kinds[id].unit;
}

const char *limit_failure(enum limit_id id)
{
	return kinds[id].failure;
}

bool limit_is_per_object(enum limit_id id)
{
	return kinds[id].is_per_object;
}

long limit_percent(const struct limit *limit)
{
	uint64_t hundredth = limit->value / 100;

	if (limit->value == OBJECT_UNKNOWN || limit->used == OBJECT_UNKNOWN)
		return -1;
	if (!limit->value)
		return limit->used ? 1000 : 100;
	/* small numbers exactly, large ones without overflow */
	if (limit->used <= UINT64_MAX / 100)
		return (long)(limit->used * 100 / limit->value);
	return (long)(limit->used / hundredth);
}

struct limit *limits_append(struct limits *limits, enum limit_id id)
{
	if (limits->count == limits->allocated) {
		size_t more = limits->allocated ? 2 * limits->allocated : 32;
		struct limit *grown = reallocarray(limits->list, more, sizeof(*grown));

		if (!grown)
			return NULL;
		limits->list = grown;
		limits->allocated = more;
	}
	limits->list[limits->count] = (struct limit){
		.id = id, .value = OBJECT_UNKNOWN, .used = OBJECT_UNKNOWN, .top_object = SIZE_MAX};
	return &limits->list[limits->count++];
}

/* The kernel takes negative values and then refuses everything: no number to count with. */
static uint64_t known(long long value)
{
	return value < 0 ? OBJECT_UNKNOWN : (uint64_t)value;
}

static void read_shm(struct limit rows[LIMIT_COUNT_])
{
	struct shminfo limit;
	struct shm_info used;

	if (shmctl(0, IPC_INFO, (struct shmid_ds *)(void *)&limit) >= 0) {
		rows[LIMIT_SHMMAX].value = limit.shmmax;
		rows[LIMIT_SHMALL].value = limit.shmall;
		rows[LIMIT_SHMMNI].value = limit.shmmni;
	}
	if (shmctl(0, SHM_INFO, (struct shmid_ds *)(void *)&used) >= 0) {
		rows[LIMIT_SHMALL].used = used.shm_tot;
		rows[LIMIT_SHMMNI].used = known(used.used_ids);
	}
}

/* SEM_INFO says sets in semusz and semaphores in semaem (semctl(2)). */
static void read_sem(struct limit rows[LIMIT_COUNT_])
{
	struct seminfo info;

	if (semctl(0, 0, SEM_INFO, (union semun){.info = &info}) < 0)
		return;
	rows[LIMIT_SEMMSL].value = known(info.semmsl);
	rows[LIMIT_SEMMNS].value = known(info.semmns);
	rows[LIMIT_SEMOPM].value = known(info.semopm);
	rows[LIMIT_SEMMNI].value = known(info.semmni);
	rows[LIMIT_SEMMNI].used = known(info.semusz);
	rows[LIMIT_SEMMNS].used = known(info.semaem);
}

/* MSG_INFO says queues in msgpool (msgctl(2)). */
static void read_msg(struct limit rows[LIMIT_COUNT_])
{
	struct msginfo info;

	if (msgctl(0, MSG_INFO, (struct msqid_ds *)(void *)&info) < 0)
		return;
	rows[LIMIT_MSGMAX].value = known(info.msgmax);
	rows[LIMIT_MSGMNB].value = known(info.msgmnb);
	rows[LIMIT_MSGMNI].value = (uint64_t)info.msgmni;
	rows[LIMIT_MSGMNI].used = known(info.msgpool);
}

/* How much of each limit one object takes. */
static void weigh(const struct ipc_object *obj, uint64_t weight[LIMIT_COUNT_])
{
	uint64_t page_size = (uint64_t)sysconf(_SC_PAGESIZE);

	memset(weight, 0, LIMIT_COUNT_ * sizeof(*weight));
	switch (obj->kind) {
	case KIND_SHM:
		weight[LIMIT_SHMMAX] = obj->bytes;
		weight[LIMIT_SHMALL] = obj->bytes / page_size + (obj->bytes % page_size != 0);
		weight[LIMIT_SHMMNI] = 1;
		break;
	case KIND_SEM:
		weight[LIMIT_SEMMSL] = weight[LIMIT_SEMMNS] = obj->nsems;
		weight[LIMIT_SEMMNI] = 1;
		break;
	case KIND_MSG:
		weight[LIMIT_MSGMNI] = 1;
		break;
	case KIND_PMQ:
		weight[LIMIT_MQ_QUEUES] = 1;
		weight[LIMIT_MQ_MAXMSG] = obj->maxmsg;
		weight[LIMIT_MQ_MSGSIZE] = obj->msgsize;
		weight[LIMIT_MQ_BYTES] = limit_queue_cost(obj->maxmsg, obj->msgsize);
		break;
	case KIND_PSHM:
	case KIND_PSEM:
		weight[LIMIT_DEV_SHM_BYTES] = obj->rss == OBJECT_UNKNOWN ? obj->bytes : obj->rss;
		weight[LIMIT_DEV_SHM_INODES] = 1;
		break;
	case KIND_COUNT_:
		break;
	}
}

static int by_uid(const void *a, const void *b)
{
	const struct share *x = a, *y = b;

	return (x->uid > y->uid) - (x->uid < y->uid);
}

/* The user's share, made where there is none yet: the list is kept in the order of arrival. */
static struct share *share_of(struct shares *shares, uid_t uid)
{
	struct share *grown;

	for (size_t i = shares->count; i > 0; i--)
		if (shares->list[i - 1].uid == uid)
			return &shares->list[i - 1];
	grown = reallocarray(shares->list, shares->count + 1, sizeof(*grown));
	if (!grown)
		return NULL;
	shares->list = grown;
	grown[shares->count] = (struct share){.uid = uid};
	return &grown[shares->count++];
}

static void add_weight(uint64_t *sum, uint64_t weight)
{
	if (__builtin_add_overflow(*sum, weight, sum))
		*sum = UINT64_MAX;
}

static void add_object(struct limit rows[LIMIT_COUNT_], struct share *share, size_t object,
		       const uint64_t weight[LIMIT_COUNT_])
{
	for (int id = 0; id < LIMIT_COUNT_; id++) {
		struct limit *row = &rows[id];

		if (!kinds[id].is_per_object) {
			add_weight(&share->used[id], weight[id]);
			continue;
		}
		if (weight[id] > share->used[id])
			share->used[id] = weight[id];
		if (weight[id] && (row->used == OBJECT_UNKNOWN || weight[id] > row->used)) {
			row->used = weight[id];
			row->top_object = object;
		}
	}
}

/* The fullest queue, by what it takes itself: raising msgmnb changes no queue that exists. */
static void look_at_queue(struct limit *row, const struct ipc_object *obj, size_t object)
{
	struct limit queue = {.value = obj->qbytes, .used = obj->bytes};

	if (row->top_object != SIZE_MAX && limit_percent(&queue) <= limit_percent(row))
		return;
	row->value = obj->qbytes;
	row->used = obj->bytes;
	row->has_top = true;
	row->top_uid = obj->uid;
	row->top_used = obj->bytes;
	row->top_object = object;
}

static void find_top(struct limit *row, const struct shares *shares)
{
	for (size_t i = 0; i < shares->count; i++)
		if (shares->list[i].used[row->id] > row->top_used) {
			row->has_top = true;
			row->top_uid = shares->list[i].uid;
			row->top_used = shares->list[i].used[row->id];
		}
}

static int add_up(struct limit rows[LIMIT_COUNT_], struct shares *shares,
		  const struct inventory *inv)
{
	for (size_t i = 0; i < inv->count; i++) {
		const struct ipc_object *obj = &inv->objects[i];
		struct share *share = share_of(shares, obj->uid);
		uint64_t weight[LIMIT_COUNT_];

		if (!share)
			return -ENOMEM;
		weigh(obj, weight);
		add_object(rows, share, i, weight);
		if (obj->kind == KIND_MSG)
			look_at_queue(&rows[LIMIT_MSGMNB], obj, i);
	}
	if (shares->count)
		qsort(shares->list, shares->count, sizeof(*shares->list), by_uid);
	for (int id = 0; id < LIMIT_COUNT_; id++)
		find_top(&rows[id], shares);
	return 0;
}

static bool is_of_users(int id)
{
	return id == LIMIT_MQ_BYTES || id == LIMIT_DEV_SHM_QUOTA;
}

int limits_read(struct limits *limits, const struct inventory *inv, const struct procs *procs)
{
	struct limit rows[LIMIT_COUNT_];
	struct shares shares = {0};
	int r;

	*limits = (struct limits){0};
	for (int id = 0; id < LIMIT_COUNT_; id++)
		rows[id] = (struct limit){.id = (enum limit_id)id,
					  .value = OBJECT_UNKNOWN,
					  .used = OBJECT_UNKNOWN,
					  .top_object = SIZE_MAX};
	read_shm(rows);
	read_sem(rows);
	read_msg(rows);
	r = add_up(rows, &shares, inv);
	limits_read_mqueue(rows, &shares, procs);
	limits_read_dev_shm(rows, inv);
	for (int id = 0; r == 0 && id < LIMIT_COUNT_; id++) {
		struct limit *row = is_of_users(id) ? NULL : limits_append(limits, rows[id].id);

		if (row)
			*row = rows[id];
		else if (!is_of_users(id))
			r = -ENOMEM;
	}
	if (r == 0)
		r = limits_add_rlimits(limits, &shares, procs);
	if (r == 0)
		r = limits_add_quotas(limits, inv);
	free(shares.list);
	if (r < 0)
		limits_done(limits);
	return r;
}

void limits_done(struct limits *limits)
{
	free(limits->list);
	*limits = (struct limits){0};
}
