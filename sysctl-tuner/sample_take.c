/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How much IPC is there now? Counts are of the inventory; pages, and what is in memory and in swap, are the
 * kernel's own (SHM_INFO). Whose a segment is, is its creator's unit, as long as the creator lives. Which
 * segments are of huge pages is told by mappings only, so that they are read only where a pool of huge pages
 * exists: a tick must cost a host of 30,000 objects no more than listing them.
 */
#include "sample_take.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/shm.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "cleanup.h"
#include "holders.h"
#include "inventory.h"
#include "ipc_limits.h"
#include "procs.h"
#include "readall.h"
#include "sample_lists.h"
#include "saturate.h"
#include "who.h"

/* Units of the creators met so far, by pid. */
#define KNOWN_CREATORS 256

struct creator {
	pid_t pid;
	bool is_alive;
	time_t since; /* an object of that time was surely of this process, and so are later ones */
	const char *unit;
};

struct taking {
	struct sample *sample;
	const struct host *host;
	struct inventory inv;
	struct procs procs;
	struct whos whos;
	struct holders holders;
	bool has_holders;
	struct creator creators[KNOWN_CREATORS];
};

static bool has_huge_pages(const struct host *host)
{
	for (size_t i = 0; i < host->pool_count; i++)
		if (host->pools[i].node < 0 && (host->pools[i].total || host->pools[i].overcommit))
			return true;
	return false;
}

static bool is_alive(pid_t pid)
{
	return pid > 0 && (kill(pid, 0) == 0 || errno == EPERM);
}

/* The unit of the process that made a segment; NULL where that isn't known. */
static const char *unit_of(struct taking *taking, const struct ipc_object *obj)
{
	struct creator *known = &taking->creators[(unsigned)obj->cpid % KNOWN_CREATORS];
	const struct who *who;

	/* a creator that is gone stays so for this tick */
	if (known->pid == obj->cpid && (!known->is_alive || object_made_by(obj) >= known->since))
		return known->unit;
	*known = (struct creator){.pid = obj->cpid};
	if (!is_alive(obj->cpid) || !procs_creator_lives(&taking->procs, obj))
		return NULL;
	who = whos_get(&taking->whos, obj->cpid);
	if (!who)
		return NULL;
	*known = (struct creator){obj->cpid, true, object_made_by(obj), who->unit};
	return who->unit;
}

static void raise_to(uint64_t *figure, uint64_t value)
{
	if (*figure == OBJECT_UNKNOWN || *figure < value)
		*figure = value;
}

static int add_segment(struct taking *taking, size_t object)
{
	const struct ipc_object *obj = &taking->inv.objects[object];
	const char *unit = unit_of(taking, obj);
	struct sample_owner *owner = sample_owner_of(taking->sample, true, obj->uid, unit);
	struct sample_segments segment = {
		.bytes = obj->bytes,
		.hugepage_size =
			taking->has_holders ? holders_hugepage_size(&taking->holders, object) : 0,
		.count = 1,
		.has_uid = true,
		.uid = obj->uid,
	};

	if (!owner)
		return -ENOMEM;
	owner->segments++;
	saturate_add(&owner->pages, pages_of(obj->bytes, taking->host->page_size));
	raise_to(&owner->largest_segment, obj->bytes);
	/* copied where it is kept */
	segment.unit = owner->unit;
	return sample_add_segments(taking->sample, &segment);
}

static int add_set(struct taking *taking, const struct ipc_object *obj)
{
	uint64_t *figures = taking->sample->figures;
	struct sample_owner *owner = sample_owner_of(taking->sample, true, obj->uid, NULL);

	if (!owner)
		return -ENOMEM;
	owner->sets++;
	owner->semaphores += obj->nsems;
	raise_to(&owner->largest_set, obj->nsems);
	figures[FIGURE_SEM_SETS]++;
	figures[FIGURE_SEM_SEMAPHORES] += obj->nsems;
	raise_to(&figures[FIGURE_SEM_LARGEST_SET], obj->nsems);
	return 0;
}

