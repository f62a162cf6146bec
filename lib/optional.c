/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Libraries opened at run time, by the sonames that their ABIs promise. */
#include "optional.h"

#include <dlfcn.h>
#include <errno.h>

int optional_open(const char *soname, const struct optional_symbol *symbols, size_t count)
{
	void *library = dlopen(soname, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);

	if (!library)
		return -ENOSYS;
	for (size_t i = 0; i < count; i++)
		if (!dlsym(library, symbols[i].name)) {
			dlclose(library);
			return -ENOSYS;
		}
	for (size_t i = 0; i < count; i++)
		*symbols[i].pointer = dlsym(library, symbols[i].name);
	return 0;
}
