/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is proposed from an observation: each rule with the case on its other side. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cleanup.h"
#include "in_force.h"
#include "object.h"
#include "proposal.h"
#include "take_back.h"
#include "text.h"

#define REFUSES_ALL                                                                          \
	"SystemCallFilter=~shmget shmat shmdt shmctl semget semop semtimedop semctl msgget " \
	"msgsnd "                                                                            \
	"msgrcv msgctl mq_open mq_timedsend mq_timedreceive mq_notify mq_getsetattr mq_unlink"

static char name[] = "t.service", other_unit[] = "other.service";
static char *others[] = {other_unit};

static struct unit_facts plain(void)
{
	return (struct unit_facts){.has_uid = true,
				   .uid = 999,
				   .knows_private_ipc = true,
				   .umask = 022,
				   .msgqueue = LIMIT_INFINITY,
				   .memlock = LIMIT_INFINITY};
}

static struct observation idle(void)
{
	return (struct observation){
		.unit = name, .has_calls = true, .saw_stop = true, .looks = 3, .seconds = 60};
}

static const char *find(const struct proposal_list *list, const char *begin)
{
	for (size_t i = 0; i < list->count; i++)
		if (!strncmp(list->all[i].directive, begin, strlen(begin)))
			return list->all[i].directive;
	return NULL;
}

static const char *why(const struct proposal_list *list, const char *directive)
{
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->all[i].directive, directive))
			return list->all[i].reason;
	return "";
}

static void expect_line(const struct unit_facts *facts, const struct observation *observation,
			const char *begin, const char *wanted)
{
	struct proposal proposal;
	const char *got;

	assert_int_equal(proposal_make(&proposal, facts, observation), 0);
	got = find(&proposal.lines, begin);
	if (!wanted != !got || (wanted && strcmp(got, wanted) != 0))
		fail_msg("%s is \"%s\", not \"%s\"", begin, got ? got : "", wanted ? wanted : "");
	proposal_done(&proposal);
}

static void expect_omitted(const struct unit_facts *facts, const struct observation *observation,
			   const char *directive, const char *reason)
{
	struct proposal proposal;

	assert_int_equal(proposal_make(&proposal, facts, observation), 0);
	if (!strstr(why(&proposal.omitted, directive), reason))
		fail_msg("%s is omitted because \"%s\", not \"%s\"", directive,
			 why(&proposal.omitted, directive), reason);
	assert_string_equal(why(&proposal.lines, directive), "");
	proposal_done(&proposal);
}

static void what_uses_nothing_gets_nothing(void **state)
{
	struct unit_facts facts = plain();
	struct observation observation = idle();

	(void)state;
	expect_line(&facts, &observation, "SystemCallFilter", REFUSES_ALL);
	/* never the sets that hold pipe2 */
	expect_omitted(&facts, &observation, "SystemCallFilter=~@ipc", "pipe2");
}

static void calls_that_were_seen_stay_with_their_upkeep(void **state)
{
	struct unit_facts facts = plain();
	struct observation observation = idle();

	(void)state;
	observation.calls[CALL_SEMOP] = 7;
	expect_line(
		&facts, &observation, "SystemCallFilter",
		"SystemCallFilter=~shmget shmat shmdt shmctl semget msgget msgsnd msgrcv "
		"msgctl mq_open mq_timedsend mq_timedreceive mq_notify mq_getsetattr mq_unlink");
	/* who only receives doesn't send */
	observation = idle();
	observation.calls[CALL_MQ_OPEN] = 1;
	observation.unknown[CALL_MQ_TIMEDRECEIVE] = 1;
	expect_line(&facts, &observation, "SystemCallFilter",
		    "SystemCallFilter=~shmget shmat shmdt shmctl semget semop semtimedop semctl "
		    "msgget msgsnd msgrcv msgctl mq_timedsend mq_notify");
	expect_omitted(&facts, &observation, "SystemCallFilter=", "mq_getsetattr mq_unlink");
}

