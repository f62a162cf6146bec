/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ipcaudit why: an IPC call has failed; which causes apply on this host now? The certain ones first,
 * each with what it rests on and what to do.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "commands.h"
#include "document.h"
#include "printed.h"
#include "say.h"
#include "why_causes.h"

struct answer {
	const struct cause *cause;
	enum certainty certainty;
	struct text evidence, fix;
};

struct answers {
	struct answer list[64];
	size_t count;
	bool failed;
};

static void answers_done(struct answers *answers)
{
	for (size_t i = 0; i < answers->count; i++) {
		text_done(&answers->list[i].evidence);
		text_done(&answers->list[i].fix);
	}
}

static void ask(const struct why *why, const struct cause *cause, enum certainty wanted,
		struct answers *answers)
{
	struct answer answer = {.cause = cause};

	answer.certainty = cause->ask(why, &answer.evidence, &answer.fix);
	answers->failed |= answer.evidence.failed || answer.fix.failed;
	if (answer.certainty == wanted &&
	    answers->count < sizeof(answers->list) / sizeof(answers->list[0])) {
		answers->list[answers->count++] = answer;
		return;
	}
	text_done(&answer.evidence);
	text_done(&answer.fix);
}

/* call < 0: any. */
static void ask_all(const struct why *why, int error, int call, struct answers *answers)
{
	static const enum certainty order[] = {CAUSE_CERTAIN, CAUSE_POSSIBLE};

	for (size_t pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < why_cause_count; i++)
			if (why_causes[i].error == error &&
			    (call < 0 || why_causes[i].calls & 1u << call))
				ask(why, &why_causes[i], order[pass], answers);
}

static void print_calls(unsigned set, FILE *out)
{
	bool is_first = true;

	for (int call = 0; call < WHY_COUNT_; call++)
		if (set & 1u << call) {
			fprintf(out, "%s%s", is_first ? "" : ", ",
				why_call_name((enum why_call)call));
			is_first = false;
		}
}

static int print_text(const struct why *why, const struct answers *answers, FILE *out)
{
	ino_t ipc_ns = procs_ipc_ns(why->audit->procs.proc_fd, 0);

	if (ipc_ns)
		fprintf(out, "In IPC namespace %llu, for %s:\n", (unsigned long long)ipc_ns,
			usernames_get(&why->audit->usernames, why->uid));
	for (size_t i = 0; i < answers->count; i++) {
		const struct answer *answer = &answers->list[i];

		fprintf(out, "%s  %s (",
			answer->certainty == CAUSE_CERTAIN ? "CERTAIN " : "POSSIBLE",
			answer->cause->text);
		print_calls(answer->cause->calls, out);
		fprintf(out, ")\n          %s\n          do: %s\n", answer->evidence.bytes,
			answer->fix.bytes);
	}
	if (!answers->count)
		fputs("Nothing on this host makes such a call fail now.\n", out);
	return printed_all(out);
}

static int fill_json(struct json_object *to, const struct answer *answer)
{
	struct json_object *calls = document_add_array(to, "calls");
	int r = calls ? 0 : -ENOMEM;

	for (int call = 0; r == 0 && call < WHY_COUNT_; call++)
		if (answer->cause->calls & 1u << call)
			r = document_append_text(calls, why_call_name((enum why_call)call));
	r |= document_add_text(to, "certainty",
			       answer->certainty == CAUSE_CERTAIN ? "certain" : "possible");
	r |= document_add_text(to, "cause", answer->cause->text);
	r |= document_add_text(to, "evidence", answer->evidence.bytes);
	return r | document_add_text(to, "fix", answer->fix.bytes);
}

static int print_json(const struct answers *answers, FILE *out)
{
	struct document_stream stream;
	int r = document_stream_begin(&stream, out, "why");

	if (r == 0)
		r = document_stream_array(&stream, "causes");
	for (size_t i = 0; r == 0 && i < answers->count; i++) {
		struct json_object *element = document_stream_element();

		if (!element || fill_json(element, &answers->list[i])) {
			document_free(element);
			return -ENOMEM;
		}
		r = document_stream_put(&stream, element);
	}
	return r == 0 ? document_stream_end(&stream) : r;
}

static int answer(const struct why *why, int error, int call)
{
	_cleanup_(answers_done) struct answers answers = {0};
	int r;

	ask_all(why, error, call, &answers);
	if (answers.failed)
		return -ENOMEM;
	if (why->audit->options->is_json)
		r = print_json(&answers, stdout);
	else
		r = print_text(why, &answers, stdout);
	return r;
}

static int parse(const struct options *options, int *error, int *call)
{
	*error = why_error(options->operands[0]);
	*call = options->operand_count > 1 ? why_call(options->operands[1]) : -1;
	if (!*error)
		say_error("%s: not an errno that is known here: %s", options->operands[0],
			  why_error_names());
	else if (options->operand_count > 1 && *call < 0)
		say_error("%s: not an IPC call such as shmget, semop or mq_open",
			  options->operands[1]);
	else
		return 0;
	return -EINVAL;
}

int command_why(const struct command_context *context)
{
	const struct options *options = context->options;
	struct audit audit;
	struct why why = {.audit = &audit, .uid = options->has_user ? options->user : geteuid()};
	int error, call, r;

	if (parse(options, &error, &call) < 0)
		return EXIT_ERROR;
	if (audit_take(&audit, context, KINDS_ALL, NEEDS_PROCESSES) < 0)
		return EXIT_ERROR;
	audit_tell_gaps(&audit);
	r = limits_read(&why.limits, &audit.inv, &audit.procs);
	if (r == 0)
		r = answer(&why, error, call);
	if (r < 0)
		say_error("why: %s", r == -ENOSYS ? "--json needs libjson-c.so.5" : strerror(-r));
	limits_done(&why.limits);
	audit_done(&audit);
	return r < 0 ? EXIT_ERROR : EXIT_FINE;
}
