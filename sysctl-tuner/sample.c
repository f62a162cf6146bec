/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What do the parts of a sample come to? */
#include "sample.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "object.h"
#include "saturate.h"

static const struct {
	const char *name, *title;
	bool is_bytes;
} figures[FIGURE_COUNT_] = {
	[FIGURE_SHM_SEGMENTS] = {"shm_segments", "segments", false},
	[FIGURE_SHM_PAGES] = {"shm_pages", "pages of segments", false},
	[FIGURE_SHM_BYTES] = {"shm_bytes", "bytes of segments", true},
	[FIGURE_SHM_LARGEST] = {"shm_largest", "largest segment", true},
	[FIGURE_SHM_RESIDENT] = {"shm_resident", "segments in memory", true},
	[FIGURE_SHM_SWAPPED] = {"shm_swapped", "segments in swap", true},
	[FIGURE_SEM_SETS] = {"sem_sets", "semaphore sets", false},
	[FIGURE_SEM_SEMAPHORES] = {"sem_semaphores", "semaphores", false},
	[FIGURE_SEM_LARGEST_SET] = {"sem_largest_set", "semaphores of the largest set", false},
	[FIGURE_MSG_QUEUES] = {"msg_queues", "message queues", false},
	[FIGURE_MSG_BYTES] = {"msg_bytes", "bytes of messages", true},
	[FIGURE_MSG_LARGEST_QUEUE] = {"msg_largest_queue", "bytes in the fullest queue", true},
	[FIGURE_MSG_LARGEST_QUEUE_MESSAGES] = {"msg_largest_queue_messages",
					       "messages in the longest queue", false},
	[FIGURE_MSG_LARGEST_MESSAGE] = {"msg_largest_message", "largest message, at least", true},
	[FIGURE_MQ_QUEUES] = {"mqueue_queues", "POSIX queues", false},
	[FIGURE_MQ_LARGEST_MAXMSG] = {"mqueue_largest_maxmsg", "largest mq_maxmsg", false},
	[FIGURE_MQ_LARGEST_MSGSIZE] = {"mqueue_largest_msgsize", "largest mq_msgsize", true},
	[FIGURE_MQ_BYTES_OF_USER] = {"mqueue_bytes_of_user", "POSIX queues of one user", true},
	[FIGURE_DEV_SHM_BYTES] = {"dev_shm_bytes", "used of /dev/shm", true},
	[FIGURE_DEV_SHM_FILES] = {"dev_shm_files", "files in /dev/shm", false},
	[FIGURE_HUGEPAGES_USED] = {"hugepages_used", "huge pages in use or promised", false},
	[FIGURE_FAILED_SHM_EINVAL] = {"failed_shm_einval", "shmget failed: EINVAL", false},
	[FIGURE_FAILED_SHM_ENOSPC] = {"failed_shm_enospc", "shmget failed: ENOSPC", false},
	[FIGURE_FAILED_SHM_ENOMEM] = {"failed_shm_enomem", "shmget failed: ENOMEM", false},
	[FIGURE_FAILED_SEM_EINVAL] = {"failed_sem_einval", "semget failed: EINVAL", false},
	[FIGURE_FAILED_SEM_ENOSPC] = {"failed_sem_enospc", "semget failed: ENOSPC", false},
	[FIGURE_FAILED_SEM_E2BIG] = {"failed_sem_e2big", "semop failed: E2BIG", false},
	[FIGURE_FAILED_MSG_EINVAL] = {"failed_msg_einval", "msgsnd failed: EINVAL", false},
	[FIGURE_FAILED_MSG_ENOSPC] = {"failed_msg_enospc", "msgget failed: ENOSPC", false},
	[FIGURE_FAILED_MQ_ENOSPC] = {"failed_mq_enospc", "mq_open failed: ENOSPC", false},
};

const char *figure_name(enum figure_id id)
{
	return figures[id].name;
}

int figure_by_name(const char *name)
{
	for (int id = 0; id < FIGURE_COUNT_; id++)
		if (!strcmp(figures[id].name, name))
			return id;
	return -ENOENT;
}

const char *figure_title(enum figure_id id)
{
	return figures[id].title;
}

bool figure_is_bytes(enum figure_id id)
{
	return figures[id].is_bytes;
}

void sample_init(struct sample *sample)
{
	*sample = (struct sample){.failed_hugepages = OBJECT_UNKNOWN};
	for (int id = 0; id < FIGURE_COUNT_; id++)
		sample->figures[id] = OBJECT_UNKNOWN;
}

