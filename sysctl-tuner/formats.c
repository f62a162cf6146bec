/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How is it said to others? The evidence goes along as comments wherever the format has any. Names
 * of users and units stand in it, chosen by others: a control byte would end the comment and begin
 * a setting.
 */
#include "formats.h"

#include <string.h>

#include "apply.h"
#include "printed.h"

static void print_comment(FILE *out, const char *indent, const char *text)
{
	fprintf(out, "%s# ", indent);
	for (; *text; text++)
		if (*text == '\n')
			fprintf(out, "\n%s# ", indent);
		else
			fputc((unsigned char)*text < 0x20 || *text == 0x7f ? '?' : *text, out);
	fputc('\n', out);
}

static void print_sysctl(FILE *out, const struct plan *plan)
{
	fputs("# Sized by ipctune: `ipctune explain NAME` tells more, `ipctune revert` undoes its "
	      "apply\n",
	      out);
	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_item *item = &plan->items[i];

		fputc('\n', out);
		print_comment(out, "", item->comment);
		fprintf(out, "%s = %s\n", item->name, item->value);
	}
}

/* What can't be set in a container. */
static void print_global(FILE *out, const char *indent, const struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_item *item = &plan->items[i];

		if (item->is_global)
			fprintf(out,
				"%s# %s = %s is not here: it reaches the whole host; set it there, "
				"in "
				"/etc/sysctl.d\n",
				indent, item->name, item->value);
	}
}

/* Comments first: a line that ends with a backslash goes on in the next. */
static void print_arguments(FILE *out, const char *engine, const struct plan *plan)
{
	const struct plan_item *last = NULL;

	fprintf(out,
		"# arguments of `%s run`, for a container with an IPC namespace of its own (not "
		"--ipc=host)\n",
		engine);
	print_global(out, "", plan);
	for (size_t i = 0; i < plan->count; i++)
		if (!plan->items[i].is_global) {
			fprintf(out, "# %s:\n", plan->items[i].name);
			print_comment(out, "", plan->items[i].comment);
			last = &plan->items[i];
		}
	for (size_t i = 0; i < plan->count; i++)
		if (!plan->items[i].is_global)
			fprintf(out, "--sysctl '%s=%s'%s\n", plan->items[i].name,
				plan->items[i].value, &plan->items[i] == last ? "" : " \\");
}

static size_t count_local(const struct plan *plan)
{
	size_t count = 0;

	for (size_t i = 0; i < plan->count; i++)
		count += !plan->items[i].is_global;
	return count;
}

/* kubernetes.io, "Using sysctls in a Kubernetes Cluster": what is safe, and what hostIPC forbids */
static void print_unsafe(FILE *out, const struct plan *plan)
{
	const char *comma = "";

	if (!count_local(plan))
		return;
	fputs("# for the spec of a pod. They are \"unsafe\" sysctls: the kubelet of each node "
	      "needs\n"
	      "#   --allowed-unsafe-sysctls=",
	      out);
	for (size_t i = 0; i < plan->count; i++)
		if (!plan->items[i].is_global) {
			fprintf(out, "%s%s", comma, plan->items[i].name);
			comma = ",";
		}
	fputs("\n# and they are refused in a pod with hostIPC: true\n", out);
}

static void print_kubernetes(FILE *out, const struct plan *plan)
{
	print_unsafe(out, plan);
	print_global(out, "", plan);
	fprintf(out, "securityContext:\n  sysctls:%s\n", count_local(plan) ? "" : " []");
	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_item *item = &plan->items[i];

		if (item->is_global)
			continue;
		print_comment(out, "  ", item->comment);
		fprintf(out, "  - name: %s\n    value: \"%s\"\n", item->name, item->value);
	}
}

/* sysctl_set without reload: only this value is set, not all of the file once more */
static void print_ansible(FILE *out, const struct plan *plan)
{
	fputs("# tasks, with the collection ansible.posix\n", out);
	if (!plan->count)
		fputs("[]\n", out);
	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_item *item = &plan->items[i];

		print_comment(out, "", item->comment);
		fprintf(out,
			"- name: Set %s\n"
			"  ansible.posix.sysctl:\n"
			"    name: %s\n"
			"    value: \"%s\"\n"
			"    sysctl_file: " APPLY_FILE "\n"
			"    sysctl_set: true\n"
			"    reload: false\n",
			item->name, item->name, item->value);
	}
}

static void print_tuned(FILE *out, const struct plan *plan)
{
	fputs("# /etc/tuned/ipctune/tuned.conf; beside another: tuned-adm profile OTHER ipctune\n"
	      "# with reapply_sysctl = 1, which is the default, files in /etc/sysctl.d win\n"
	      "[main]\n"
	      "summary=IPC limits sized by ipctune\n"
	      "\n"
	      "[sysctl]\n",
	      out);
	for (size_t i = 0; i < plan->count; i++) {
		print_comment(out, "", plan->items[i].comment);
		fprintf(out, "%s=%s\n", plan->items[i].name, plan->items[i].value);
	}
}

int format_plan(FILE *out, enum output_format format, const struct plan *plan)
{
	switch (format) {
	case FORMAT_TEXT:
	case FORMAT_SYSCTL:
		print_sysctl(out, plan);
		break;
	case FORMAT_DOCKER:
		print_arguments(out, "docker", plan);
		break;
	case FORMAT_PODMAN:
		print_arguments(out, "podman", plan);
		break;
	case FORMAT_KUBERNETES:
		print_kubernetes(out, plan);
		break;
	case FORMAT_ANSIBLE:
		print_ansible(out, plan);
		break;
	case FORMAT_TUNED:
		print_tuned(out, plan);
		break;
	}
	return printed_all(out);
}
