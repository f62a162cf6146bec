/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Records that are damaged, glued together, forged or short of something: what is made of them, and what is said. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cleanup.h"
#include "reader.h"
#include "text.h"

#define CONTEXTS "scontext=system_u:system_r:web_t:s0 tcontext=system_u:system_r:db_t:s0 "
#define RAW "msg=audit(1700000000.001:1)"
#define TEXT "msg=audit(13/11/2023 10:00:00.001:1) "

/* A row of a table: a log, and what is told of it in its order, denials and "!LINE" for errors. */
struct row {
	const char *log, *told;
};

static int on_denial(struct denial *denial, void *data)
{
	struct text *told = data;
	char key[KEY_TEXT_SIZE];

	text_add_format(told, "%s{%s}", denial->class, denial->perms);
	if (denial->key_source != KEY_NONE)
		text_add_format(told, " %s %s", key_format(denial->key, key),
				key_source_name(denial->key_source));
	if (denial->op[0])
		text_add_format(told, " %s", denial->op);
	if (denial->op_flags != DENIAL_UNKNOWN)
		text_add_format(told, " 0%" PRIo64, denial->op_flags);
	if (denial->id != DENIAL_UNKNOWN)
		text_add_format(told, " id %" PRId64, denial->id);
	text_add_char(told, ';');
	denial_done(denial);
	return 0;
}

static int on_error(const char *file, uint64_t line, const char *what, void *data)
{
	(void)file;
	assert_non_null(what);
	text_add_format(data, "!%" PRIu64 ";", line);
	return 0;
}

static void check(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		_cleanup_(text_done) struct text told = {0};
		struct reader_sink sink = {on_denial, on_error, &told};
		struct reader *reader;
		size_t length = strlen(rows[i].log), room;

		assert_int_equal(reader_new(&reader, &sink), 0);
		memcpy(reader_space(reader, &room), rows[i].log, length);
		assert_int_equal(reader_advance(reader, length), 0);
		assert_int_equal(reader_end(reader), 0);
		assert_int_equal(reader_flush(reader), 0);
		reader_free(reader);
		if (strcmp(told.bytes ?: "", rows[i].told))
			fail_msg("%s\ntold:   %s\nwanted: %s", rows[i].log, told.bytes ?: "",
				 rows[i].told);
	}
}

#define CHECK(rows) check(rows, sizeof(rows) / sizeof((rows)[0]))

#define SHMGET(key)                                                                        \
	"type=SYSCALL " TEXT ": arch=x86_64 syscall=shmget success=no exit=EACCES a0=" key \
	" a1=0x8 a2=0660 a3=0x0 items=0 pid=7 uid=root comm=x key=(null)\n"
#define AVC_TEXT(key)                                                                        \
	"type=AVC " TEXT ": avc:  denied  { unix_read } for  pid=7 comm=x " key " " CONTEXTS \
	"tclass=shm permissive=0\n"

static void a_doubtful_key_has_to_agree_with_the_call(void **state)
{
	static const struct row rows[] = {
		/* 313233 was taken for hex */
		{SHMGET("0x4c791") AVC_TEXT("key=123 "),
		 "shm{unix_read} 0x0004c791 syscall shmget 0660;"},
		{AVC_TEXT("key=123 ") SHMGET("0x4c791"),
		 "shm{unix_read} 0x0004c791 syscall shmget 0660;"},
		{SHMGET("0x7b") AVC_TEXT("key=123 "),
		 "shm{unix_read} 0x0000007b record shmget 0660;"},
		{AVC_TEXT("key=123 "), "shm{unix_read} 0x0000007b record;"},
		/* auparse leaves the newer name alone */
		{SHMGET("0x4c791") AVC_TEXT("ipc_key=123 "),
		 "shm{unix_read} 0x0000007b record shmget 0660;"},
		{SHMGET("0x62023eca") AVC_TEXT("key=\\026D1C\\024 "),
		 "shm{unix_read} 0x62023eca syscall shmget 0660;"},
	};

	(void)state;
	CHECK(rows);
}

