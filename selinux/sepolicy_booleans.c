/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which boolean would allow it? libsepol's questions are about a policy that was read from a file, so a
 * changed one is written to memory and read again, which takes a while. A distribution has hundreds of
 * booleans: half of them are changed at once, and the half that allows is halved again. Rules that need two
 * booleans at once are not found, and what is found was tried alone.
 */
#include <errno.h>
#include <sepol/booleans.h>
#include <sepol/debug.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "optional.h"
#include "sepolicy_internal.h"
#include "stringlist.h"

OPTIONAL_FUNCTION(sepol_policydb_create);
OPTIONAL_FUNCTION(sepol_policydb_free);
OPTIONAL_FUNCTION(sepol_policydb_read);
OPTIONAL_FUNCTION(sepol_policydb_to_image);
OPTIONAL_FUNCTION(sepol_policy_file_create);
OPTIONAL_FUNCTION(sepol_policy_file_free);
OPTIONAL_FUNCTION(sepol_policy_file_set_fp);
OPTIONAL_FUNCTION(sepol_bool_iterate);
OPTIONAL_FUNCTION(sepol_bool_query);
OPTIONAL_FUNCTION(sepol_bool_set);
OPTIONAL_FUNCTION(sepol_bool_free);
OPTIONAL_FUNCTION(sepol_bool_get_name);
OPTIONAL_FUNCTION(sepol_bool_get_value);
OPTIONAL_FUNCTION(sepol_bool_set_value);
OPTIONAL_FUNCTION(sepol_bool_key_create);
OPTIONAL_FUNCTION(sepol_bool_key_free);
OPTIONAL_FUNCTION(sepol_handle_create);
OPTIONAL_FUNCTION(sepol_handle_destroy);
OPTIONAL_FUNCTION(sepol_msg_set_callback);

static const struct optional_symbol symbols[] = {
	OPTIONAL_SYMBOL(sepol_policydb_create),	   OPTIONAL_SYMBOL(sepol_policydb_free),
	OPTIONAL_SYMBOL(sepol_policydb_read),	   OPTIONAL_SYMBOL(sepol_policydb_to_image),
	OPTIONAL_SYMBOL(sepol_policy_file_create), OPTIONAL_SYMBOL(sepol_policy_file_free),
	OPTIONAL_SYMBOL(sepol_policy_file_set_fp), OPTIONAL_SYMBOL(sepol_bool_iterate),
	OPTIONAL_SYMBOL(sepol_bool_query),	   OPTIONAL_SYMBOL(sepol_bool_set),
	OPTIONAL_SYMBOL(sepol_bool_free),	   OPTIONAL_SYMBOL(sepol_bool_get_name),
	OPTIONAL_SYMBOL(sepol_bool_get_value),	   OPTIONAL_SYMBOL(sepol_bool_set_value),
	OPTIONAL_SYMBOL(sepol_bool_key_create),	   OPTIONAL_SYMBOL(sepol_bool_key_free),
	OPTIONAL_SYMBOL(sepol_handle_create),	   OPTIONAL_SYMBOL(sepol_handle_destroy),
	OPTIONAL_SYMBOL(sepol_msg_set_callback),
};

struct booleans {
	sepol_handle_t *handle;
	sepol_policydb_t *policy;
	struct string_list names;
};

static int read_from(struct booleans *booleans, sepol_policy_file_t *from, const char *file)
{
	_cleanup_fclose_ FILE *in = fopen(file, "re");

	if (!in)
		return -errno;
	sym_sepol_policy_file_set_fp(from, in);
	return sym_sepol_policydb_read(booleans->policy, from) < 0 ? -EBADMSG : 0;
}

static int read_policy(struct booleans *booleans, const char *file)
{
	sepol_policy_file_t *from;
	int r;

	if (sym_sepol_policydb_create(&booleans->policy) < 0 ||
	    sym_sepol_policy_file_create(&from) < 0)
		return -ENOMEM;
	r = read_from(booleans, from, file);
	sym_sepol_policy_file_free(from);
	return r;
}

