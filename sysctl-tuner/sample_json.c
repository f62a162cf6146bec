/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writes samples as JSON. */
#include "sample_json.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "document.h"
#include "sample_json_internal.h"
#include "saturate.h"

void samples_done(struct samples *samples)
{
	for (size_t i = 0; i < samples->count; i++)
		sample_done(&samples->list[i]);
	free(samples->list);
	*samples = (struct samples){0};
}

struct sample *samples_append(struct samples *samples)
{
	if (samples->count == samples->allocated) {
		size_t more = samples->allocated ? 2 * samples->allocated : 64;
		struct sample *grown = reallocarray(samples->list, more, sizeof(*grown));

		if (!grown)
			return NULL;
		samples->list = grown;
		samples->allocated = more;
	}
	sample_init(&samples->list[samples->count]);
	return &samples->list[samples->count++];
}

const char *const sample_sections[SAMPLE_SECTIONS] = {
	"shm", "sem", "msg", "mqueue", "dev_shm", "hugepages", "failed_calls"};

/* Where each figure stands. What can be added up from lists, too, stays where the database has them in part. */
const struct figure_member figure_members[FIGURE_COUNT_] = {
	[FIGURE_SHM_SEGMENTS] = {"shm", "count", "segments", false},
	[FIGURE_SHM_PAGES] = {"shm", "pages", "pages", true},
	[FIGURE_SHM_BYTES] = {"shm", "bytes", "bytes", true},
	[FIGURE_SHM_LARGEST] = {"shm", "largest", "bytes", true},
	[FIGURE_SHM_RESIDENT] = {"shm", "resident", "bytes", true},
	[FIGURE_SHM_SWAPPED] = {"shm", "swapped", "bytes", true},
	[FIGURE_SEM_SETS] = {"sem", "sets", "sets", false},
	[FIGURE_SEM_SEMAPHORES] = {"sem", "semaphores", "semaphores", false},
	[FIGURE_SEM_LARGEST_SET] = {"sem", "largest_set", "semaphores", false},
	[FIGURE_MSG_QUEUES] = {"msg", "queues", "queues", false},
	[FIGURE_MSG_BYTES] = {"msg", "bytes", "bytes", true},
	[FIGURE_MSG_LARGEST_QUEUE] = {"msg", "largest_queue_bytes", "bytes", true},
	[FIGURE_MSG_LARGEST_QUEUE_MESSAGES] = {"msg", "largest_queue_messages", "messages", true},
	[FIGURE_MSG_LARGEST_MESSAGE] = {"msg", "largest_message", "bytes", true},
	[FIGURE_MQ_QUEUES] = {"mqueue", "queues", "queues", false},
	[FIGURE_MQ_LARGEST_MAXMSG] = {"mqueue", "largest_maxmsg", "messages", false},
	[FIGURE_MQ_LARGEST_MSGSIZE] = {"mqueue", "largest_msgsize", "bytes", true},
	[FIGURE_MQ_BYTES_OF_USER] = {"mqueue", "bytes_of_user", "bytes", true},
	[FIGURE_DEV_SHM_BYTES] = {"dev_shm", "bytes", "bytes", true},
	[FIGURE_DEV_SHM_FILES] = {"dev_shm", "files", "files", false},
	[FIGURE_HUGEPAGES_USED] = {"hugepages", "used", "pages", true},
	[FIGURE_FAILED_SHM_EINVAL] = {"failed_calls", "shm_einval", "calls", false},
	[FIGURE_FAILED_SHM_ENOSPC] = {"failed_calls", "shm_enospc", "calls", false},
	[FIGURE_FAILED_SHM_ENOMEM] = {"failed_calls", "shm_enomem", "calls", false},
	[FIGURE_FAILED_SEM_EINVAL] = {"failed_calls", "sem_einval", "calls", false},
	[FIGURE_FAILED_SEM_ENOSPC] = {"failed_calls", "sem_enospc", "calls", false},
	[FIGURE_FAILED_SEM_E2BIG] = {"failed_calls", "sem_e2big", "calls", false},
	[FIGURE_FAILED_MSG_EINVAL] = {"failed_calls", "msg_einval", "calls", false},
	[FIGURE_FAILED_MSG_ENOSPC] = {"failed_calls", "msg_enospc", "calls", false},
	[FIGURE_FAILED_MQ_ENOSPC] = {"failed_calls", "mq_enospc", "calls", false},
};

static int add_owner_name(struct json_object *to, bool has_uid, uid_t uid, const char *unit)
{
	int r = has_uid ? document_add_uint(to, "uid", uid) : document_add_null(to, "uid");

	return r | document_add_text(to, "unit", unit);
}