static void a_key_past_32_bits_is_damaged(void **state)
{
	static const struct row rows[] = {
		{AVC_TEXT("key=2231631590 "), "!1;shm{unix_read};"},
		{SHMGET("0xd4d3317") AVC_TEXT("key=2231631590 "),
		 "shm{unix_read} 0x0d4d3317 syscall shmget 0660;"},
		{AVC_TEXT("ipc_key=2147483648 "), "!1;shm{unix_read};"},
		{AVC_TEXT("ipc_key=2147483647 "), "shm{unix_read} 0x7fffffff record;"},
	};

	(void)state;
	CHECK(rows);
}

static void a_key_that_the_call_tells_is_no_error(void **state)
{
	static const struct row rows[] = {
		{SHMGET("0x0") AVC_TEXT("key= "), "shm{unix_read} 0x00000000 syscall shmget 0660;"},
		{AVC_TEXT("key= ") SHMGET("0x0"), "shm{unix_read} 0x00000000 syscall shmget 0660;"},
		{AVC_TEXT("key= "), "!1;shm{unix_read};"},
	};

	(void)state;
	CHECK(rows);
}

static void the_name_that_stands_last_is_the_keys(void **state)
{
	static const struct row rows[] = {
		{AVC_TEXT("ipc_key=7 key=223163159 "), "shm{unix_read} 0x0d4d3317 record;"},
		{AVC_TEXT("key=7 ipc_key=223163159 "), "shm{unix_read} 0x0d4d3317 record;"},
	};

	(void)state;
	CHECK(rows);
}

#define AVC_BEGIN(key) \
	"type=AVC " RAW ": avc:  denied  { unix_read } for  pid=7 comm=\"x\" ipc_key=" key "  "
#define AVC(key, class) AVC_BEGIN(key) CONTEXTS "tclass=" class " permissive=0\n"

static void a_torn_record_has_the_next_one_in_its_line(void **state)
{
	static const struct row rows[] = {
		{AVC_BEGIN("5") "scontext=system_u:system_r:web_t:s0 " AVC("6", "msgq"),
		 "!1;msgq{unix_read} 0x00000006 record;"},
		{"type=AVC " RAW ": av" AVC("6", "msgq") AVC("7", "sem"),
		 "!1;msgq{unix_read} 0x00000006 record;sem{unix_read} 0x00000007 record;"},
		{AVC_BEGIN("4") AVC_BEGIN("5") CONTEXTS AVC("6", "sem"),
		 "!1;!1;sem{unix_read} 0x00000006 record;"},
		{"[ 1.2] type=1400 audit(1.1:1): avc:  den[ 1.3] type=1400 audit(1.1:2): avc:  "
		 "denied "
		 " { read } for  pid=1 ipc_key=8  " CONTEXTS "tclass=sem\n",
		 "!1;sem{read} 0x00000008 record;"},
		/* the newline alone is missing */
		{AVC_BEGIN("5") CONTEXTS "tclass=sem" AVC("6", "msgq"),
		 "sem{unix_read} 0x00000005 record;msgq{unix_read} 0x00000006 record;"},
		{AVC_BEGIN("5") CONTEXTS
		 "tclass=sem"
		 "type=SYSCALL " RAW ": arch=c000003e syscall=65 success=no a0=9 a1=0 a2=1 a3=0\n",
		 "sem{unix_read} 0x00000005 record semop id 9;"},
		/* ausearch -i and programs print anybody's text */
		{AVC_TEXT("path=/a type=AVC " RAW ": avc:  denied  { destroy } for ipc_key=5 "),
		 "shm{unix_read} 0x00000005 record;"},
		{"type=USER_AVC " RAW
		 ": pid=1 msg='avc:  denied  { start } for  cmdline=\"type=AVC " RAW
		 ": avc:  denied  { read } for ipc_key=5  " CONTEXTS "tclass=shm \" " CONTEXTS
		 "tclass=service'\n",
		 ""},
	};

	(void)state;
	CHECK(rows);
}

static void any_record_ends_the_one_before(void **state)
{
	static const struct row rows[] = {
		{AVC_BEGIN("5") "scontext=a:b:c_t:s0\n"
				"type=SELINUX_ERR " RAW ": op=x " CONTEXTS
				"tclass=sem perms=read\n",
		 "!1;"},
		{AVC_BEGIN("5") "scontext=a:b:c_t:s0\n"
				"[ 1.2] audit(1.1:2): op=x " CONTEXTS "tclass=sem perms=read\n",
		 "!1;"},
		/* of a wrapped record */
		{AVC_BEGIN("5") "scontext=a:b:c_t:s0\ntcontext=a:b:d_t:s0 tclass=sem\n",
		 "sem{unix_read} 0x00000005 record;"},
	};

	(void)state;
	CHECK(rows);
}

