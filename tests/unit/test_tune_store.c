/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The database of samples: what goes in comes out; what gets old goes, and no maximum with it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <errno.h>
#include <inttypes.h>
#include <sqlite3.h>

#include "cleanup.h"
#include "store.h"
#include "tree.h"
#include "tune_series.h"

#define HOUR INT64_C(3600)
#define DAY INT64_C(86400)
/* an edge of an hour and of a day */
#define BEGIN (20000 * DAY)

static struct store *open_store(const struct tree *tree, enum store_mode mode)
{
	_cleanup_(parse_error_done) struct parse_error error = {0};
	char path[TREE_PATH_SIZE];
	struct store *store = NULL;
	int r = store_open(&store, tree_path(tree, "ipctune.db", path), mode, &error);

	if (r < 0)
		print_message("# %s\n", error.what ? error.what : strerror(-r));
	assert_int_equal(r, 0);
	return store;
}

static void add(struct store *store, const char *place, const struct sample *sample)
{
	_cleanup_(parse_error_done) struct parse_error error = {0};
	int r = store_add(store, place, sample, &error);

	if (r < 0)
		print_message("# %s\n", error.what ? error.what : strerror(-r));
	assert_int_equal(r, 0);
}

static struct sample sample_at(int64_t time)
{
	struct sample sample;

	sample_init(&sample);
	sample.time = time;
	return sample;
}

static void add_figure(struct store *store, int64_t time, enum figure_id id, uint64_t value)
{
	struct sample sample = sample_at(time);

	sample.figures[id] = value;
	add(store, "host", &sample);
}

static void add_empty(struct store *store, int64_t time)
{
	add_figure(store, time, FIGURE_DEV_SHM_FILES, 0);
}

static struct samples read_all(struct store *store, const char *place, uint64_t **weights)
{
	_cleanup_(parse_error_done) struct parse_error error = {0};
	struct samples samples = {0};
	int r = store_read(store, place, 0, &samples, weights, &error);

	if (r < 0)
		print_message("# %s\n", error.what ? error.what : strerror(-r));
	assert_int_equal(r, 0);
	return samples;
}

/* The times of a place's samples since BEGIN, as text. */
static const char *times(struct store *store, char text[256])
{
	struct samples samples = read_all(store, "host", NULL);
	size_t length = 0;

	text[0] = '\0';
	for (size_t i = 0; i < samples.count && length < 200; i++)
		length += (size_t)snprintf(text + length, 256 - length, "%s%jd", i ? " " : "",
					   (intmax_t)(samples.list[i].time - BEGIN));
	samples_done(&samples);
	return text;
}

