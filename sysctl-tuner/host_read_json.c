/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a document tells of the host that its samples are of: facts, pools of huge pages, limits in force. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host_internal.h"
#include "json_reader.h"
#include "object.h"
#include "sample_json_internal.h"
#include "saturate.h"

/* What a member's function is given besides the place. */
struct reading {
	struct host *host;
	struct parse_error *error;
};

int sample_member_size(const struct json_place *member, struct host *host, uint64_t *size,
		       struct parse_error *error)
{
	char *end;

	errno = 0;
	*size = strtoull(member->key, &end, 10);
	if (errno || *end || !isdigit((unsigned char)*member->key) ||
	    host_add_hugepage_size(host, *size) < 0)
		return json_complain(member, error, "not the size of a huge page in bytes");
	return 0;
}

static int read_current_hugepages(const struct json_place *member, void *data)
{
	const struct reading *reading = data;
	uint64_t size, pages;
	int r = sample_member_size(member, reading->host, &size, reading->error), at;

	if (r < 0)
		return r;
	r = json_number(member, "huge pages", &pages, reading->error);
	at = host_hugepage_index(reading->host, size);
	if (r > 0)
		reading->host->nr_hugepages[at] = saturate_known(pages);
	return r < 0 ? r : 0;
}

static int read_sysctl(const struct json_place *place, enum sysctl_id id, struct host *host,
		       struct parse_error *error)
{
	unsigned count;
	enum parameter_id first = sysctl_parameters(id, &count);
	const char *text = NULL;
	uint64_t number = 0;
	int r;

	/* a lone number may stand there as one */
	if (count == 1) {
		r = json_number(place, parameter_unit(first), &number, error);
		if (r > 0)
			parameter_set(&host->current, first, number);
		return r < 0 ? r : 0;
	}
	r = json_string(place, &text, error);
	if (r < 0 || !text)
		return r;
	return sysctl_parse(id, text, &host->current) < 0
		       ? json_complain(place, error,
				       "\"%.60s\": not four numbers: SEMMSL SEMMNS SEMOPM SEMMNI",
				       text)
		       : 0;
}

static int read_current(const struct json_place *document, struct host *host,
			struct parse_error *error)
{
	struct reading reading = {.host = host, .error = error};
	struct json_place current, place;
	int r = json_member(document, "current", &current, error);

	for (int id = 0; r == 0 && id < SYSCTL_COUNT_; id++) {
		r = json_member(&current, sysctl_name((enum sysctl_id)id), &place, error);
		if (r == 0)
			r = read_sysctl(&place, (enum sysctl_id)id, host, error);
	}
	if (r == 0)
		r = json_member(&current, NR_HUGEPAGES, &place, error);
	return r < 0 ? r : json_each(&place, read_current_hugepages, &reading, error);
}

static int read_hugepage_sizes(const struct json_place *at, struct host *host,
			       struct parse_error *error)
{
	struct json_place list;
	size_t count = 0;
	int r = json_member(at, "hugepage_sizes", &list, error);

	if (r == 0)
		r = json_length(&list, &count, error);
	for (size_t i = 0; r >= 0 && i < count; i++) {
		struct json_place element = json_element(&list, i);
		uint64_t size = 0;

		r = json_number(&element, "bytes", &size, error);
		if (r < 0)
			return r;
		r = host_add_hugepage_size(host, size);
		if (r == -EINVAL)
			return json_complain(&element, error,
					     "no power of two that is larger than a page");
		if (r == -E2BIG)
			return json_complain(&element, error, "more than %d sizes",
					     HUGEPAGE_SIZES_MAX);
	}
	return r < 0 ? r : 0;
}

static int read_pool(const struct json_place *at, struct host_pool *pool, struct parse_error *error)
{
	uint64_t node = OBJECT_UNKNOWN;
	int r = sample_member_number(at, "hugepage_size", "bytes", &pool->size, error);

	if (r >= 0)
		r = sample_member_number(at, "node", "a node", &node, error);
	pool->node = node > INT32_MAX ? -1 : (int)node;
	if (r >= 0)
		r = sample_member_number(at, "total", "pages", &pool->total, error);
	if (r >= 0)
		r = sample_member_number(at, "free", "pages", &pool->free, error);
	if (r >= 0)
		r = sample_member_number(at, "reserved", "pages", &pool->reserved, error);
	if (r >= 0)
		r = sample_member_number(at, "surplus", "pages", &pool->surplus, error);
	if (r >= 0)
		r = sample_member_number(at, "overcommit", "pages", &pool->overcommit, error);
	return r < 0 ? r : 0;
}