static int add_segments(struct json_object *shm, const struct sample *sample, size_t most)
{
	struct json_object *array = document_add_array(shm, "segments");
	int r = array ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < sample->segment_count && i < most; i++) {
		const struct sample_segments *group = &sample->segments[i];
		struct json_object *element = document_append_object(array);

		if (!element)
			return -ENOMEM;
		r |= document_add_decimal(element, "bytes", group->bytes);
		r |= document_add_exact(element, "hugepage_size", group->hugepage_size);
		r |= document_add_exact(element, "count", group->count);
		r |= add_owner_name(element, group->has_uid, group->uid, group->unit);
	}
	return r;
}

const struct owner_member owner_members[OWNER_MEMBERS] = {
	{"segments", offsetof(struct sample_owner, segments)},
	{"pages", offsetof(struct sample_owner, pages)},
	{"largest_segment", offsetof(struct sample_owner, largest_segment)},
	{"sets", offsetof(struct sample_owner, sets)},
	{"semaphores", offsetof(struct sample_owner, semaphores)},
	{"largest_set", offsetof(struct sample_owner, largest_set)},
	{"queues", offsetof(struct sample_owner, queues)},
	{"queue_bytes", offsetof(struct sample_owner, queue_bytes)},
	{"largest_queue", offsetof(struct sample_owner, largest_queue)},
	{"mqueues", offsetof(struct sample_owner, mqueues)},
	{"mqueue_bytes", offsetof(struct sample_owner, mqueue_bytes)},
};

static int add_owners(struct json_object *to, const struct sample *sample, size_t most)
{
	struct json_object *array = document_add_array(to, "owners");
	int r = array ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < sample->owner_count && i < most; i++) {
		const struct sample_owner *owner = &sample->owners[i];
		struct json_object *element = document_append_object(array);

		if (!element)
			return -ENOMEM;
		r |= add_owner_name(element, owner->has_uid, owner->uid, owner->unit);
		for (size_t m = 0; m < OWNER_MEMBERS; m++) {
			uint64_t value =
				*(const uint64_t *)((const char *)owner + owner_members[m].offset);

			if (value)
				r |= document_add_exact(element, owner_members[m].name, value);
		}
	}
	return r;
}

static int add_mqueue_users(struct json_object *mqueue, const struct sample *sample)
{
	struct json_object *users = document_add_object(mqueue, "bytes_by_uid");
	int r = users ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < sample->owner_count; i++) {
		const struct sample_owner *owner = &sample->owners[i];
		uint64_t bytes = 0;
		char uid[16];

		if (!owner->has_uid || !owner->mqueue_bytes)
			continue;
		/* a user in several units stands there once: the last one has the sum */
		for (size_t j = 0; j < sample->owner_count; j++)
			if (sample->owners[j].has_uid && sample->owners[j].uid == owner->uid)
				saturate_add(&bytes, sample->owners[j].mqueue_bytes);
		snprintf(uid, sizeof(uid), "%u", owner->uid);
		r = document_add_decimal(users, uid, bytes);
	}
	return r;
}

static int add_figures(struct json_object *section, const char *name, const struct sample *sample)
{
	int r = 0;

	for (int id = 0; id < FIGURE_COUNT_; id++) {
		const struct figure_member *member = &figure_members[id];

		if (strcmp(member->section, name) != 0)
			continue;
		r |= member->is_text
			     ? document_add_decimal(section, member->name, sample->figures[id])
			     : document_add_exact(section, member->name, sample->figures[id]);
	}
	return r;
}

/* What segments need of each size. */
static int add_hugepages(struct json_object *hugepages, const struct sample *sample)
{
	struct json_object *sizes = document_add_object(hugepages, "needed");
	int r = sizes ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < sample->huge_count; i++) {
		const struct sample_huge *huge = &sample->huge[i];
		struct json_object *of_size;
		char size[24];

		snprintf(size, sizeof(size), "%" PRIu64, huge->size);
		of_size = document_add_object(sizes, size);
		if (!of_size)
			return -ENOMEM;
		r |= document_add_decimal(of_size, "pages", huge->pages);
		r |= document_add_decimal(of_size, "would", huge->would);
	}
	return r;
}

