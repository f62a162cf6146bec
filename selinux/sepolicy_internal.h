/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files that ask a policy share. */
#pragma once

#include <sepol/policydb.h>

#include "sepolicy.h"

/* Makes a policy the one that libsepol's questions are about. 0 or a negative errno. */
int sepolicy_use_file(const char *file);
int sepolicy_use_image(void *image, size_t size);

/* Whether the policy in use allows all of those permissions. */
bool sepolicy_allows(const struct sepolicy_question *question);

/* The booleans of a policy, and what changing them would do. */
struct booleans;

/* Reads the file once more. Returns 0 and booleans for booleans_free(), or a negative errno. */
int booleans_read(struct booleans **out, const char *file);
void booleans_free(struct booleans *booleans);

/*
 * One boolean that, when it is changed, allows what was denied. Returns 1 with its name, 0 if there is
 * none, or a negative errno. The policy in use is another afterwards.
 */
int booleans_find(struct booleans *booleans, const struct sepolicy_question *question,
		  struct text *name, bool *value);
