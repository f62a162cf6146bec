/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What ipctune's parts do, asked one by one:
 *
 *   tune winner NAME                             which line of sysctl.d decides; "-" for none
 *   tune apply|dry-run|revert [USE...] [ITEM...] the result is the last line
 *   tune format FORMAT [ITEM...]
 *
 * ITEM is a sysctl of a plan, NAME=VALUE; USE is use:PARAMETER=NUMBER or use:hugepages=NUMBER.
 */
#include "apply.h"
#include "formats.h"
#include "object.h"
#include "sysctl_files.h"
#include "tool.h"

static void winner(const char *name)
{
	struct parse_error error = {0};
	const struct sysctl_line *line;
	struct sysctl_files files;

	check(sysctl_files_read(&files, "", &error) == 0, error.what);
	line = sysctl_files_winner(&files, name, NULL);
	if (line)
		printf("%s:%u %s\n", line->file, line->line, line->value);
	else
		puts("-");
	sysctl_files_done(&files);
}

struct arguments {
	struct plan plan;
	struct parameters use;
	uint64_t hugepages_used;
};

static void read_use(struct arguments *to, char *text)
{
	char *value = text, *name = strsep(&value, "=");

	check(value != NULL, text);
	if (!strcmp(name, "hugepages")) {
		to->hugepages_used = (uint64_t)number(value);
		return;
	}
	check(parameter_by_name(name) >= 0, name);
	parameter_set(&to->use, (enum parameter_id)parameter_by_name(name),
		      (uint64_t)number(value));
}

/* A comment that is as hostile as a unit's name may be. */
static void read_item(struct arguments *to, char *text)
{
	char *value = text, *name = strsep(&value, "="), comment[256];

	check(value != NULL, text);
	snprintf(comment, sizeof(comment), "why %s: \"it\" = #$%%{} 'needs'\rthat\nand: more",
		 name);
	check(plan_add(&to->plan, name, value, comment, !strcmp(name, NR_HUGEPAGES)) == 0, name);
}

static void read_arguments(struct arguments *to, char **texts)
{
	*to = (struct arguments){.hugepages_used = OBJECT_UNKNOWN};
	for (; *texts; texts++)
		if (!strncmp(*texts, "use:", 4))
			read_use(to, *texts + 4);
		else
			read_item(to, *texts);
}

static int run(const char *command, char **texts)
{
	static const char *const words[] = {"done",    "nothing", "partly",
					    "refused", "undone",  "broken"};
	struct arguments arguments;
	struct apply_request request = {.root = "",
					.plan = &arguments.plan,
					.use = &arguments.use,
					.is_dry_run = !strcmp(command, "dry-run"),
					.out = stdout};
	int r;

	read_arguments(&arguments, texts);
	request.hugepages_used = arguments.hugepages_used;
	r = strcmp(command, "revert") ? apply_plan(&request) : apply_revert(&request);
	plan_done(&arguments.plan);
	puts(r < 0 ? strerror(-r) : words[r]);
	return r < 0 ? 2 : r > APPLY_NOTHING;
}

static int format(const char *name, char **texts)
{
	static const char *const words[] = {"text",	  "sysctl",  "docker", "podman",
					    "kubernetes", "ansible", "tuned"};
	struct arguments arguments;
	int r = -1;

	read_arguments(&arguments, texts);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strcmp(words[i], name))
			r = format_plan(stdout, (enum output_format)i, &arguments.plan);
	check(r == 0, name);
	plan_done(&arguments.plan);
	return 0;
}

int main(int argc, char **argv)
{
	check(argc > 1, "usage");
	if (!strcmp(argv[1], "format") && argc > 2)
		return format(argv[2], argv + 3);
	if (strcmp(argv[1], "winner") || argc != 3)
		return run(argv[1], argv + 2);
	winner(argv[2]);
	return 0;
}
