/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Every form of a record and every trap of tests/avc/records.log gives the row of records.tsv; the same
 * records in another order, with other line ends, cut off or beside rubbish lose none of the good ones.
 * AVC_SHARED=DIRECTORY names a collection of real records (records.log, records.tsv) to be read as well.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "cleanup.h"
#include "reader.h"
#include "text.h"

#define RECORDS "tests/avc/records.log"
#define ROWS "tests/avc/records.tsv"

struct found {
	struct text rows; /* one line a denial */
	size_t denials, errors;
	uint64_t error_line; /* of the last */
	bool has_lines;	     /* whether rows begin with the line's number */
};

static void add_part(struct text *row, const char *part)
{
	text_add_char(row, '\t');
	text_add(row, part ? part : "-");
}

static void add_number(struct text *row, int64_t number)
{
	if (number == DENIAL_UNKNOWN)
		add_part(row, NULL);
	else
		text_add_format(row, "\t%" PRId64, number);
}

static void add_type(struct text *row, const char *context)
{
	struct span type = context_type(context);

	text_add_format(row, "\t%.*s", (int)type.length, type.at);
}

static int on_denial(struct denial *denial, void *data)
{
	struct found *found = data;
	struct text *row = &found->rows;
	bool is_epoch = denial->event && !strncmp(denial->event, "17", 2);
	char key[KEY_TEXT_SIZE];

	if (found->has_lines)
		text_add_format(row, "%" PRIu64, denial->line);
	add_part(row, denial->event);
	/* an interpreted date is local time: tested apart */
	add_number(row, is_epoch && denial->time ? denial->time : DENIAL_UNKNOWN);
	add_part(row, denial->class);
	add_part(row, denial->perms);
	add_part(row, denial->key_source == KEY_NONE ? NULL : key_format(denial->key, key));
	add_part(row, key_source_name(denial->key_source));
	add_part(row, denial->has_kind ? kind_name(denial->kind) : NULL);
	add_part(row, denial_about_name(denial->about));
	add_part(row, denial->name);
	add_number(row, denial->id);
	add_part(row, denial->op[0] ? denial->op : NULL);
	add_number(row, denial->pid);
	add_part(row, denial->comm);
	add_type(row, denial->scontext);
	add_type(row, denial->tcontext);
	add_number(row, denial->permissive);
	text_add_char(row, '\n');
	found->denials++;
	denial_done(denial);
	return 0;
}

static int on_error(const char *file, uint64_t line, const char *what, void *data)
{
	struct found *found = data;

	(void)file;
	assert_non_null(what);
	found->errors++;
	found->error_line = line;
	return 0;
}

static void read_text(const char *text, size_t size, struct found *found)
{
	struct reader_sink sink = {on_denial, on_error, found};
	struct reader *reader;

	assert_int_equal(reader_new(&reader, &sink), 0);
	while (size) {
		size_t part;
		char *space = reader_space(reader, &part);

		part = part < size ? part : size;
		memcpy(space, text, part);
		assert_int_equal(reader_advance(reader, part), 0);
		text += part;
		size -= part;
	}
	assert_int_equal(reader_end(reader), 0);
	assert_int_equal(reader_flush(reader), 0);
	reader_free(reader);
}

static void found_done(struct found *found)
{
	text_done(&found->rows);
}

static char *load(const char *file, size_t *size)
{
	_cleanup_fclose_ FILE *f = fopen(file, "re");
	char *text;

	if (!f)
		return NULL;
	text = malloc(1 << 20);
	assert_non_null(text);
	*size = fread(text, 1, (1 << 20) - 1, f);
	text[*size] = '\0';
	return text;
}

static char *must_load(const char *file, size_t *size)
{
	char *text = load(file, size);

	if (!text)
		fail_msg("%s: run the tests in the project's folder", file);
	return text;
}

/* The expected rows, behind the line of column names. */
static const char *expected_rows(const char *tsv)
{
	return strchr(tsv, '\n') + 1;
}

static void each_record_has_its_row(void **state)
{
	size_t size;
	_cleanup_free_ char *log = must_load(RECORDS, &size), *rows = must_load(ROWS, &(size_t){0});
	_cleanup_(found_done) struct found found = {.has_lines = true};

	(void)state;
	read_text(log, size, &found);
	assert_true(found.denials >= 60);
	assert_string_equal(found.rows.bytes, expected_rows(rows));
	/* two keys that are no numbers, a record cut off, JSON cut off */
	assert_int_equal(found.errors, 4);
}

static void carriage_returns_change_nothing(void **state)
{
	size_t size, used = 0;
	_cleanup_free_ char *log = must_load(RECORDS, &size), *rows = must_load(ROWS, &(size_t){0});
	_cleanup_free_ char *crlf = malloc(2 * size);
	_cleanup_(found_done) struct found found = {.has_lines = true};

	(void)state;
	for (size_t i = 0; i < size; i++) {
		if (log[i] == '\n')
			crlf[used++] = '\r';
		crlf[used++] = log[i];
	}
	read_text(crlf, used, &found);
	assert_string_equal(found.rows.bytes, expected_rows(rows));
}

