/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Between a profile's file (profiles.c) and the values given for its parameters (profiles_inputs.c). */
#pragma once

#include <stdbool.h>

#include "formula.h"
#include "profiles.h"
#include "settings.h"
#include "text.h"

/* What the sections of parameters begin with. */
#define INPUT_PREFIX "parameter "

#define INPUTS_MAX 24

/* A parameter of the profile. */
struct input {
	const struct settings_entry *section;
	const char *name;
	uint64_t least, most; /* of its values */
	bool is_given;
};

struct evaluation {
	const struct host *host;
	const char *file;
	const char *wish; /* "--for=oracle": where given values stand */
	struct text doubts;
	const struct settings *settings;
	struct input inputs[INPUTS_MAX];
	size_t input_count;
	/* inputs, then the host's facts */
	struct formula_name names[INPUTS_MAX + 3];
	size_t name_count;
	struct parse_error *error;
};

/* A key of a section, or NULL. */
const struct settings_entry *profile_find(const struct settings *settings, const char *section,
					  const char *key);

/* "number", "bytes" …: what Type= may say. */
bool profile_type_is_known(const char *type);

/* A name that formulas know; a value of OBJECT_UNKNOWN is none. */
void profile_add_name(struct evaluation *ev, const char *name, uint64_t value);

/*
 * Reads the parameters of a file that was checked, then what stands for them in the wish ("key=value,…"; NULL:
 * nothing), which is changed. Returns 0 with their names added, or a negative errno with *ev->error filled.
 */
int profile_read_inputs(struct evaluation *ev, char *values);