static void what_cannot_be_told_counts_as_made(void **state)
{
	struct unit_facts facts = plain();
	struct observation observation = idle();

	(void)state;
	observation.saw_any_sysv = true;
	expect_line(&facts, &observation, "SystemCallFilter",
		    "SystemCallFilter=~mq_open mq_timedsend mq_timedreceive mq_notify "
		    "mq_getsetattr mq_unlink");
	observation = idle();
	observation.saw_foreign = true;
	expect_line(&facts, &observation, "SystemCallFilter", NULL);
	observation = idle();
	observation.lost = 1;
	expect_omitted(&facts, &observation, "SystemCallFilter=", "lost");
	observation = idle();
	observation.has_calls = false;
	expect_omitted(&facts, &observation, "SystemCallFilter=", "not seen");
}

static void refused_already_is_not_refused_again(void **state)
{
	static const char *const few[] = {"shmget", "shmat:EPERM", NULL};
	static const char *const allowed[] = {"read", "write", NULL};
	struct unit_facts facts = plain();
	struct observation observation = idle();

	(void)state;
	facts.filter.calls = (char **)(uintptr_t)few;
	expect_line(&facts, &observation, "SystemCallFilter",
		    "SystemCallFilter=~shmdt shmctl semget semop semtimedop semctl msgget msgsnd "
		    "msgrcv msgctl mq_open mq_timedsend mq_timedreceive mq_notify mq_getsetattr "
		    "mq_unlink");
	facts.filter = (struct manager_filter){.is_allow_list = true,
					       .calls = (char **)(uintptr_t)allowed};
	expect_omitted(&facts, &observation, "SystemCallFilter=", "refused already");
}

static void a_namespace_of_its_own_only_where_nothing_is_shared_or_lost(void **state)
{
	struct seen_object object = {.ref = name, .kind = KIND_SHM};
	struct unit_facts facts = plain();
	struct observation observation = idle();
	const char *yes = "PrivateIPC=yes";

	(void)state;
	observation.objects = &object;
	observation.object_count = 1;
	expect_line(&facts, &observation, "PrivateIPC", yes);
	object.others = (struct string_list){.items = others, .count = 1};
	expect_omitted(&facts, &observation, yes, "other.service");
	/* files of /dev/shm are in no IPC namespace */
	object.kind = KIND_PSHM;
	expect_line(&facts, &observation, "PrivateIPC", yes);
	object.kind = KIND_PMQ;
	expect_omitted(&facts, &observation, yes, "other.service");
	object.others = (struct string_list){0};
	expect_line(&facts, &observation, "PrivateIPC", yes);
	object.was_there = true;
	expect_omitted(&facts, &observation, yes, "would be lost");
	object.was_there = false;
	/* who may use it may be gone at each look */
	object.mode = 0620;
	expect_omitted(&facts, &observation, yes, "come and go unseen");
	object.mode = 0711;
	expect_line(&facts, &observation, "PrivateIPC", yes);
	observation.may_mount = true;
	expect_omitted(&facts, &observation, yes, "mounts");
	observation.may_mount = false;
	observation.is_partial = true;
	expect_omitted(&facts, &observation, yes, "not all of its objects");
	observation.is_partial = false;
	facts.shares_ipc = true;
	expect_omitted(&facts, &observation, yes, "joins");
	facts.shares_ipc = false;
	facts.knows_private_ipc = false;
	expect_omitted(&facts, &observation, yes, "248");
	facts.knows_private_ipc = facts.has_private_ipc = true;
	expect_line(&facts, &observation, "PrivateIPC", NULL);
}

static void umask_where_files_are_open_and_not_where_it_is_of_no_use(void **state)
{
	struct seen_object object = {.ref = name, .kind = KIND_PSHM, .mode = 0644};
	struct unit_facts facts = plain();
	struct observation observation = idle();

	(void)state;
	observation.objects = &object;
	observation.object_count = 1;
	expect_line(&facts, &observation, "UMask", "UMask=0077");
	object.mode = 0600;
	expect_line(&facts, &observation, "UMask", NULL);
	object.mode = 0644;
	object.others = (struct string_list){.items = others, .count = 1};
	expect_omitted(&facts, &observation, "UMask=0077", "other.service");
	object.others = (struct string_list){0};
	facts.umask = 077;
	expect_line(&facts, &observation, "UMask", NULL);
	/* shmget(2) doesn't ask for it */
	facts.umask = 022;
	object.kind = KIND_SHM;
	object.mode = 0666;
	expect_omitted(&facts, &observation, "UMask=0077", "fix-mode t.service 0660");
}