static void a_class_without_its_end_is_none(void **state)
{
	static const struct row rows[] = {
		{AVC_BEGIN("5") CONTEXTS "tclass=ms", "!1;"},
		{AVC_BEGIN("5") CONTEXTS "tclass=se\ntype=CWD " RAW ": cwd=\"/\"\n", "!1;"},
		{AVC_BEGIN("5") CONTEXTS "tclass=msg", "!1;"},
		{AVC_BEGIN("5") CONTEXTS "tclass=", "!1;"},
		{AVC_BEGIN("5") CONTEXTS "tclass=sem", "sem{unix_read} 0x00000005 record;"},
		{AVC_BEGIN("5") CONTEXTS "tclass=process", ""},
		{AVC_BEGIN("5") CONTEXTS "tclass=fd", ""},
		{"type=AVC " RAW ": avc:  denied  { send } for  pid=7 " CONTEXTS "tclass=msg",
		 "msg{send};"},
	};

	(void)state;
	CHECK(rows);
}

#define FORGED                                                                         \
	"avc:  denied  { destroy } for pid=1 comm=x ipc_key=9 " CONTEXTS "tclass=shm " \
	"permissive=0\n"

static void what_a_record_is_stands_in_front(void **state)
{
	static const struct row rows[] = {
		{"type=PROCTITLE " TEXT ": proctitle=x " FORGED, ""},
		{"node=h type=PROCTITLE " TEXT ": proctitle=x " FORGED, ""},
		{"Jan 27 18:16:51 h audispd: node=h type=PROCTITLE " TEXT ": proctitle=x " FORGED,
		 ""},
		{"node=h type=AVC " TEXT ": " FORGED, "shm{destroy} 0x00000009 record;"},
		{"Jan 27 18:16:51 h audit[7]: AVC " FORGED, "shm{destroy} 0x00000009 record;"},
		{"node=h type=SYSCALL " RAW
		 ": arch=c000003e syscall=68 success=no exit=-13 a0=6 a1=0 "
		 "a2=0 a3=0 items=0 pid=7 comm=\"avc:\" key=(null)\nnode=h " AVC("6", "msgq"),
		 "msgq{unix_read} 0x00000006 record msgget 00;"},
	};

	(void)state;
	CHECK(rows);
}

#define CALL_TEXT(call, arguments)                                                              \
	"type=SYSCALL " TEXT ": arch=x86_64 syscall=" call " success=no exit=EACCES " arguments \
	" a3=0x0 items=0 pid=7 uid=root comm=x key=(null)\n" AVC_TEXT("ipc_key=7 ")

static void flags_may_be_words(void **state)
{
	static const struct row rows[] = {
		{CALL_TEXT("shmat", "a0=0x5 a1=0x0 a2=SHM_RDONLY"),
		 "shm{unix_read} 0x00000007 record shmat 010000 id 5;"},
		{CALL_TEXT("shmget", "a0=0x7 a1=0x1 a2=IPC_CREAT|IPC_EXCL|0640"),
		 "shm{unix_read} 0x00000007 record shmget 03640;"},
		{CALL_TEXT("shmget", "a0=0x7 a1=0x1 a2=0x1b0"),
		 "shm{unix_read} 0x00000007 record shmget 0660;"},
		{CALL_TEXT("shmat", "a0=0x5 a1=0x0 a2=SHM_RDONLY|SHM_OTHER"),
		 "shm{unix_read} 0x00000007 record shmat id 5;"},
		{CALL_TEXT("shmat", "a0=0x5 a1=0x0 a2="),
		 "shm{unix_read} 0x00000007 record shmat id 5;"},
		{CALL_TEXT("shmctl", "a0=0x5 a1=IPC_RMID a2=0x0"),
		 "shm{unix_read} 0x00000007 record shmctl:IPC_RMID id 5;"},
	};

	(void)state;
	CHECK(rows);
}

#define LAUREL(key)                                                                       \
	"{\"ID\":\"1700000000.001:1\",\"AVC\":[{\"denied\":[\"unix_read\"],\"pid\":7,"    \
	"\"comm\":\"x\"," key ",\"scontext\":\"a:b:c_t:s0\",\"tcontext\":\"a:b:d_t:s0\"," \
	"\"tclass\":\"sem\",\"permissive\":0}]}\n"

