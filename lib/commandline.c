/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commandline.h"

#include <errno.h>
#include <string.h>

#include "object.h"
#include "say.h"

static const char *option_name(const struct commandline *line, int opt)
{
	for (size_t i = 0; line->options[i].name; i++)
		if (line->options[i].val == opt)
			return line->options[i].name;
	return "?";
}

void commandline_note(struct commandline *line, int opt)
{
	for (size_t i = 0; line->options[i].name; i++)
		if (line->options[i].val == opt)
			line->given |= UINT64_C(1) << i;
}

int commandline_bad_value(const struct commandline *line, int opt, const char *value,
			  const char *takes)
{
	say_error("--%s=%s: %s", option_name(line, opt), value, takes);
	return -EINVAL;
}

int commandline_read_pid(const struct commandline *line, int opt, const char *value, pid_t *pid)
{
	uid_t number;

	if (uid_parse(value, &number) < 0 || number == 0 || number > INT32_MAX)
		return commandline_bad_value(line, opt, value, "not a pid");
	*pid = (pid_t)number;
	return 0;
}

int commandline_command(const struct commandline *line, const char *name)
{
	for (size_t i = 0; i < line->command_count; i++)
		if (!strcmp(line->commands[i].name, name))
			return (int)i;
	say_error("%s: no such command; see %s --help", name, program_invocation_short_name);
	return -EINVAL;
}

static bool is_for(const struct commandline *line, int opt, int command)
{
	for (size_t i = 0; i < line->scope_count; i++)
		if (line->scopes[i].opt == opt)
			return line->scopes[i].commands & UINT64_C(1) << command;
	return true;
}

int commandline_check(const struct commandline *line, int command, size_t operand_count)
{
	const struct command_syntax *syntax = &line->commands[command];

	for (size_t i = 0; line->options[i].name; i++)
		if (line->given & UINT64_C(1) << i &&
		    !is_for(line, line->options[i].val, command)) {
			say_error("--%s: not an option of `%s %s`", line->options[i].name,
				  program_invocation_short_name, syntax->name);
			return -EINVAL;
		}
	if (operand_count >= syntax->least && operand_count <= syntax->most)
		return 0;
	say_error("%s: takes %s; see %s --help", syntax->name, syntax->operands,
		  program_invocation_short_name);
	return -EINVAL;
}