static int add_queue(struct taking *taking, const struct ipc_object *obj)
{
	uint64_t *figures = taking->sample->figures;
	struct sample_owner *owner = sample_owner_of(taking->sample, true, obj->uid, NULL);

	if (!owner)
		return -ENOMEM;
	owner->queues++;
	owner->queue_bytes += obj->bytes;
	raise_to(&owner->largest_queue, obj->bytes);
	figures[FIGURE_MSG_QUEUES]++;
	figures[FIGURE_MSG_BYTES] += obj->bytes;
	raise_to(&figures[FIGURE_MSG_LARGEST_QUEUE], obj->bytes);
	raise_to(&figures[FIGURE_MSG_LARGEST_QUEUE_MESSAGES], obj->qnum);
	if (obj->qnum)
		raise_to(&figures[FIGURE_MSG_LARGEST_MESSAGE], pages_of(obj->bytes, obj->qnum));
	return 0;
}

static int add_mqueue(struct taking *taking, const struct ipc_object *obj)
{
	uint64_t *figures = taking->sample->figures;
	struct sample_owner *owner = sample_owner_of(taking->sample, true, obj->uid, NULL);

	if (!owner)
		return -ENOMEM;
	owner->mqueues++;
	saturate_add(&owner->mqueue_bytes, limit_queue_cost(obj->maxmsg, obj->msgsize));
	figures[FIGURE_MQ_QUEUES]++;
	raise_to(&figures[FIGURE_MQ_LARGEST_MAXMSG], obj->maxmsg);
	raise_to(&figures[FIGURE_MQ_LARGEST_MSGSIZE], obj->msgsize);
	return 0;
}

static int add_object(struct taking *taking, size_t object)
{
	const struct ipc_object *obj = &taking->inv.objects[object];

	switch (obj->kind) {
	case KIND_SHM:
		return add_segment(taking, object);
	case KIND_SEM:
		return add_set(taking, obj);
	case KIND_MSG:
		return add_queue(taking, obj);
	case KIND_PMQ:
		return add_mqueue(taking, obj);
	case KIND_PSHM:
	case KIND_PSEM:
	case KIND_COUNT_:
		break;
	}
	return 0;
}

/* The figures that are counted in the objects of a kind; of messages nothing is known while there are none. */
static const struct {
	enum ipc_kind kind;
	enum figure_id first, last;
} counted[] = {
	{KIND_SHM, FIGURE_SHM_SEGMENTS, FIGURE_SHM_LARGEST},
	{KIND_SEM, FIGURE_SEM_SETS, FIGURE_SEM_LARGEST_SET},
	{KIND_MSG, FIGURE_MSG_QUEUES, FIGURE_MSG_LARGEST_QUEUE_MESSAGES},
	{KIND_PMQ, FIGURE_MQ_QUEUES, FIGURE_MQ_BYTES_OF_USER},
};

static void set_figures(struct sample *sample, unsigned kinds, uint64_t value)
{
	for (size_t i = 0; i < sizeof(counted) / sizeof(counted[0]); i++)
		for (unsigned id = counted[i].first; id <= counted[i].last; id++)
			if (kinds & KIND_BIT(counted[i].kind))
				sample->figures[id] = value;
}

/*
 * SHM_INFO walks all segments for what is in memory and in swap, which takes as long as listing them:
 * both are done at the same time.
 */
struct shm_totals {
	struct shm_info info;
	bool is_known;
	pthread_t thread;
	bool has_thread;
};

static void *read_totals(void *data)
{
	struct shm_totals *totals = data;

	totals->is_known = shmctl(0, SHM_INFO, (struct shmid_ds *)(void *)&totals->info) >= 0;
	return NULL;
}

static void start_totals(struct shm_totals *totals)
{
	*totals = (struct shm_totals){0};
	totals->has_thread = pthread_create(&totals->thread, NULL, read_totals, totals) == 0;
}

static void finish_totals(struct shm_totals *totals)
{
	if (totals->has_thread)
		pthread_join(totals->thread, NULL);
	else
		read_totals(totals);
}