/* A number by a statement of the test's own. */
static int64_t ask(const struct tree *tree, const char *sql)
{
	char path[TREE_PATH_SIZE];
	sqlite3_stmt *statement;
	int64_t number;
	sqlite3 *db;

	assert_int_equal(sqlite3_open(tree_path(tree, "ipctune.db", path), &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
	number = sqlite3_step(statement) == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
	assert_int_equal(sqlite3_finalize(statement), SQLITE_OK);
	sqlite3_close(db);
	return number;
}

static void what_goes_in_comes_out(void **state)
{
	struct store *store = open_store(*state, STORE_WRITE);
	struct sample sample = sample_at(BEGIN);
	struct samples back;
	uint64_t *weights;

	sample.figures[FIGURE_SHM_SEGMENTS] = 0;
	sample.figures[FIGURE_SHM_BYTES] = UINT64_C(1) << 53 | 1;
	sample.figures[FIGURE_SHM_LARGEST] = INT64_MAX;
	sample.failed_hugepages = 7;
	sample.huge[0] = (struct sample_huge){2 << 20, 5, OBJECT_UNKNOWN};
	sample.huge[1] = (struct sample_huge){1 << 30, 0, 0};
	sample.huge_count = 2;
	add(store, "host", &sample);
	back = read_all(store, "host", &weights);
	assert_int_equal(back.count, 1);
	assert_int_equal(back.list[0].time, BEGIN);
	assert_int_equal(weights[0], 60);
	assert_memory_equal(back.list[0].figures, sample.figures, sizeof(sample.figures));
	assert_true(back.list[0].figures[FIGURE_SEM_SETS] == OBJECT_UNKNOWN);
	assert_int_equal(back.list[0].failed_hugepages, 7);
	/* the size of which there is nothing takes no room */
	assert_int_equal(back.list[0].huge_count, 1);
	assert_memory_equal(&back.list[0].huge[0], &sample.huge[0], sizeof(sample.huge[0]));
	samples_done(&back);
	free(weights);
	store_close(store);
}

static void a_figure_past_2_63_stays_there(void **state)
{
	struct store *store = open_store(*state, STORE_WRITE);
	struct samples back;

	add_figure(store, BEGIN, FIGURE_SHM_BYTES, UINT64_MAX - 1);
	back = read_all(store, "host", NULL);
	assert_true(back.list[0].figures[FIGURE_SHM_BYTES] == INT64_MAX);
	samples_done(&back);
	store_close(store);
}

static void places_are_apart(void **state)
{
	struct store *store = open_store(*state, STORE_WRITE);
	struct sample sample = sample_at(BEGIN);
	struct samples back;

	add(store, "host", &sample);
	sample.figures[FIGURE_SEM_SETS] = 3;
	add(store, "container one", &sample);
	back = read_all(store, "host", NULL);
	assert_int_equal(back.count, 1);
	assert_true(back.list[0].figures[FIGURE_SEM_SETS] == OBJECT_UNKNOWN);
	samples_done(&back);
	back = read_all(store, "container one", NULL);
	assert_int_equal(back.list[0].figures[FIGURE_SEM_SETS], 3);
	samples_done(&back);
	back = read_all(store, "another", NULL);
	assert_int_equal(back.count, 0);
	samples_done(&back);
	store_close(store);
}

static void of_one_second_each_higher_value_stays(void **state)
{
	struct store *store = open_store(*state, STORE_WRITE);
	struct sample one = sample_at(BEGIN), two = sample_at(BEGIN);
	struct samples back;

	one.figures[FIGURE_SEM_SETS] = 5;
	one.figures[FIGURE_MSG_QUEUES] = 1;
	one.huge[0] = (struct sample_huge){2 << 20, 5, 1};
	one.huge_count = 1;
	two.figures[FIGURE_SEM_SETS] = 4;
	two.figures[FIGURE_MSG_QUEUES] = 2;
	two.figures[FIGURE_MQ_QUEUES] = 0;
	two.huge[0] = (struct sample_huge){1 << 30, 3, 0};
	two.huge[1] = (struct sample_huge){2 << 20, 4, 2};
	two.huge_count = 2;
	add(store, "host", &one);
	add(store, "host", &two);
	back = read_all(store, "host", NULL);
	assert_int_equal(back.count, 1);
	assert_int_equal(back.list[0].figures[FIGURE_SEM_SETS], 5);
	assert_int_equal(back.list[0].figures[FIGURE_MSG_QUEUES], 2);
	assert_int_equal(back.list[0].figures[FIGURE_MQ_QUEUES], 0);
	assert_int_equal(back.list[0].huge_count, 2);
	assert_int_equal(series_huge(&back.list[0], 2 << 20, 0), 5);
	assert_int_equal(series_huge(&back.list[0], 2 << 20, 1), 2);
	assert_int_equal(series_huge(&back.list[0], 1 << 30, 0), 3);
	samples_done(&back);
	store_close(store);
}

static void a_sample_stands_for_the_time_since_the_last(void **state)
{
	/* alone; a minute later; ten; a pause */
	static const int64_t at[] = {0, 60, 660, 1261};
	static const uint64_t expected[] = {60, 60, 600, 60};
	struct store *store = open_store(*state, STORE_WRITE);
	struct samples back;
	uint64_t *weights;

	for (size_t i = 0; i < 4; i++)
		add_empty(store, BEGIN + at[i]);
	back = read_all(store, "host", &weights);
	assert_int_equal(back.count, 4);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(weights[i], expected[i]);
	samples_done(&back);
	free(weights);
	store_close(store);
}

/*
 * Two samples stand in one bucket, at its beginning and at its last second, the first one higher. A third
 * comes at a time: was the bucket thinned?
 */
static void a_bucket_is_thinned_once_all_of_it_is_old(void **state)
{
	static const struct {
		int64_t bucket, age;
	} rules[] = {{HOUR, 7 * DAY}, {DAY, 60 * DAY}};

	for (size_t i = 0; i < 2; i++)
		for (int64_t before = 0; before < 2; before++) {
			struct tree *tree = *state;
			struct store *store;
			struct samples back;
			char path[TREE_PATH_SIZE];

			unlink(tree_path(tree, "ipctune.db", path));
			unlink(tree_path(tree, "ipctune.db-wal", path));
			store = open_store(tree, STORE_WRITE);
			add_figure(store, BEGIN, FIGURE_SEM_SETS, 2);
			add_figure(store, BEGIN + rules[i].bucket - 1, FIGURE_SEM_SETS, 1);
			add_empty(store, BEGIN + rules[i].bucket + rules[i].age - before);
			back = read_all(store, "host", NULL);
			print_message("# %jd s, %jd before\n", (intmax_t)rules[i].bucket,
				      (intmax_t)before);
			assert_int_equal(back.count, before ? 3 : 2);
			assert_int_equal(back.list[0].figures[FIGURE_SEM_SETS], 2);
			samples_done(&back);
			store_close(store);
		}
}

static void buckets_are_not_mixed(void **state)
{
	struct store *store = open_store(*state, STORE_WRITE);
	char text[256];

	add_figure(store, BEGIN + HOUR - 2, FIGURE_SEM_SETS, 9);
	add_figure(store, BEGIN + HOUR - 1, FIGURE_SEM_SETS, 1);
	add_figure(store, BEGIN + HOUR, FIGURE_SEM_SETS, 1);
	add_figure(store, BEGIN + HOUR + 1, FIGURE_SEM_SETS, 2);
	add_empty(store, BEGIN + 2 * HOUR + 7 * DAY);
	assert_string_equal(times(store, text), "3598 3601 612000");
	store_close(store);
}

static void the_first_of_the_highest_stays_for_each_figure(void **state)
{
	struct store *store = open_store(*state, STORE_WRITE);
	char text[256];

	/* sets reach 5 first at 120, messages 7 at 240; nobody needs the others */
	for (int64_t i = 0; i < 6; i++) {
		struct sample sample = sample_at(BEGIN + 60 * i);

		sample.figures[FIGURE_SEM_SETS] = i >= 2 ? 5 : 4;
		sample.figures[FIGURE_MSG_QUEUES] = i == 4 ? 7 : OBJECT_UNKNOWN;
		add(store, "host", &sample);
	}
	add_empty(store, BEGIN + HOUR + 7 * DAY);
	assert_string_equal(times(store, text), "120 240 608400");
	store_close(store);
}

static void a_zero_is_not_unknown(void **state)
{
	struct store *store = open_store(*state, STORE_WRITE);
	struct samples back;

	add_figure(store, BEGIN, FIGURE_SEM_SETS, 1);
	add_figure(store, BEGIN + 1, FIGURE_MSG_QUEUES, 0);
	add_figure(store, BEGIN + 2, FIGURE_MSG_QUEUES, 0);
	add_empty(store, BEGIN + HOUR + 7 * DAY);
	back = read_all(store, "host", NULL);
	assert_int_equal(back.count, 3);
	assert_int_equal(back.list[1].figures[FIGURE_MSG_QUEUES], 0);
	assert_true(back.list[1].figures[FIGURE_SEM_SETS] == OBJECT_UNKNOWN);
	samples_done(&back);
	store_close(store);
}

static void of_samples_without_figures_the_first_stays(void **state)
{
	struct store *store = open_store(*state, STORE_WRITE);
	struct sample sample;
	char text[256];

	for (int64_t i = 3; i < 6; i++) {
		sample = sample_at(BEGIN + i);
		add(store, "host", &sample);
	}
	add_empty(store, BEGIN + HOUR + 7 * DAY);
	assert_string_equal(times(store, text), "3 608400");
	store_close(store);
}

static void huge_pages_are_figures_too(void **state)
{
	struct store *store = open_store(*state, STORE_WRITE);
	char text[256];

	for (uint64_t i = 0; i < 5; i++) {
		struct sample sample = sample_at(BEGIN + (int64_t)i);

		sample.figures[FIGURE_SEM_SETS] = 1;
		sample.huge_count = i >= 2;
		sample.huge[0] = (struct sample_huge){2 << 20, i == 3 ? 9 : 8, 0};
		add(store, "host", &sample);
	}
	add_empty(store, BEGIN + HOUR + 7 * DAY);
	assert_string_equal(times(store, text), "0 3 608400");
	assert_int_equal(ask(*state, "SELECT count(*) FROM huge"), 1);
	store_close(store);
}

static void weight_goes_to_the_nearest_that_stays(void **state)
{
	/* highest at 100 and 200: 0 and 150 (as near to both) go to the first, 160 and 300 to the second */
	static const int64_t at[] = {0, 100, 150, 160, 200, 300};
	struct store *store = open_store(*state, STORE_WRITE);
	struct samples back;
	uint64_t *weights;

	for (size_t i = 0; i < 6; i++) {
		struct sample sample = sample_at(BEGIN + at[i]);

		sample.figures[FIGURE_SEM_SETS] = i == 1 ? 9 : 1;
		sample.figures[FIGURE_MSG_QUEUES] = i == 4 ? 9 : 1;
		add(store, "host", &sample);
	}
	add_empty(store, BEGIN + HOUR + 7 * DAY);
	back = read_all(store, "host", &weights);
	assert_int_equal(back.count, 3);
	assert_int_equal(weights[0], 60 + 100 + 50);
	assert_int_equal(weights[1], 10 + 40 + 100);
	samples_done(&back);
	free(weights);
	store_close(store);
}

static void a_clock_that_was_wrong_loses_no_maximum(void **state)
{
	struct store *store = open_store(*state, STORE_WRITE);
	char text[256];

	add_figure(store, BEGIN, FIGURE_SEM_SETS, 2);
	add_figure(store, BEGIN + 60, FIGURE_SEM_SETS, 3);
	add_figure(store, BEGIN + 40000 * DAY, FIGURE_SEM_SETS, 1);
	/* right again, and thinned in its own time */
	add_figure(store, BEGIN + 2 * HOUR, FIGURE_SEM_SETS, 1);
	add_figure(store, BEGIN + 2 * HOUR + 60, FIGURE_SEM_SETS, 2);
	assert_string_equal(times(store, text), "60 7200 7260 3456000000");
	add_empty(store, BEGIN + 3 * HOUR + 7 * DAY);
	assert_string_equal(times(store, text), "60 7260 615600 3456000000");
	store_close(store);
}

static void a_sample_that_comes_late_is_thinned_too(void **state)
{
	struct store *store = open_store(*state, STORE_WRITE);
	char text[256];

	add_figure(store, BEGIN + 60, FIGURE_SEM_SETS, 2);
	add_empty(store, BEGIN + HOUR + 7 * DAY);
	add_figure(store, BEGIN + 120, FIGURE_SEM_SETS, 1);
	add_empty(store, BEGIN + HOUR + 7 * DAY + 60);
	assert_string_equal(times(store, text), "60 608400 608460");
	store_close(store);
}

static void the_oldest_days_go_after_five_years(void **state)
{
	struct store *store = open_store(*state, STORE_WRITE);
	struct samples back;

	/* 60 days are not thinned to days yet, and one is running */
	for (int64_t day = 0; day < 5 * 366 + 3; day++)
		add_figure(store, BEGIN + day * DAY, FIGURE_SEM_SETS, (uint64_t)day);
	back = read_all(store, "host", NULL);
	assert_int_equal(back.count, 5 * 366);
	assert_int_equal(back.list[0].time, BEGIN + 3 * DAY);
	samples_done(&back);
	store_close(store);
}

static void add_with_owner(struct store *store, int64_t time, uint64_t sets, uint64_t queues)
{
	struct sample_owner owner = {.has_uid = true, .uid = 7, .sets = sets, .queues = queues};
	struct sample sample = sample_at(time);

	sample.figures[FIGURE_SEM_SETS] = sets;
	sample.figures[FIGURE_MSG_QUEUES] = queues;
	sample.owners = &owner;
	sample.owner_count = 1;
	add(store, "host", &sample);
}

static void lists_that_are_the_same_stand_once(void **state)
{
	struct store *store = open_store(*state, STORE_WRITE);
	_cleanup_(parse_error_done) struct parse_error error = {0};
	struct sample sample;

	for (int64_t i = 0; i < 10; i++)
		add_with_owner(store, BEGIN + 60 * i, i < 5 ? 1 : 2, 3);
	assert_int_equal(ask(*state, "SELECT count(*) FROM list"), 2);
	sample = sample_at(BEGIN + 9 * 60);
	assert_int_equal(store_read_lists(store, "host", &sample, &error), 0);
	assert_int_equal(sample.owner_count, 1);
	assert_int_equal(sample.owners[0].uid, 7);
	assert_int_equal(sample.owners[0].sets, 2);
	sample_done(&sample);
	sample = sample_at(BEGIN + 10 * 60);
	assert_int_equal(store_read_lists(store, "host", &sample, &error), 0);
	assert_int_equal(sample.owner_count, 0);
	store_close(store);
}

/* Lists that change every minute: those of the highest stay, first of an hour, then of a day. */
static void lists_of_what_was_not_highest_go(void **state)
{
	static const struct {
		int64_t at, lists;
	} steps[] = {{2 * HOUR - 1, 4}, {2 * HOUR, 3}, {3 * DAY - 1, 3}, {3 * DAY, 2}};
	struct store *store = open_store(*state, STORE_WRITE);

	add_with_owner(store, BEGIN, 1, 1);
	add_with_owner(store, BEGIN + 60, 5, 2);
	add_with_owner(store, BEGIN + 120, 5, 3);
	add_with_owner(store, BEGIN + HOUR, 4, 4);
	for (size_t i = 0; i < 4; i++) {
		add_empty(store, BEGIN + steps[i].at);
		print_message("# %jd\n", (intmax_t)steps[i].at);
		assert_int_equal(ask(*state, "SELECT count(*) FROM list"), steps[i].lists);
	}
	assert_int_equal(ask(*state, "SELECT count(*) FROM sample WHERE list IS NOT NULL"), 2);
	store_close(store);
}

static size_t owners_at(struct store *store, int64_t time)
{
	_cleanup_(parse_error_done) struct parse_error error = {0};
	struct sample sample = sample_at(time);
	int r = store_read_lists(store, "host", &sample, &error);
	size_t count;

	print_message("# %s\n", error.what ? error.what : "");
	assert_int_equal(r, 0);
	count = sample.owner_count;
	sample_done(&sample);
	return count;
}

/* Lists of about 20 KiB, all others each second. */
static void the_oldest_lists_go_from_a_file_that_is_large(void **state)
{
	struct sample_owner owners[SAMPLE_DETAIL_MAX] = {0};
	struct store *store = open_store(*state, STORE_WRITE);
	char units[SAMPLE_DETAIL_MAX][256], path[TREE_PATH_SIZE];
	struct stat st;

	for (int64_t n = 0; n < 2600; n++) {
		struct sample sample = sample_at(BEGIN + n);

		sample.figures[FIGURE_SEM_SETS] = (uint64_t)n;
		for (size_t i = 0; i < SAMPLE_DETAIL_MAX; i++) {
			snprintf(units[i], sizeof(units[i]), "%0240d.service", (int)n);
			owners[i].unit = units[i];
			owners[i].sets = i;
		}
		sample.owners = owners;
		sample.owner_count = SAMPLE_DETAIL_MAX;
		add(store, "host", &sample);
	}
	assert_int_equal(owners_at(store, BEGIN), 0);
	assert_int_equal(owners_at(store, BEGIN + 2599), SAMPLE_DETAIL_MAX);
	assert_int_equal(ask(*state, "SELECT count(sem_sets) FROM sample"), 2600);
	store_close(store);
	assert_int_equal(stat(tree_path(*state, "ipctune.db", path), &st), 0);
	assert_in_range(st.st_size, 30 * 1024 * 1024, 42 * 1024 * 1024);
}

/* --- versions --- */

/* As ipctune made it before huge pages in use were a figure; with one sample, at BEGIN. */
static const char version_1[] =
	"CREATE TABLE place (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, "
	"lists_of_hour INTEGER NOT NULL DEFAULT 0, lists_of_day INTEGER NOT NULL DEFAULT 0, "
	"hours INTEGER NOT NULL DEFAULT 0, days INTEGER NOT NULL DEFAULT 0);"
	"CREATE TABLE list (id INTEGER PRIMARY KEY, hash INTEGER NOT NULL, text TEXT NOT NULL);"
	"CREATE INDEX list_hash ON list (hash);"
	"CREATE TABLE sample (place INTEGER NOT NULL, time INTEGER NOT NULL, "
	"weight INTEGER NOT NULL, list INTEGER, shm_segments INTEGER, shm_pages INTEGER, "
	"shm_bytes INTEGER, shm_largest INTEGER, shm_resident INTEGER, shm_swapped INTEGER, "
	"sem_sets INTEGER, sem_semaphores INTEGER, sem_largest_set INTEGER, msg_queues INTEGER, "
	"msg_bytes INTEGER, msg_largest_queue INTEGER, msg_largest_queue_messages INTEGER, "
	"msg_largest_message INTEGER, mqueue_queues INTEGER, mqueue_largest_maxmsg INTEGER, "
	"mqueue_largest_msgsize INTEGER, mqueue_bytes_of_user INTEGER, dev_shm_bytes INTEGER, "
	"dev_shm_files INTEGER, failed_shm_einval INTEGER, failed_shm_enospc INTEGER, "
	"failed_shm_enomem INTEGER, failed_sem_einval INTEGER, failed_sem_enospc INTEGER, "
	"failed_sem_e2big INTEGER, failed_msg_einval INTEGER, failed_msg_enospc INTEGER, "
	"failed_mq_enospc INTEGER, failed_hugepages INTEGER, PRIMARY KEY (place, time)) "
	"WITHOUT ROWID;"
	"CREATE INDEX sample_list ON sample (list) WHERE list IS NOT NULL;"
	"CREATE TABLE huge (place INTEGER NOT NULL, time INTEGER NOT NULL, size INTEGER NOT NULL, "
	"pages INTEGER, would INTEGER, PRIMARY KEY (place, time, size)) WITHOUT ROWID;"
	"INSERT INTO place (name) VALUES ('host');"
	"INSERT INTO sample (place, time, weight, sem_sets, dev_shm_files, failed_shm_einval, "
	"failed_hugepages) VALUES (1, 1728000000, 60, 5, 6, 7, 8);"
	"PRAGMA application_id = 0x69706367; PRAGMA user_version = 1; PRAGMA journal_mode = WAL";

static void make_version_1(const struct tree *tree)
{
	char path[TREE_PATH_SIZE];
	sqlite3 *db;

	assert_int_equal(sqlite3_open(tree_path(tree, "ipctune.db", path), &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, version_1, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

/* All statements that would make it, in their order. */
static char *schema_of(const struct tree *tree)
{
	char path[TREE_PATH_SIZE], *schema;
	sqlite3_stmt *statement;
	sqlite3 *db;

	assert_int_equal(sqlite3_open(tree_path(tree, "ipctune.db", path), &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, "SELECT group_concat(sql, ';') FROM sqlite_master",
					    -1, &statement, NULL),
			 SQLITE_OK);
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	schema = strdup((const char *)sqlite3_column_text(statement, 0));
	sqlite3_finalize(statement);
	sqlite3_close(db);
	return schema;
}

static void expect_sample_of_version_1(const struct sample *sample)
{
	assert_int_equal(sample->time, BEGIN);
	assert_int_equal(sample->figures[FIGURE_SEM_SETS], 5);
	assert_int_equal(sample->figures[FIGURE_DEV_SHM_FILES], 6);
	assert_true(sample->figures[FIGURE_HUGEPAGES_USED] == OBJECT_UNKNOWN);
	assert_int_equal(sample->figures[FIGURE_FAILED_SHM_EINVAL], 7);
	assert_int_equal(sample->failed_hugepages, 8);
}

/* Who may only read can't migrate. */
static void an_older_schema_is_read_and_left(void **state)
{
	struct store *store;
	struct samples back;

	make_version_1(*state);
	store = open_store(*state, STORE_READ);
	back = read_all(store, "host", NULL);
	assert_int_equal(back.count, 1);
	expect_sample_of_version_1(&back.list[0]);
	samples_done(&back);
	store_close(store);
	assert_int_equal(ask(*state, "PRAGMA user_version"), 1);
}

static void an_older_schema_becomes_the_one_of_today(void **state)
{
	_cleanup_free_ char *migrated = NULL, *new = NULL;
	char path[TREE_PATH_SIZE];
	struct store *store;
	struct samples back;

	make_version_1(*state);
	store = open_store(*state, STORE_WRITE);
	assert_int_equal(ask(*state, "PRAGMA user_version"), 2);
	add_figure(store, BEGIN + 60, FIGURE_HUGEPAGES_USED, 3);
	store_close(store);
	migrated = schema_of(*state);
	store = open_store(*state, STORE_READ);
	back = read_all(store, "host", NULL);
	assert_int_equal(back.count, 2);
	expect_sample_of_version_1(&back.list[0]);
	assert_int_equal(back.list[1].figures[FIGURE_HUGEPAGES_USED], 3);
	samples_done(&back);
	store_close(store);

	unlink(tree_path(*state, "ipctune.db", path));
	unlink(tree_path(*state, "ipctune.db-wal", path));
	unlink(tree_path(*state, "ipctune.db-shm", path));
	store_close(open_store(*state, STORE_WRITE));
	new = schema_of(*state);
	assert_string_equal(migrated, new);
	assert_int_equal(ask(*state, "PRAGMA user_version"), 2);
}

/* A reader that had it open before, and one that is migrated by two at once. */
static void a_migration_disturbs_nobody(void **state)
{
	struct store *reader, *one, *two;
	struct samples back;

	make_version_1(*state);
	reader = open_store(*state, STORE_READ);
	back = read_all(reader, "host", NULL);
	samples_done(&back);
	one = open_store(*state, STORE_WRITE);
	two = open_store(*state, STORE_WRITE);
	add_figure(one, BEGIN + 60, FIGURE_HUGEPAGES_USED, 3);
	add_figure(two, BEGIN + 120, FIGURE_HUGEPAGES_USED, 4);
	back = read_all(reader, "host", NULL);
	assert_int_equal(back.count, 3);
	expect_sample_of_version_1(&back.list[0]);
	samples_done(&back);
	store_close(one);
	store_close(two);
	store_close(reader);
}

/* --- refusals: nothing is changed --- */

static char *bytes_of(const struct tree *tree, size_t *size)
{
	char path[TREE_PATH_SIZE], *bytes;
	FILE *f = fopen(tree_path(tree, "ipctune.db", path), "r");

	assert_non_null(f);
	bytes = malloc(1 << 20);
	assert_non_null(bytes);
	*size = fread(bytes, 1, 1 << 20, f);
	fclose(f);
	return bytes;
}

static void expect_refused(const struct tree *tree, int expected, const char *word)
{
	char path[TREE_PATH_SIZE];

	tree_path(tree, "ipctune.db", path);
	for (int mode = STORE_READ; mode <= STORE_WRITE; mode++) {
		_cleanup_(parse_error_done) struct parse_error error = {0};
		struct store *store = NULL;
		size_t before, after;
		_cleanup_free_ char *was = bytes_of(tree, &before), *is = NULL;

		assert_int_equal(store_open(&store, path, (enum store_mode)mode, &error), expected);
		assert_null(store);
		print_message("# %s: %s\n", error.file, error.what);
		assert_string_equal(error.file, path);
		assert_non_null(strstr(error.what, word));
		is = bytes_of(tree, &after);
		assert_int_equal(before, after);
		assert_memory_equal(was, is, before);
	}
}

static void refuses_what_is_no_database(void **state)
{
	char text[8192];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	tree_write(*state, "ipctune.db", text);
	expect_refused(*state, -EBADMSG, "no SQLite database");
}

static void refuses_a_database_of_others(void **state)
{
	ask(*state, "CREATE TABLE sample (x)");
	expect_refused(*state, -EBADMSG, "of another program");
}

static void refuses_a_newer_schema(void **state)
{
	struct store *store = open_store(*state, STORE_WRITE);

	add_empty(store, BEGIN);
	store_close(store);
	ask(*state, "PRAGMA user_version = 3");
	ask(*state, "PRAGMA wal_checkpoint(TRUNCATE)");
	expect_refused(*state, -EBADMSG, "schema 3");
}

static void refuses_a_directory(void **state)
{
	_cleanup_(parse_error_done) struct parse_error error = {0};
	struct tree *tree = *state;
	struct store *store;

	assert_int_equal(store_open(&store, tree->root, STORE_WRITE, &error), -EBADMSG);
	assert_non_null(strstr(error.what, "not a file"));
}

static void a_file_without_a_sample(void **state)
{
	_cleanup_(parse_error_done) struct parse_error none = {0}, empty = {0};
	char path[TREE_PATH_SIZE];
	struct store *store;

	tree_path(*state, "ipctune.db", path);
	assert_int_equal(store_open(&store, path, STORE_READ, &none), -ENOENT);
	assert_non_null(strstr(none.what, "ipctune record"));
	assert_int_not_equal(access(path, F_OK), 0);
	/* of a run that was killed at once: written by the next one */
	tree_write(*state, "ipctune.db", "");
	assert_int_equal(store_open(&store, path, STORE_READ, &empty), -ENOENT);
	store = open_store(*state, STORE_WRITE);
	add_empty(store, BEGIN);
	store_close(store);
	assert_int_equal(ask(*state, "SELECT count(*) FROM sample"), 1);
}

static void rows_that_nobody_wrote_are_damage(void **state)
{
	static const char *const damages[] = {
		"UPDATE sample SET sem_sets = 'many'",
		"UPDATE sample SET sem_sets = -1",
		"UPDATE sample SET sem_sets = 1.5",
		"UPDATE sample SET time = -1",
		"UPDATE sample SET weight = 'x'",
		"UPDATE sample SET weight = -1",
		"UPDATE huge SET size = 0",
		"UPDATE huge SET pages = x'00'",
		("INSERT INTO huge WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
		 "LIMIT 40) SELECT 1, 1728000000, i, 1, 1 FROM n"),
		"DROP TABLE huge",
		"ALTER TABLE sample RENAME COLUMN sem_sets TO x",
		"ALTER TABLE sample RENAME TO other",
		"DELETE FROM place",
		"UPDATE place SET id = 9, name = x'00'",
	};

	for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		_cleanup_(parse_error_done) struct parse_error error = {0};
		struct sample sample = sample_at(BEGIN);
		struct samples samples = {0};
		char path[TREE_PATH_SIZE];
		struct store *store;
		int r;

		unlink(tree_path(*state, "ipctune.db", path));
		unlink(tree_path(*state, "ipctune.db-wal", path));
		unlink(tree_path(*state, "ipctune.db-shm", path));
		store = open_store(*state, STORE_WRITE);
		sample.figures[FIGURE_SEM_SETS] = 1;
		sample.huge_count = 1;
		sample.huge[0] = (struct sample_huge){2 << 20, 1, 1};
		add(store, "host", &sample);
		store_close(store);
		ask(*state, damages[i]);
		store = open_store(*state, STORE_READ);
		r = store_read(store, "host", 0, &samples, NULL, &error);
		print_message("# %s: %s\n", damages[i], error.what ? error.what : "");
		/* without its place, there is nothing to read */
		if (r == 0)
			assert_int_equal(samples.count, 0);
		else
			assert_int_equal(r, -EBADMSG);
		samples_done(&samples);
		store_close(store);
	}
}

static void triggers_and_views_of_the_file_do_not_run(void **state)
{
	_cleanup_(parse_error_done) struct parse_error error = {0};
	struct samples samples = {0};
	struct store *store = open_store(*state, STORE_WRITE);

	add_empty(store, BEGIN);
	store_close(store);
	ask(*state, "CREATE TRIGGER t AFTER INSERT ON sample BEGIN DELETE FROM place; END");
	store = open_store(*state, STORE_WRITE);
	add_empty(store, BEGIN + 60);
	store_close(store);
	assert_int_equal(ask(*state, "SELECT count(*) FROM place"), 1);
	ask(*state, "ALTER TABLE huge RENAME TO real_huge");
	ask(*state, "CREATE VIEW huge AS SELECT 1 AS place, 1728000000 AS time, 1 AS size, "
		    "1 AS pages, 1 AS would");
	store = open_store(*state, STORE_READ);
	assert_int_equal(store_read(store, "host", 0, &samples, NULL, &error), -EBADMSG);
	store_close(store);
}

static void samples_of_no_time_and_no_place_are_refused(void **state)
{
	static const struct {
		int64_t time;
		const char *place;
	} cases[] = {{-1, "host"}, {INT64_MAX, "host"}, {BEGIN, ""}};
	struct store *store = open_store(*state, STORE_WRITE);

	for (size_t i = 0; i < 3; i++) {
		_cleanup_(parse_error_done) struct parse_error error = {0};
		struct sample sample = sample_at(cases[i].time);

		assert_int_equal(store_add(store, cases[i].place, &sample, &error), -EINVAL);
		assert_non_null(error.what);
	}
	store_close(store);
	assert_int_equal(ask(*state, "SELECT count(*) FROM sample"), 0);
}

/* --- several at once --- */

static void two_writers_and_a_reader(void **state)
{
	struct store *one = open_store(*state, STORE_WRITE), *two = open_store(*state, STORE_WRITE),
		     *reader = open_store(*state, STORE_READ);
	struct samples back;

	for (int64_t i = 0; i < 20; i += 2) {
		add_empty(one, BEGIN + i);
		add_empty(two, BEGIN + i + 1);
		back = read_all(reader, "host", NULL);
		assert_int_equal(back.count, i + 2);
		samples_done(&back);
	}
	store_close(one);
	store_close(two);
	store_close(reader);
}

/* A transaction that another process holds open, for longer than anyone waits. */
static void a_writer_that_never_ends(void **state)
{
	_cleanup_(parse_error_done) struct parse_error error = {0};
	struct store *store = open_store(*state, STORE_WRITE);
	struct sample sample = sample_at(BEGIN + 60);
	struct samples back;
	char path[TREE_PATH_SIZE];
	sqlite3 *db;

	add_empty(store, BEGIN);
	assert_int_equal(sqlite3_open(tree_path(*state, "ipctune.db", path), &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "BEGIN IMMEDIATE; DELETE FROM sample", NULL, NULL, NULL),
			 SQLITE_OK);
	back = read_all(store, "host", NULL);
	assert_int_equal(back.count, 1);
	samples_done(&back);
	assert_int_equal(store_add(store, "host", &sample, &error), -EBUSY);
	assert_non_null(strstr(error.what, "5 s"));
	sqlite3_close(db);
	/* it ended: all is as if it had never been */
	add(store, "host", &sample);
	store_close(store);
	assert_int_equal(ask(*state, "SELECT count(*) FROM sample"), 2);
}

/* --- properties --- */

/* Each window from an edge on has the maxima of the raw series. */
static void compare(struct store *store, const struct series *series, size_t count)
{
	uint64_t raw[SERIES_VALUES], kept[SERIES_VALUES], *weights, sum = 0;
	struct samples samples = read_all(store, "host", &weights);
	size_t at = samples.count;

	for (size_t i = 0; i < SERIES_VALUES; i++)
		raw[i] = kept[i] = OBJECT_UNKNOWN;
	for (size_t n = count; n-- > 0;) {
		struct sample sample;

		series_sample(series, n, &sample);
		for (size_t i = 0; i < SERIES_VALUES; i++)
			series_raise(&raw[i], series_value(&sample, i));
		while (at > 0 && samples.list[at - 1].time >= sample.time) {
			at--;
			for (size_t i = 0; i < SERIES_VALUES; i++)
				series_raise(&kept[i], series_value(&samples.list[at], i));
		}
		if (sample.time % DAY == 0 || n == 0)
			assert_memory_equal(kept, raw, sizeof(raw));
	}
	for (size_t i = 0; i < samples.count; i++)
		sum += weights[i];
	assert_int_equal(sum, 60 + (count - 1) * (size_t)series->step);
	samples_done(&samples);
	free(weights);
}

static void no_maximum_is_lost_in_random_series(void **state)
{
	for (uint64_t seed = 1; seed <= 3; seed++) {
		struct series series = {seed, BEGIN, 600};
		char path[TREE_PATH_SIZE];
		struct store *store;
		size_t count = 0;

		unlink(tree_path(*state, "ipctune.db", path));
		unlink(tree_path(*state, "ipctune.db-wal", path));
		store = open_store(*state, STORE_WRITE);
		print_message("# seed %" PRIu64 "\n", seed);
		while (count < 80 * 144) {
			struct sample sample;

			series_sample(&series, count++, &sample);
			add(store, "host", &sample);
			if (count % 1999 == 0)
				compare(store, &series, count);
		}
		compare(store, &series, count);
		store_close(store);
		/* it was thinned, indeed: 60 days of hours, 20 days */
		assert_in_range(ask(*state, "SELECT count(*) FROM sample"), 1000, 9000);
	}
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, tree_setup, tree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_goes_in_comes_out),
		TEST(a_figure_past_2_63_stays_there),
		TEST(places_are_apart),
		TEST(of_one_second_each_higher_value_stays),
		TEST(a_sample_stands_for_the_time_since_the_last),
		TEST(a_bucket_is_thinned_once_all_of_it_is_old),
		TEST(buckets_are_not_mixed),
		TEST(the_first_of_the_highest_stays_for_each_figure),
		TEST(a_zero_is_not_unknown),
		TEST(of_samples_without_figures_the_first_stays),
		TEST(huge_pages_are_figures_too),
		TEST(weight_goes_to_the_nearest_that_stays),
		TEST(a_clock_that_was_wrong_loses_no_maximum),
		TEST(a_sample_that_comes_late_is_thinned_too),
		TEST(the_oldest_days_go_after_five_years),
		TEST(lists_that_are_the_same_stand_once),
		TEST(lists_of_what_was_not_highest_go),
		TEST(the_oldest_lists_go_from_a_file_that_is_large),
		TEST(an_older_schema_is_read_and_left),
		TEST(an_older_schema_becomes_the_one_of_today),
		TEST(a_migration_disturbs_nobody),
		TEST(refuses_what_is_no_database),
		TEST(refuses_a_database_of_others),
		TEST(refuses_a_newer_schema),
		TEST(refuses_a_directory),
		TEST(a_file_without_a_sample),
		TEST(rows_that_nobody_wrote_are_damage),
		TEST(triggers_and_views_of_the_file_do_not_run),
		TEST(samples_of_no_time_and_no_place_are_refused),
		TEST(two_writers_and_a_reader),
		TEST(a_writer_that_never_ends),
		TEST(no_maximum_is_lost_in_random_series),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