static int on_boolean(const sepol_bool_t *boolean, void *data)
{
	return string_list_add(data, sym_sepol_bool_get_name(boolean));
}

int booleans_read(struct booleans **out, const char *file)
{
	struct booleans *booleans = calloc(1, sizeof(*booleans));
	int r;

	if (!booleans)
		return -ENOMEM;
	r = optional_open("libsepol.so.2", symbols, sizeof(symbols) / sizeof(symbols[0]));
	if (r == 0) {
		booleans->handle = sym_sepol_handle_create();
		r = booleans->handle ? 0 : -ENOMEM;
	}
	if (r == 0) {
		sym_sepol_msg_set_callback(booleans->handle, NULL, NULL);
		r = read_policy(booleans, file);
	}
	if (r == 0 && sym_sepol_bool_iterate(booleans->handle, booleans->policy, on_boolean,
					     &booleans->names) < 0)
		r = -ENOMEM;
	if (r < 0)
		booleans_free(booleans);
	else
		*out = booleans;
	return r;
}

void booleans_free(struct booleans *booleans)
{
	if (!booleans)
		return;
	string_list_done(&booleans->names);
	if (booleans->policy)
		sym_sepol_policydb_free(booleans->policy);
	if (booleans->handle)
		sym_sepol_handle_destroy(booleans->handle);
	free(booleans);
}

/* Changes one to what it isn't, which it has then in *value. */
static int flip(struct booleans *booleans, const char *name, bool *value)
{
	sepol_bool_key_t *key = NULL;
	sepol_bool_t *boolean = NULL;
	int r = sym_sepol_bool_key_create(booleans->handle, name, &key);

	if (r >= 0)
		r = sym_sepol_bool_query(booleans->handle, booleans->policy, key, &boolean);
	if (r >= 0 && boolean) {
		*value = !sym_sepol_bool_get_value(boolean);
		sym_sepol_bool_set_value(boolean, *value);
		r = sym_sepol_bool_set(booleans->handle, booleans->policy, key, boolean);
		sym_sepol_bool_free(boolean);
	}
	if (key)
		sym_sepol_bool_key_free(key);
	return r < 0 ? -ENOMEM : 0;
}

static int flip_all(struct booleans *booleans, size_t from, size_t to)
{
	int r = 0;

	for (size_t i = from; r == 0 && i < to; i++)
		r = flip(booleans, booleans->names.items[i], &(bool){false});
	return r;
}

/* Whether it is allowed when these are changed: 1, 0, or a negative errno. */
static int try_range(struct booleans *booleans, const struct sepolicy_question *question,
		     size_t from, size_t to)
{
	_cleanup_free_ void *image = NULL;
	size_t size;
	int r = flip_all(booleans, from, to), back;

	if (r == 0 &&
	    sym_sepol_policydb_to_image(booleans->handle, booleans->policy, &image, &size) < 0)
		r = -ENOMEM;
	back = flip_all(booleans, from, to);
	if (r == 0)
		r = back < 0 ? back : sepolicy_use_image(image, size);
	return r < 0 ? r : sepolicy_allows(question);
}

int booleans_find(struct booleans *booleans, const struct sepolicy_question *question,
		  struct text *name, bool *value)
{
	size_t from = 0, to = booleans->names.count;
	int r = to ? try_range(booleans, question, from, to) : 0;

	while (r == 1 && to - from > 1) {
		size_t middle = from + (to - from) / 2;

		r = try_range(booleans, question, from, middle);
		if (r == 1) {
			to = middle;
		} else if (r == 0) {
			r = try_range(booleans, question, middle, to);
			from = middle;
		}
	}
	if (r <= 0)
		return r;
	text_add(name, booleans->names.items[from]);
	r = flip(booleans, booleans->names.items[from], value);
	if (r == 0)
		r = flip(booleans, booleans->names.items[from], &(bool){false});
	return r < 0 ? r : 1;
}