static void a_number_of_json_was_not_taken_for_hex(void **state)
{
	static const struct row rows[] = {
		{LAUREL("\"ipc_key\":2577"), "sem{unix_read} 0x00000a11 record;"},
		{LAUREL("\"key\":2577"), "sem{unix_read} 0x00000a11 record;"},
		{LAUREL("\"ipc_key\":-1093557504"), "sem{unix_read} 0xbed1a300 record;"},
		{LAUREL("\"ipc_key\":4000000000"), "!1;sem{unix_read};"},
		{LAUREL("\"ipc_key\":\"2577\""), "sem{unix_read} 0x01edadc9 repaired;"},
		{LAUREL("\"ipc_key\":\"%25w\""), "sem{unix_read} 0x00000a11 repaired;"},
	};

	(void)state;
	CHECK(rows);
}

#define CALL_ON(arch, number, arguments)                                                        \
	"type=SYSCALL " RAW ": arch=" arch " syscall=" number " success=no exit=-13 " arguments \
	" items=0 pid=7 comm=\"x\" key=(null)\n" AVC("3", "shm")

static void machines_have_numbers_of_their_own(void **state)
{
	static const struct row rows[] = {
		{CALL_ON("40000028", "305", "a0=5 a1=0 a2=1000 a3=0"),
		 "shm{unix_read} 0x00000003 record shmat 010000 id 5;"},
		{CALL_ON("40000028", "307", "a0=3 a1=1 a2=1b0 a3=0"),
		 "shm{unix_read} 0x00000003 record shmget 0660;"},
		{CALL_ON("16", "117", "a0=18 a1=5 a2=100 a3=0"),
		 "shm{unix_read} 0x00000003 record shmctl:IPC_RMID id 5;"},
		{CALL_ON("16", "397", "a0=5 a1=0 a2=0 a3=0"),
		 "shm{unix_read} 0x00000003 record shmat 00 id 5;"},
		{CALL_ON("c00000f3", "196", "a0=5 a1=0 a2=0 a3=0"),
		 "shm{unix_read} 0x00000003 record shmat 00 id 5;"},
		/* shmat of x86-64 is another call here, and nobody knows this machine */
		{CALL_ON("c00000f3", "30", "a0=5 a1=0 a2=0 a3=0"),
		 "shm{unix_read} 0x00000003 record;"},
		{CALL_ON("c00000ff", "196", "a0=5 a1=0 a2=0 a3=0"),
		 "shm{unix_read} 0x00000003 record;"},
	};

	(void)state;
	CHECK(rows);
}

static void permissions_need_no_blanks_around(void **state)
{
	static const struct row rows[] = {
		{"avc: denied {ipc_info} for pid=7 " CONTEXTS "tclass=system\n",
		 "system{ipc_info};"},
		{"avc: denied { ipc_info } for pid=7 " CONTEXTS "tclass=system\n",
		 "system{ipc_info};"},
		{"avc: denied {ipc_owner} for pid=7 " CONTEXTS "tclass=capability\n",
		 "capability{ipc_owner};"},
		{"avc: denied {ipc_lock} for pid=7 " CONTEXTS "tclass=capability\n", ""},
		{"avc: denied { module_ipc_info } for pid=7 " CONTEXTS "tclass=system\n", ""},
		{"avc: denied { ipc_information } for pid=7 " CONTEXTS "tclass=system\n", ""},
	};

	(void)state;
	CHECK(rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_doubtful_key_has_to_agree_with_the_call),
		cmocka_unit_test(a_key_past_32_bits_is_damaged),
		cmocka_unit_test(a_key_that_the_call_tells_is_no_error),
		cmocka_unit_test(the_name_that_stands_last_is_the_keys),
		cmocka_unit_test(a_torn_record_has_the_next_one_in_its_line),
		cmocka_unit_test(any_record_ends_the_one_before),
		cmocka_unit_test(a_class_without_its_end_is_none),
		cmocka_unit_test(what_a_record_is_stands_in_front),
		cmocka_unit_test(flags_may_be_words),
		cmocka_unit_test(a_number_of_json_was_not_taken_for_hex),
		cmocka_unit_test(machines_have_numbers_of_their_own),
		cmocka_unit_test(permissions_need_no_blanks_around),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