static int read_pools(const struct json_place *at, struct host *host, struct parse_error *error)
{
	struct json_place list;
	size_t count = 0;
	int r = json_member(at, "hugepage_pools", &list, error);

	if (r == 0)
		r = json_length(&list, &count, error);
	if (r < 0 || !count)
		return r;
	host->pools = calloc(count, sizeof(*host->pools));
	if (!host->pools)
		return -ENOMEM;
	for (size_t i = 0; r == 0 && i < count; i++) {
		struct json_place element = json_element(&list, i);
		struct host_pool *pool = &host->pools[host->pool_count++];

		*pool = (struct host_pool){.total = OBJECT_UNKNOWN,
					   .free = OBJECT_UNKNOWN,
					   .reserved = OBJECT_UNKNOWN,
					   .surplus = OBJECT_UNKNOWN,
					   .overcommit = OBJECT_UNKNOWN};
		r = read_pool(&element, pool, error);
	}
	host_sort_pools(host);
	return r;
}

static int check_host(const struct json_place *at, const struct host *host, uint64_t long_bits,
		      struct parse_error *error)
{
	struct json_place memory;

	if (host->page_size < 1024 || host->page_size > 1 << 20 ||
	    host->page_size & (host->page_size - 1))
		return json_complain(at, error, "page_size is no size of a page");
	if (long_bits != 32 && long_bits != 64)
		return json_complain(at, error, "long_bits is neither 32 nor 64");
	if (host->ipcmni == 0 || host->ipcmni > 1 << 24)
		return json_complain(at, error, "ipcmni is no number of ids");
	if (host->ram_bytes == 0) {
		json_member(at, "ram_bytes", &memory, error);
		return json_complain(&memory, error, "no memory");
	}
	return 0;
}

static int read_huge_sizes(const struct json_place *at, struct host *host,
			   struct parse_error *error)
{
	uint64_t size = 0;
	int told = sample_member_number(at, "default_hugepage_size", "bytes", &size, error);
	int r = told < 0 ? told : read_hugepage_sizes(at, host, error);

	if (r < 0)
		return r;
	if (size && host_add_hugepage_size(host, size) < 0)
		return json_complain(at, error, "default_hugepage_size is no size of a huge page");
	host->default_hugepage_size = size;
	host->default_hugepage_size_unknown = !told;
	return 0;
}

static int read_host(const struct json_place *document, struct host *host,
		     struct parse_error *error)
{
	uint64_t long_bits = 64;
	struct json_place at;
	int r = json_member(document, "host", &at, error);

	if (r >= 0)
		r = sample_member_number(&at, "page_size", "bytes", &host->page_size, error);
	host->page_size_assumed = r == 0;
	if (r >= 0)
		r = sample_member_number(&at, "long_bits", "bits", &long_bits, error);
	if (r >= 0)
		r = sample_member_number(&at, "ram_bytes", "bytes", &host->ram_bytes, error);
	if (r >= 0)
		r = sample_member_number(&at, "swap_bytes", "bytes", &host->swap_bytes, error);
	if (r >= 0)
		r = sample_member_number(&at, "ipcmni", "ids", &host->ipcmni, error);
	if (r >= 0)
		r = check_host(&at, host, long_bits, error);
	host->long_bits = (unsigned)long_bits;
	if (r >= 0)
		r = read_huge_sizes(&at, host, error);
	return r < 0 ? r : read_pools(&at, host, error);
}

int host_read_json(const struct json_place *document, struct host *host, struct parse_error *error)
{
	int r = read_host(document, host, error);

	if (r == 0)
		r = read_current(document, host, error);
	/* of all that the host is said to have, one alone is the default */
	if (r == 0 && host->default_hugepage_size_unknown && host->hugepage_size_count == 1) {
		host->default_hugepage_size = host->hugepage_sizes[0];
		host->default_hugepage_size_unknown = false;
	}
	return r;
}