static size_t split(char *text, char **lines, size_t max)
{
	size_t count = 0;

	for (char *line; count < max && (line = strsep(&text, "\n"));)
		if (*line)
			lines[count++] = line;
	return count;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

#define LINES_MAX 400

/* The rows without line numbers, sorted. */
static void assert_same_rows(char *one, char *other)
{
	char *a[LINES_MAX], *b[LINES_MAX];
	size_t count = split(one, a, LINES_MAX);

	assert_int_equal(count, split(other, b, LINES_MAX));
	qsort(a, count, sizeof(a[0]), by_text);
	qsort(b, count, sizeof(b[0]), by_text);
	for (size_t i = 0; i < count; i++)
		assert_string_equal(a[i], b[i]);
}

/* A record that is more than one line can't be told in any order. */
static bool is_part_of_another(const char *line)
{
	return !strncmp(line, "key=11", 6) || !strncmp(line, "system_r:", 9) ||
	       strstr(line, "1700000015.003") || strstr(line, "1700000016.002");
}

static void any_order_gives_the_same(void **state)
{
	size_t size, count;
	_cleanup_free_ char *log = must_load(RECORDS, &size);
	_cleanup_(found_done) struct found plain = {0};
	char *lines[LINES_MAX];
	_cleanup_(text_done) struct text straight = {0};

	(void)state;
	count = split(log, lines, LINES_MAX);
	for (size_t i = 0; i < count; i++)
		if (is_part_of_another(lines[i]))
			lines[i--] = lines[--count];
	for (size_t i = 0; i < count; i++)
		text_add_format(&straight, "%s\n", lines[i]);
	read_text(straight.bytes, straight.length, &plain);
	srand(7);
	for (int round = 0; round < 50; round++) {
		_cleanup_(found_done) struct found found = {0};
		_cleanup_(text_done) struct text shuffled = {0};
		_cleanup_free_ char *wanted = strdup(plain.rows.bytes);

		for (size_t i = count - 1; i > 0; i--) {
			size_t other = (size_t)rand() % (i + 1);
			char *line = lines[i];

			lines[i] = lines[other];
			lines[other] = line;
		}
		for (size_t i = 0; i < count; i++)
			text_add_format(&shuffled, "%s\n", lines[i]);
		read_text(shuffled.bytes, shuffled.length, &found);
		assert_same_rows(found.rows.bytes, wanted);
	}
}

static const char good[] =
	"type=AVC msg=audit(1800000000.001:1): avc:  denied  { read } for  pid=1 comm=\"good\" "
	"ipc_key=1  scontext=a:b:c_t:s0 tcontext=a:b:d_t:s0 tclass=sem permissive=0\n";

/* Whatever stands before and behind it, the good record is found. */
static void assert_good_survives(const char *before, size_t length)
{
	_cleanup_(found_done) struct found found = {0};
	_cleanup_free_ char *text = malloc(length + 2 * sizeof(good));
	size_t used = sizeof(good) - 1;
	const char *row, *next;

	memcpy(text, good, used);
	memcpy(text + used, before, length);
	used += length;
	text[used++] = '\n';
	memcpy(text + used, good, sizeof(good) - 1);
	read_text(text, used + sizeof(good) - 1, &found);
	row = strstr(found.rows.bytes, "\tgood\t");
	next = row ? strstr(row + 1, "\tgood\t") : NULL;
	if (!next)
		fail_msg("a good record was lost beside: %.*s", (int)length, before);
}

static void a_record_cut_off_anywhere_harms_no_other(void **state)
{
	size_t size, count;
	_cleanup_free_ char *log = must_load(RECORDS, &size);
	char *lines[LINES_MAX];

	(void)state;
	count = split(log, lines, LINES_MAX);
	for (size_t i = 0; i < count; i++)
		for (size_t length = 0; length < strlen(lines[i]); length++)
			assert_good_survives(lines[i], length);
}

static void rubbish_harms_no_record(void **state)
{
	static const char nuls[] =
		"type=AVC msg=audit(1.1:1): avc:  denied  { \0read } for \0 pid=\0";
	static const char bytes[] =
		"type=AVC msg=audit(\xff\xfe): avc:  denied  { \xc3 } for  comm="
		"\x80\x81 key=\xff  scontext=\xff tcontext=\xfe tclass=sem";
	size_t length = 10u << 20;
	_cleanup_free_ char *line = malloc(length);

	(void)state;
	assert_good_survives(nuls, sizeof(nuls) - 1);
	assert_good_survives(bytes, sizeof(bytes) - 1);
	memset(line, 'x', length);
	memcpy(line, good, sizeof(good) - 2);
	assert_good_survives(line, length);
}

static void a_line_too_long_is_told_with_its_number(void **state)
{
	size_t length = 1u << 20;
	_cleanup_free_ char *line = malloc(length);
	_cleanup_(found_done) struct found found = {0};

	(void)state;
	memset(line, 'x', length);
	line[0] = '\n';
	line[length - 1] = '\n';
	read_text(line, length, &found);
	assert_int_equal(found.errors, 1);
	assert_int_equal(found.error_line, 2);
}

/* The good record with so many bytes of categories, in line 2. */
static void read_with_categories(size_t length, struct found *found)
{
	_cleanup_free_ char *text = malloc(length + sizeof(good) + 1);
	const char *target = strstr(good, " tcontext");
	size_t before = (size_t)(target - good);

	text[0] = '\n';
	memcpy(text + 1, good, before);
	memset(text + 1 + before, 'c', length);
	text[1 + before] = ':';
	strcpy(text + 1 + before + length, target);
	read_text(text, length + sizeof(good), found);
}

static void a_record_too_long_is_told_with_its_number(void **state)
{
	_cleanup_(found_done) struct found most = {0}, more = {0};

	(void)state;
	read_with_categories(15u << 10, &most);
	assert_int_equal(most.denials, 1);
	assert_int_equal(most.errors, 0);
	read_with_categories(16u << 10, &more);
	assert_int_equal(more.denials, 0);
	assert_int_equal(more.errors, 1);
	assert_int_equal(more.error_line, 2);
}

/* A row of the collection: columns of AVC.md, of which those are compared that mean the same here. */
static void check_shared_row(char *row, const char *rows)
{
	char *columns[16], *at = row;
	size_t count = 0;
	_cleanup_free_ char *begin = NULL;

	for (char *column; count < 16 && (column = strsep(&at, "\t"));)
		columns[count++] = column;
	assert_int_equal(count, 14);
	assert_true(asprintf(&begin, "\n%s\t%s\t", columns[0], columns[1]) > 0);
	if (!strcmp(columns[5], "none") || !strcmp(columns[5], "memfd") ||
	    !strcmp(columns[5], "hugetlb") || strcmp(columns[13], "denied")) {
		assert_null(strstr(rows, begin));
		return;
	}
	at = strstr(rows, begin);
	if (!at)
		fail_msg("no denial of line %s", columns[0]);
	{
		_cleanup_free_ char *found = strndup(at + 1, strcspn(at + 1, "\n"));
		char *parts[20], *rest = found;

		count = 0;
		for (char *part; count < 20 && (part = strsep(&rest, "\t"));)
			parts[count++] = part;
		assert_int_equal(count, 17);
		assert_string_equal(parts[3], columns[2]);
		assert_string_equal(parts[4], columns[3]);
		assert_string_equal(parts[5], strcmp(columns[4], "?") ? columns[4] : "-");
		assert_string_equal(parts[13], columns[10]);
		assert_string_equal(parts[14], columns[6]);
		assert_string_equal(parts[15], columns[7]);
		assert_string_equal(parts[16], columns[8]);
		if (strcmp(columns[11], "-"))
			assert_string_equal(parts[10], columns[11]);
		if (strcmp(columns[12], "-"))
			assert_string_equal(parts[11], columns[12]);
	}
}

static void check_real_records(const char *log_name, const char *tsv_name)
{
	_cleanup_(found_done) struct found found = {.has_lines = true};
	size_t size;
	_cleanup_free_ char *log = load(log_name, &size), *tsv = load(tsv_name, &(size_t){0});
	char *rest = tsv;

	assert_non_null(log);
	assert_non_null(tsv);
	text_add_char(&found.rows, '\n');
	read_text(log, size, &found);
	strsep(&rest, "\n");
	for (char *row; (row = strsep(&rest, "\n"));)
		if (*row)
			check_shared_row(row, found.rows.bytes);
}

/* Only where the collection is beside the project; nothing is held yet when cmocka leaves by a jump. */
static void real_records_have_their_rows(void **state)
{
	const char *directory = getenv("AVC_SHARED") ?: "../shared/avc";
	char log_name[PATH_MAX], tsv_name[PATH_MAX];

	(void)state;
	snprintf(log_name, sizeof(log_name), "%s/records.log", directory);
	snprintf(tsv_name, sizeof(tsv_name), "%s/records.tsv", directory);
	if (access(log_name, R_OK) < 0 || access(tsv_name, R_OK) < 0)
		skip();
	check_real_records(log_name, tsv_name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_record_has_its_row),
		cmocka_unit_test(carriage_returns_change_nothing),
		cmocka_unit_test(any_order_gives_the_same),
		cmocka_unit_test(a_record_cut_off_anywhere_harms_no_other),
		cmocka_unit_test(rubbish_harms_no_record),
		cmocka_unit_test(a_line_too_long_is_told_with_its_number),
		cmocka_unit_test(a_record_too_long_is_told_with_its_number),
		cmocka_unit_test(real_records_have_their_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
