/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Libraries that are opened only by the run that needs them: what runs as root at every stop should
 * map as little as it can. A user of one declares, with its header included,
 *
 *     OPTIONAL_FUNCTION(scols_new_table);       a static pointer named sym_scols_new_table
 *
 * and resolves all of its pointers in one call of optional_open().
 */
#pragma once

#include <stddef.h>

#define OPTIONAL_FUNCTION(fn) static __typeof__(fn) *sym_##fn

struct optional_symbol {
	const char *name;
	void **pointer;
};

#define OPTIONAL_SYMBOL(fn)             \
	{                               \
#fn, (void **)&sym_##fn \
	}

/*
 * Opens the library and resolves each symbol; it stays open. Returns 0, or -ENOSYS if the library
 * or one of the symbols is missing: no pointer is changed then.
 */
int optional_open(const char *soname, const struct optional_symbol *symbols, size_t count);