static void cleanup_where_something_was_left(void **state)
{
	struct seen_object object = {.ref = name, .kind = KIND_SHM, .is_left = true};
	struct unit_facts facts = plain();
	struct observation observation = idle();
	const char *line = "ExecStopPost=-+" BINDIR "/ipcclean service -q %n";

	(void)state;
	observation.objects = &object;
	observation.object_count = 1;
	expect_line(&facts, &observation, "ExecStopPost", line);
	facts.cleans = true;
	expect_line(&facts, &observation, "ExecStopPost", NULL);
	facts.cleans = false;
	facts.uid = 0;
	expect_omitted(&facts, &observation, line, "root");
	facts.uid = 999;
	object.is_left = false;
	expect_line(&facts, &observation, "ExecStopPost", NULL);
	observation.saw_stop = false;
	expect_omitted(&facts, &observation, line, "its stop was not seen");
}

static void suid_and_limits(void **state)
{
	struct unit_facts facts = plain();
	struct observation observation = idle();

	(void)state;
	expect_line(&facts, &observation, "RestrictSUIDSGID", "RestrictSUIDSGID=yes");
	observation.saw_setuid = true;
	expect_omitted(&facts, &observation, "RestrictSUIDSGID=yes", "set-user-id program");
	expect_line(&facts, &observation, "LimitMSGQUEUE", NULL);
	observation.queue_bytes = 100000;
	expect_line(&facts, &observation, "LimitMSGQUEUE", "LimitMSGQUEUE=262144");
	/* root's queues are everybody's */
	facts.uid = 0;
	expect_omitted(&facts, &observation, "LimitMSGQUEUE=", "root");
	facts.uid = 999;
	facts.msgqueue = 262144;
	expect_line(&facts, &observation, "LimitMSGQUEUE", NULL);
	observation.locked_bytes = 4096;
	expect_line(&facts, &observation, "LimitMEMLOCK", "LimitMEMLOCK=1048576");
	observation.has_locked_segment = true;
	expect_omitted(&facts, &observation, "LimitMEMLOCK=", "locked");
	observation.has_locked_segment = false;
	facts.memlock = 65536;
	expect_line(&facts, &observation, "LimitMEMLOCK", NULL);
}

/* A filter means no set-user-id program for an ordinary user, where that isn't so already. */
static void no_filter_where_it_would_end_sudo(void **state)
{
	struct unit_facts facts = plain();
	struct observation observation = idle();

	(void)state;
	observation.saw_setuid = true;
	expect_omitted(&facts, &observation, "SystemCallFilter=", "NoNewPrivileges");
	facts.has_no_new_privileges = true;
	expect_line(&facts, &observation, "SystemCallFilter", REFUSES_ALL);
	facts.has_no_new_privileges = false;
	facts.uid = 0;
	expect_line(&facts, &observation, "SystemCallFilter", REFUSES_ALL);
}

/* Sessions and containers have the filter and the namespace of the unit that they came from. */
static void nothing_is_proposed_that_leaves_with_a_process(void **state)
{
	static const char *const all[] = {"SystemCallFilter=", "PrivateIPC=yes",
					  "RestrictSUIDSGID=yes", "UMask=0077"};
	struct unit_facts facts = plain();
	struct observation observation = idle();

	(void)state;
	observation.locked_bytes = 4096;
	for (size_t i = 0; i < 4; i++) {
		observation.saw_escape = true;
		expect_omitted(&facts, &observation, all[i], "leave it");
		observation.saw_escape = false;
		facts.leaves_processes = true;
		expect_omitted(&facts, &observation, all[i], "KillMode=");
		facts.leaves_processes = false;
	}
	expect_line(&facts, &observation, "SystemCallFilter", REFUSES_ALL);
	expect_line(&facts, &observation, "LimitMEMLOCK", "LimitMEMLOCK=1048576");
	observation.saw_escape = true;
	expect_line(&facts, &observation, "LimitMEMLOCK", NULL);
}