static int add_sample(struct json_object *array, const struct sample *sample)
{
	struct json_object *element = document_append_object(array);
	int r;

	if (!element)
		return -ENOMEM;
	r = document_add_int(element, "time", sample->time);
	for (size_t i = 0; i < SAMPLE_SECTIONS; i++) {
		struct json_object *section = document_add_object(element, sample_sections[i]);

		if (!section)
			return -ENOMEM;
		if (i == 0 && sample->segments)
			r |= add_segments(section, sample, SIZE_MAX);
		r |= add_figures(section, sample_sections[i], sample);
		if (!strcmp(sample_sections[i], "mqueue"))
			r |= add_mqueue_users(section, sample);
		if (!strcmp(sample_sections[i], "hugepages"))
			r |= add_hugepages(section, sample);
	}
	r |= add_owners(element, sample, SIZE_MAX);
	return r | document_add_exact(element, "failed_hugepages", sample->failed_hugepages);
}

static int add_pools(struct json_object *to, const struct host *host)
{
	struct json_object *array = document_add_array(to, "hugepage_pools");
	int r = array ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < host->pool_count; i++) {
		const struct host_pool *pool = &host->pools[i];
		struct json_object *element = document_append_object(array);

		if (!element)
			return -ENOMEM;
		r |= document_add_uint(element, "hugepage_size", pool->size);
		r |= pool->node < 0 ? document_add_null(element, "node")
				    : document_add_int(element, "node", pool->node);
		r |= document_add_exact(element, "total", pool->total);
		r |= document_add_exact(element, "free", pool->free);
		r |= document_add_exact(element, "reserved", pool->reserved);
		r |= document_add_exact(element, "surplus", pool->surplus);
		r |= document_add_exact(element, "overcommit", pool->overcommit);
	}
	return r;
}

static int add_host(struct json_object *document, const struct host *host)
{
	struct json_object *to = document_add_object(document, "host");
	struct json_object *sizes = to ? document_add_array(to, "hugepage_sizes") : NULL;
	int r = sizes ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < host->hugepage_size_count; i++)
		r = document_append_uint(sizes, host->hugepage_sizes[i]);
	if (r < 0)
		return r;
	r |= document_add_uint(to, "page_size", host->page_size);
	r |= document_add_uint(to, "long_bits", host->long_bits);
	r |= document_add_uint(to, "default_hugepage_size", host->default_hugepage_size);
	r |= document_add_decimal(to, "ram_bytes", host->ram_bytes);
	r |= document_add_decimal(to, "swap_bytes", host->swap_bytes);
	r |= document_add_uint(to, "ipcmni", host->ipcmni);
	return r | add_pools(to, host);
}

static int add_current(struct json_object *document, const struct host *host)
{
	struct json_object *to = document_add_object(document, "current"), *huge;
	int r = to ? 0 : -ENOMEM;

	for (int id = 0; r == 0 && id < SYSCTL_COUNT_; id++) {
		enum sysctl_id sysctl = (enum sysctl_id)id;
		unsigned count;
		enum parameter_id first = sysctl_parameters(sysctl, &count);
		char text[SYSCTL_TEXT_SIZE];

		r = document_add_text(to, sysctl_name(sysctl),
				      parameter_is_known(&host->current, first)
					      ? sysctl_format(sysctl, &host->current, text)
					      : NULL);
	}
	huge = r == 0 ? document_add_object(to, NR_HUGEPAGES) : NULL;
	for (unsigned i = 0; huge && r == 0 && i < host->hugepage_size_count; i++) {
		char size[24];

		snprintf(size, sizeof(size), "%" PRIu64, host->hugepage_sizes[i]);
		r = document_add_decimal(huge, size, host->nr_hugepages[i]);
	}
	return huge ? r : -ENOMEM;
}

static void free_document(struct json_object **document)
{
	document_free(*document);
}

int samples_print_json(FILE *out, const struct host *host, const struct samples *samples)
{
	_cleanup_(free_document) struct json_object *document = NULL;
	struct json_object *array;
	int r = document_new_schema("ipcguard-sample/1", &document);

	if (r < 0)
		return r;
	r |= add_host(document, host);
	r |= add_current(document, host);
	array = r == 0 ? document_add_array(document, "samples") : NULL;
	if (!array)
		return -ENOMEM;
	for (size_t i = 0; r == 0 && i < samples->count; i++)
		r = add_sample(array, &samples->list[i]);
	return r ? -ENOMEM : document_print(document, out);
}

char *sample_detail_text(const struct sample *sample)
{
	_cleanup_(free_document) struct json_object *document = NULL;

	if (document_new_schema("ipcguard-sample/1", &document) < 0)
		return NULL;
	if (add_segments(document, sample, SAMPLE_DETAIL_MAX) ||
	    add_owners(document, sample, SAMPLE_DETAIL_MAX))
		return NULL;
	if (sample->host &&
	    (add_current(document, sample->host) || add_pools(document, sample->host)))
		return NULL;
	return document_text(document);
}