void sample_done(struct sample *sample)
{
	for (size_t i = 0; i < sample->segment_count; i++)
		free(sample->segments[i].unit);
	for (size_t i = 0; i < sample->owner_count; i++)
		free(sample->owners[i].unit);
	free(sample->segments);
	free(sample->owners);
	sample_init(sample);
}

bool figure_is_higher(uint64_t value, uint64_t than)
{
	return value != OBJECT_UNKNOWN && (than == OBJECT_UNKNOWN || value > than);
}

static void raise_figure(struct sample *sample, enum figure_id id, uint64_t value)
{
	uint64_t *figure = &sample->figures[id];

	if (*figure == OBJECT_UNKNOWN || *figure < value)
		*figure = saturate_known(value);
}

static struct sample_huge *huge_of(struct sample *sample, uint64_t size)
{
	for (size_t i = 0; i < sample->huge_count; i++)
		if (sample->huge[i].size == size)
			return &sample->huge[i];
	if (sample->huge_count == HUGEPAGE_SIZES_MAX)
		return NULL;
	sample->huge[sample->huge_count] = (struct sample_huge){.size = size};
	return &sample->huge[sample->huge_count++];
}

bool sample_raise_huge(struct sample *sample, const struct sample_huge *other)
{
	struct sample_huge *huge = huge_of(sample, other->size);
	bool raises = false;

	if (huge && figure_is_higher(other->pages, huge->pages)) {
		huge->pages = other->pages;
		raises = true;
	}
	if (huge && figure_is_higher(other->would, huge->would)) {
		huge->would = other->would;
		raises = true;
	}
	return raises;
}

static void add_huge(struct sample *sample, const struct sample_segments *group,
		     const struct host *host)
{
	bool is_ordinary = !group->hugepage_size || group->hugepage_size == OBJECT_UNKNOWN;
	struct sample_huge *huge;

	if (!is_ordinary) {
		huge = huge_of(sample, group->hugepage_size);
		if (huge)
			saturate_add(&huge->pages,
				     saturate_mul(group->count,
						  pages_of(group->bytes, group->hugepage_size)));
		return;
	}
	for (size_t i = 0; i < host->hugepage_size_count; i++) {
		uint64_t size = host->hugepage_sizes[i];

		if (group->bytes < size)
			continue;
		huge = huge_of(sample, size);
		if (huge)
			saturate_add(&huge->would,
				     saturate_mul(group->count, pages_of(group->bytes, size)));
	}
}

static void add_up_segments(struct sample *sample, const struct host *host)
{
	uint64_t segments = 0, pages = 0, bytes = 0, largest = 0;

	for (size_t i = 0; i < sample->segment_count; i++) {
		const struct sample_segments *group = &sample->segments[i];

		saturate_add(&segments, group->count);
		saturate_add(&pages,
			     saturate_mul(group->count, pages_of(group->bytes, host->page_size)));
		saturate_add(&bytes, saturate_mul(group->count, group->bytes));
		if (group->count && group->bytes > largest)
			largest = group->bytes;
		add_huge(sample, group, host);
	}
	raise_figure(sample, FIGURE_SHM_SEGMENTS, segments);
	raise_figure(sample, FIGURE_SHM_PAGES, pages);
	raise_figure(sample, FIGURE_SHM_BYTES, bytes);
	raise_figure(sample, FIGURE_SHM_LARGEST, largest);
}

/* One user's queues in several units are charged together. */
static uint64_t mqueue_bytes_of(const struct sample *sample, const struct sample_owner *owner)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < sample->owner_count; i++)
		if (sample->owners[i].has_uid == owner->has_uid &&
		    sample->owners[i].uid == owner->uid)
			saturate_add(&bytes, sample->owners[i].mqueue_bytes);
	return bytes;
}

void sample_add_up(struct sample *sample, const struct host *host)
{
	const struct sample told = *sample;

	sample->huge_count = 0;
	if (sample->segments)
		add_up_segments(sample, host);
	for (size_t i = 0; i < told.huge_count; i++)
		sample_raise_huge(sample, &told.huge[i]);
	for (size_t i = 0; i < sample->owner_count; i++)
		if (sample->owners[i].mqueue_bytes)
			raise_figure(sample, FIGURE_MQ_BYTES_OF_USER,
				     mqueue_bytes_of(sample, &sample->owners[i]));
}