static void advises_on_what_is_one_units_alone(void **state)
{
	struct seen_object object = {.ref = name, .kind = KIND_SHM};
	struct unit_facts facts = plain();
	struct observation observation = idle();
	struct proposal proposal;

	(void)state;
	observation.objects = &object;
	observation.object_count = 1;
	assert_int_equal(proposal_make(&proposal, &facts, &observation), 0);
	assert_int_equal(proposal.advice.count, 1);
	assert_non_null(strstr(proposal.advice.all[0].reason, "IPC_PRIVATE"));
	assert_non_null(strstr(proposal.advice.all[0].reason, "memfd_create(2)"));
	proposal_done(&proposal);
	object.key = 0x41000001;
	assert_int_equal(proposal_make(&proposal, &facts, &observation), 0);
	assert_non_null(strstr(proposal.advice.all[0].reason, "nobody else was seen"));
	proposal_done(&proposal);
	object.has_private_key = true;
	assert_int_equal(proposal_make(&proposal, &facts, &observation), 0);
	assert_non_null(strstr(proposal.advice.all[0].reason, "private /tmp"));
	proposal_done(&proposal);
	object.others = (struct string_list){.items = others, .count = 1};
	assert_int_equal(proposal_make(&proposal, &facts, &observation), 0);
	assert_int_equal(proposal.advice.count, 0);
	proposal_done(&proposal);
	object.others = (struct string_list){0};
	object.kind = KIND_PSHM;
	assert_int_equal(proposal_make(&proposal, &facts, &observation), 0);
	assert_int_equal(proposal.advice.count, 0);
	proposal_done(&proposal);
}

static void every_line_has_its_evidence_above(void **state)
{
	struct unit_facts facts = plain();
	struct observation observation = idle();
	struct proposal proposal;
	bool was_comment = false;
	char *text, *rest, *line;

	(void)state;
	assert_int_equal(proposal_make(&proposal, &facts, &observation), 0);
	text = proposal_text(&proposal, &observation);
	assert_non_null(text);
	assert_memory_equal(text, "# Written by ipcharden", 22);
	rest = text;
	while ((line = strsep(&rest, "\n"))) {
		if (*line && *line != '#' && *line != '[')
			assert_true(was_comment);
		was_comment = *line == '#';
	}
	free(text);
	proposal_done(&proposal);
}

/* A trial's filter ends the process, and is otherwise the same text. */
static void a_trial_can_kill_where_calls_would_fail_quietly(void **state)
{
	struct unit_facts facts = plain();
	struct observation observation = idle();
	struct proposal proposal;
	char *text, *killing;

	(void)state;
	observation.calls[CALL_SHMGET] = observation.calls[CALL_SHMAT] = 1;
	observation.calls[CALL_SEMGET] = observation.calls[CALL_SEMOP] = 1;
	assert_int_equal(proposal_make(&proposal, &facts, &observation), 0);
	text = proposal_text(&proposal, &observation);
	killing = proposal_text_that_kills(&proposal, &observation);
	assert_null(strstr(text, ":kill"));
	assert_non_null(strstr(killing, "\nSystemCallFilter=~msgget:kill msgsnd:kill msgrcv:kill "
					"msgctl:kill mq_open:kill mq_timedsend:kill "
					"mq_timedreceive:kill mq_notify:kill "
					"mq_getsetattr:kill mq_unlink:kill\n"));
	assert_non_null(strstr(killing, "\nPrivateIPC=yes\n"));
	for (char *at; (at = strstr(killing, ":kill"));)
		memmove(at, at + 5, strlen(at + 5) + 1);
	assert_string_equal(killing, text);
	free(text);
	free(killing);
	proposal_done(&proposal);
}