static void add_totals(struct taking *taking, const struct shm_totals *totals)
{
	uint64_t page_size = taking->host->page_size, *figures = taking->sample->figures;

	if (!totals->is_known)
		return;
	figures[FIGURE_SHM_PAGES] = saturate_known(totals->info.shm_tot);
	figures[FIGURE_SHM_RESIDENT] = saturate_mul(totals->info.shm_rss, page_size);
	figures[FIGURE_SHM_SWAPPED] = saturate_mul(totals->info.shm_swp, page_size);
}

static void read_dev_shm(struct taking *taking, int dev_shm)
{
	uint64_t *figures = taking->sample->figures;
	struct statvfs fs;

	if (dev_shm < 0 || fstatvfs(dev_shm, &fs) < 0)
		return;
	figures[FIGURE_DEV_SHM_BYTES] = saturate_mul(fs.f_blocks - fs.f_bfree, fs.f_frsize);
	if (fs.f_files)
		figures[FIGURE_DEV_SHM_FILES] = fs.f_files - fs.f_ffree;
}

/* Other programs than segments use the pool, too; vm.nr_hugepages is about the default size. */
static void read_pool(struct taking *taking)
{
	const struct host *host = taking->host;

	taking->sample->figures[FIGURE_HUGEPAGES_USED] =
		host_pool_in_use(host, host->default_hugepage_size);
}

/* Huge pages that the kernel could not put together since the boot (mm/hugetlb.c). */
static void read_failed_hugepages(struct taking *taking)
{
	static const char name[] = "\nhtlb_buddy_alloc_fail ";
	char text[16384];
	const char *line;
	unsigned long long value;

	if (read_text_at(taking->procs.proc_fd, "vmstat", text, sizeof(text)) < 0)
		return;
	line = strstr(text, name);
	if (line && sscanf(line + strlen(name), "%llu", &value) == 1)
		taking->sample->failed_hugepages = saturate_known(value);
}

static int read_objects(struct taking *taking)
{
	/* files of /dev/shm are counted by their file system */
	int r = inventory_scan(&taking->inv, KINDS_SYSV | KIND_BIT(KIND_PMQ), NULL);

	if (r < 0 || !has_huge_pages(taking->host))
		return r;
	procs_done(&taking->procs);
	r = procs_read(&taking->procs);
	if (r == 0)
		r = holders_read(&taking->holders, &taking->inv, &taking->procs, HOLDERS_MAPPED);
	taking->has_holders = r == 0;
	return r;
}

static int add_objects(struct taking *taking, const struct shm_totals *totals)
{
	struct sample *sample = taking->sample;
	int r = 0;

	set_figures(sample, KINDS_ALL, 0);
	/* an empty list says that there are none */
	sample->segments = calloc(1, sizeof(*sample->segments));
	if (!sample->segments)
		return -ENOMEM;
	for (size_t i = 0; r == 0 && i < taking->inv.count; i++)
		r = add_object(taking, i);
	if (r < 0)
		return r;
	add_totals(taking, totals);
	sample_sort_lists(sample);
	sample_add_up(sample, taking->host);
	/* a part is no measure of the whole */
	set_figures(sample, taking->inv.unseen, OBJECT_UNKNOWN);
	return 0;
}

int sample_take(struct sample *sample, const struct host *host, int shm_fd)
{
	struct taking taking = {
		.sample = sample, .host = host, .inv = {.shm_fd = -1, .mqueue_fd = -1}};
	_cleanup_close_ int dev_shm = shm_fd;
	struct shm_totals totals;
	int r = procs_open(&taking.procs);

	sample_init(sample);
	sample->time = time(NULL);
	sample->host = host;
	taking.whos.procs = &taking.procs;
	if (dev_shm < 0)
		dev_shm = open("/dev/shm", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	start_totals(&totals);
	if (r == 0)
		r = read_objects(&taking);
	finish_totals(&totals);
	if (r == 0)
		r = add_objects(&taking, &totals);
	if (r == 0) {
		read_dev_shm(&taking, dev_shm);
		read_pool(&taking);
		read_failed_hugepages(&taking);
	}
	if (taking.has_holders)
		holders_done(&taking.holders);
	whos_done(&taking.whos);
	inventory_done(&taking.inv);
	procs_done(&taking.procs);
	if (r < 0)
		sample_done(sample);
	return r;
}
