/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ipctune --list-profiles: the products that are known, and what may be said of each. */
#include <string.h>

#include "cleanup.h"
#include "commands.h"
#include "dropins.h"
#include "profiles.h"
#include "say.h"

int command_list_profiles(void)
{
	_cleanup_(parse_error_done) struct parse_error error = {0};
	int r = profiles_print(stdout, profiles_dirs(), &error);

	if (r < 0) {
		_cleanup_free_ char *text = parse_error_text(&error, r);

		say_error("%s", text ? text : strerror(-r));
	}
	return r < 0 || fflush(stdout) != 0 ? EXIT_ERROR : EXIT_FINE;
}