/* What is in place by us is proposed again, and what is the unit's own stays. */
static void takes_back_what_is_in_place(void **state)
{
	struct unit_facts facts = plain();
	struct observation observation = idle();
	const char *applied = "# Written by ipcharden\n[Service]\n# why\n"
			      "SystemCallFilter=~shmget shmat\nPrivateIPC=yes\nUMask=0077\n";

	(void)state;
	facts.filter.calls = calloc(5, sizeof(char *));
	facts.filter.calls[0] = strdup("shmat");
	facts.filter.calls[1] = strdup("msgget");
	facts.filter.calls[2] = strdup("shmget:EPERM");
	facts.has_private_ipc = true;
	facts.umask = 077;
	assert_int_equal(facts_take_back(&facts, applied), 0);
	assert_string_equal(facts.filter.calls[0], "msgget");
	assert_null(facts.filter.calls[1]);
	assert_false(facts.has_private_ipc);
	expect_line(&facts, &observation, "PrivateIPC", "PrivateIPC=yes");
	facts.filter.is_allow_list = true;
	assert_int_equal(facts_take_back(&facts, "SystemCallFilter=~semop\n"), 0);
	assert_string_equal(facts.filter.calls[1], "semop");
	manager_filter_done(&facts.filter);
}

static int list(const char *directive, void *data)
{
	struct text *found = data;

	text_add_format(found, "%s\n", directive);
	return 0;
}

/* All that another drop-in may override; and each does hold where the manager says so. */
static void tells_what_has_no_effect(void **state)
{
	static const char *const refused[] = {"shmget:kill", "shmat", NULL};
	static const char text[] = "# Written by ipcharden\n[Service]\n# why\n"
				   "SystemCallFilter=~shmget:kill shmat\nPrivateIPC=yes\n"
				   "RestrictSUIDSGID=yes\nUMask=0077\nLimitMSGQUEUE=65536\n"
				   "LimitMEMLOCK=1048576\nExecStopPost=-+/bin/ipcclean\n";
	struct unit_facts facts = plain();
	_cleanup_(text_done) struct text found = {0}, none = {0};

	(void)state;
	facts.umask = 022;
	facts.msgqueue = 65537;
	facts.memlock = LIMIT_INFINITY;
	assert_int_equal(in_force_each_not(text, &facts, list, &found), 0);
	assert_string_equal(found.bytes, "SystemCallFilter=~shmget\nSystemCallFilter=~shmat\n"
					 "PrivateIPC=yes\nRestrictSUIDSGID=yes\nUMask=0077\n"
					 "LimitMSGQUEUE=65536\nLimitMEMLOCK=1048576\n"
					 "ExecStopPost=-+/bin/ipcclean\n");
	facts.filter.calls = (char **)(uintptr_t)refused;
	facts.has_private_ipc = facts.restricts_suid = facts.cleans = true;
	facts.umask = 077;
	facts.msgqueue = 65536;
	facts.memlock = 4096;
	assert_int_equal(in_force_each_not(text, &facts, list, &none), 0);
	assert_null(none.bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_uses_nothing_gets_nothing),
		cmocka_unit_test(calls_that_were_seen_stay_with_their_upkeep),
		cmocka_unit_test(what_cannot_be_told_counts_as_made),
		cmocka_unit_test(refused_already_is_not_refused_again),
		cmocka_unit_test(a_namespace_of_its_own_only_where_nothing_is_shared_or_lost),
		cmocka_unit_test(umask_where_files_are_open_and_not_where_it_is_of_no_use),
		cmocka_unit_test(cleanup_where_something_was_left),
		cmocka_unit_test(suid_and_limits),
		cmocka_unit_test(no_filter_where_it_would_end_sudo),
		cmocka_unit_test(nothing_is_proposed_that_leaves_with_a_process),
		cmocka_unit_test(advises_on_what_is_one_units_alone),
		cmocka_unit_test(every_line_has_its_evidence_above),
		cmocka_unit_test(a_trial_can_kill_where_calls_would_fail_quietly),
		cmocka_unit_test(takes_back_what_is_in_place),
		cmocka_unit_test(tells_what_has_no_effect),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
