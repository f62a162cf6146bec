/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What writing and reading samples have in common: where everything stands. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "patterns.h"
#include "sample.h"

#define SAMPLE_SECTIONS 7

/* The objects of a sample, in their order. */
extern const char *const sample_sections[SAMPLE_SECTIONS];

struct figure_member {
	const char *section, *name;
	const char *unit;
	bool is_text; /* written as a decimal string */
};

extern const struct figure_member figure_members[FIGURE_COUNT_];

#define OWNER_MEMBERS 11

struct owner_member {
	const char *name;
	size_t offset; /* of a uint64_t in struct sample_owner */
};

extern const struct owner_member owner_members[OWNER_MEMBERS];

struct json_place;

/*
 * A member that is a number: 2^64-1, which means "not known" here, becomes the number below it. A missing one
 * leaves *value as it is. Returns 1 if it was there, 0, or -EINVAL.
 */
int sample_member_number(const struct json_place *at, const char *key, const char *unit,
			 uint64_t *value, struct parse_error *error);

/* The size that a member's key is, of huge pages; it becomes one of the host's. Returns 0 or -EINVAL. */
int sample_member_size(const struct json_place *member, struct host *host, uint64_t *size,
		       struct parse_error *error);

/* Fills a host from a document's "host" and "current". Returns 0 or a negative errno. */
int host_read_json(const struct json_place *document, struct host *host, struct parse_error *error);
