/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Documents of samples and of recommendations: what others write is read as it is meant or refused with the
 * place of the mistake, and what we write keeps its names and forms.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/mman.h>

#include "cleanup.h"
#include "print.h"
#include "sample_lists.h"
#include "saturate.h"
#include "text.h"
#include "tune_sample.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#define HEAD "{\"schema\":\"ipcguard-sample/1\","

static int fd_of(const char *text, size_t length)
{
	int fd = memfd_create("samples", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, length), (ssize_t)length);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

static int read_bytes(struct scene *scene, const char *text, size_t length,
		      struct parse_error *error)
{
	_cleanup_close_ int fd = fd_of(text, length);

	scene_init(scene);
	return samples_read_json(fd, "doc", &scene->analysis.host, &scene->analysis.samples, error);
}

static void read_fine(struct scene *scene, const char *text)
{
	struct parse_error error = {0};
	int r = read_bytes(scene, text, strlen(text), &error);

	if (r < 0)
		print_message("%s: %s: %s\n", text, error.file, error.what);
	assert_int_equal(r, 0);
}

static char *write_samples(const struct scene *scene)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_int_equal(samples_print_json(out, &scene->analysis.host, &scene->analysis.samples),
			 0);
	fclose(out);
	return text;
}

static char *write_recommendation(struct scene *scene)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_int_equal(print_json(out, &scene->analysis, NULL, NULL), 0);
	fclose(out);
	return text;
}

static const struct bad {
	const char *rule, *text, *where; /* "file: what" from its beginning */
} bad[] = {
	{"nothing", "", "doc:1: the document ends before it is complete, after byte 0"},
	{"blanks", " \n \n", "doc:3: the document ends before it is complete"},
	{"an array", "[]", "doc:1: the document is no object"},
	{"a number", "5 ", "doc:1: the document is no object"},
	{"cut off", HEAD "\n\"host\":\n{",
	 "doc:3: the document ends before it is complete, after byte 40"},
	{"a comma too many", HEAD "\n}", "doc:2: no JSON: unexpected character, at byte 32"},
	{"a comma too few", HEAD "\"a\":1\n\n\"b\":2}", "doc:3: no JSON"},
	{"single quotes", "{'schema':'ipcguard-sample/1'}", "doc:1: no JSON"},
	{"a comment", HEAD "/* c */\"a\":1}", "doc:1: no JSON"},
	{"capital literals", HEAD "\"host\":NULL}", "doc:1: no JSON"},
	{"bytes that are no UTF-8", HEAD "\n\"a\":\"\xff\"}",
	 "doc:2: no JSON: invalid utf-8 string, at byte 37"},
	{"two documents", HEAD "\"a\":1}\n{}", "doc:2: something stands behind the document"},
	{"text behind it", HEAD "\"a\":1}\n\nx",
	 "doc:3: something stands behind the document, at byte 39"},
	{"nested deeply", HEAD "\n\"a\":[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]}",
	 "doc:2: no JSON: nesting too deep"},
	{"a leading zero", HEAD "\"current\":{\"kernel.shmall\":010}}", "doc:1: no JSON"},

	{"no schema", "{}", "doc: schema: not ipcguard-sample/1"},
	{"another schema", "{\"schema\":\"ipcguard/1\"}", "doc: schema: not ipcguard-sample/1"},
	{"a later schema", "{\"schema\":\"ipcguard-sample/2\"}",
	 "doc: schema: not ipcguard-sample/1"},
	{"a longer one", "{\"schema\":\"ipcguard-sample/1\\u0000x\"}",
	 "doc: schema: a NUL in a string"},
	{"a number for the schema", "{\"schema\":1}", "doc: schema: not a string"},

	{"a unit for pages", HEAD "\"current\":{\"kernel.shmall\":\"64G\"}}",
	 "doc: current.kernel.shmall: \"64G\": not a number of pages in decimal digits"},
	{"a unit for bytes", HEAD "\"current\":{\"kernel.shmmax\":\"64G\"}}",
	 "doc: current.kernel.shmmax: \"64G\": not a number of bytes in decimal digits"},
	{"a fraction", HEAD "\"current\":{\"kernel.shmall\":1.5}}",
	 "doc: current.kernel.shmall: not a whole number of pages"},
	{"an exponent", HEAD "\"current\":{\"kernel.shmall\":1e6}}",
	 "doc: current.kernel.shmall: not a whole number of pages"},
	{"no number", HEAD "\"current\":{\"kernel.shmall\":NaN}}",
	 "doc: current.kernel.shmall: not a whole number of pages"},
	{"negative", HEAD "\"current\":{\"kernel.shmmni\":-1}}",
	 "doc: current.kernel.shmmni: a negative number of segments"},
	{"negative as text", HEAD "\"current\":{\"kernel.shmmni\":\"-1\"}}",
	 "doc: current.kernel.shmmni: \"-1\": not a number"},
	{"true", HEAD "\"current\":{\"kernel.shmmni\":true}}",
	 "doc: current.kernel.shmmni: not a whole number of segments"},
	{"an empty text", HEAD "\"current\":{\"kernel.shmmni\":\"\"}}",
	 "doc: current.kernel.shmmni: \"\": not a number"},
	{"hexadecimal", HEAD "\"current\":{\"kernel.shmmni\":\"0x10\"}}",
	 "doc: current.kernel.shmmni: \"0x10\": not a number"},
	{"a NUL in a number", HEAD "\"current\":{\"kernel.shmmni\":\"1\\u00002\"}}",
	 "doc: current.kernel.shmmni: \"1\": not a number"},
	{"past 2^64 as text", HEAD "\"current\":{\"kernel.shmmax\":\"18446744073709551616\"}}",
	 "doc: current.kernel.shmmax: \"18446744073709551616\": past 2^64-1"},
	{"past 2^64 as a number", HEAD "\"current\":{\"kernel.shmmax\":18446744073709551616}}",
	 "doc: current.kernel.shmmax: past what a number can be told by here: write it as a "
	 "string"},
	{"many digits", HEAD "\"current\":{\"kernel.shmmax\":\"000000000000000000001\"}}",
	 "doc: current.kernel.shmmax: \"000000000000000000001\": not a number"},
	{"three for four", HEAD "\"current\":{\"kernel.sem\":\"250 32000 100\"}}",
	 "doc: current.kernel.sem: \"250 32000 100\": not four numbers: SEMMSL SEMMNS SEMOPM "
	 "SEMMNI"},
	{"commas for blanks", HEAD "\"current\":{\"kernel.sem\":\"250,32000,100,128\"}}",
	 "doc: current.kernel.sem: \"250,32000,100,128\": not four numbers"},
	{"an array for four", HEAD "\"current\":{\"kernel.sem\":[250,32000,100,128]}}",
	 "doc: current.kernel.sem: not a string"},
	{"a text for sections", HEAD "\"current\":\"x\"}", "doc: current: not an object"},
	{"a number for huge pages of each size", HEAD "\"current\":{\"vm.nr_hugepages\":5}}",
	 "doc: current.vm.nr_hugepages: not an object"},
	{"huge pages of a size that is none",
	 HEAD "\"current\":{\"vm.nr_hugepages\":{\"2M\":\"5\"}}}",
	 "doc: current.vm.nr_hugepages.2M: not the size of a huge page in bytes"},
	{"huge pages of a signed size",
	 HEAD "\"current\":{\"vm.nr_hugepages\":{\"+2097152\":\"5\"}}}",
	 "doc: current.vm.nr_hugepages.+2097152: not the size of a huge page in bytes"},
	{"huge pages of a page's size", HEAD "\"current\":{\"vm.nr_hugepages\":{\"4096\":\"5\"}}}",
	 "doc: current.vm.nr_hugepages.4096: not the size of a huge page in bytes"},
	{"huge pages in bytes", HEAD "\"current\":{\"vm.nr_hugepages\":{\"2097152\":\"4G\"}}}",
	 "doc: current.vm.nr_hugepages.2097152: \"4G\": not a number of huge pages"},

	{"a page that is none", HEAD "\"host\":{\"page_size\":4095}}",
	 "doc: host: page_size is no size of a page"},
	{"a page of 0", HEAD "\"host\":{\"page_size\":0}}",
	 "doc: host: page_size is no size of a page"},
	{"kilobytes of a page", HEAD "\"host\":{\"page_size\":4}}",
	 "doc: host: page_size is no size of a page"},
	{"a word of 128 bits", HEAD "\"host\":{\"long_bits\":128}}",
	 "doc: host: long_bits is neither 32 nor 64"},
	{"no ids", HEAD "\"host\":{\"ipcmni\":0}}", "doc: host: ipcmni is no number of ids"},
	{"too many ids", HEAD "\"host\":{\"ipcmni\":2147483648}}",
	 "doc: host: ipcmni is no number of ids"},
	{"memory with a unit", HEAD "\"host\":{\"ram_bytes\":\"64G\"}}",
	 "doc: host.ram_bytes: \"64G\": not a number of bytes"},
	{"no memory", HEAD "\"host\":{\"ram_bytes\":0}}", "doc: host.ram_bytes: no memory"},
	{"no memory as text", HEAD "\"host\":{\"ram_bytes\":\"0\"}}",
	 "doc: host.ram_bytes: no memory"},
	{"sizes that are none", HEAD "\"host\":{\"hugepage_sizes\":[2097152,3000000]}}",
	 "doc: host.hugepage_sizes[1]: no power of two that is larger than a page"},
	{"kilobytes of sizes", HEAD "\"host\":{\"hugepage_sizes\":[2048]}}",
	 "doc: host.hugepage_sizes[0]: no power of two that is larger than a page"},
	{"a size for sizes", HEAD "\"host\":{\"hugepage_sizes\":2097152}}",
	 "doc: host.hugepage_sizes: not an array"},
	{"too many sizes",
	 HEAD "\"host\":{\"hugepage_sizes\":[8192,16384,32768,65536,131072,262144,524288,1048576,"
	      "2097152,4194304,8388608,16777216,33554432,67108864,134217728,268435456,536870912]}}",
	 "doc: host.hugepage_sizes[16]: more than 16 sizes"},
	{"a default size that is none", HEAD "\"host\":{\"default_hugepage_size\":2048}}",
	 "doc: host: default_hugepage_size is no size of a huge page"},
	{"an array for the host", HEAD "\"host\":[]}", "doc: host: not an object"},

	{"an object for samples", HEAD "\"samples\":{}}", "doc: samples: not an array"},
	{"a number for a sample", HEAD "\"samples\":[{},5]}", "doc: samples[1]: not an object"},
	{"a time before all times", HEAD "\"samples\":[{\"time\":-1}]}",
	 "doc: samples[0].time: a negative number of seconds"},
	{"a time past all times", HEAD "\"samples\":[{\"time\":\"9223372036854775808\"}]}",
	 "doc: samples[0]: time is past the end of time"},
	{"a date", HEAD "\"samples\":[{\"time\":\"2026-01-01\"}]}",
	 "doc: samples[0].time: \"2026-01-01\": not a number of seconds"},
	{"a section that is none", HEAD "\"samples\":[{},{},{\"sem\":7}]}",
	 "doc: samples[2].sem: not an object"},
	{"a figure that is none", HEAD "\"samples\":[{\"sem\":{\"sets\":\"many\"}}]}",
	 "doc: samples[0].sem.sets: \"many\": not a number of sets"},
	{"segments that are no list", HEAD "\"samples\":[{\"shm\":{\"segments\":5}}]}",
	 "doc: samples[0].shm.segments: not an array"},
	{"a segment without a size",
	 HEAD "\"samples\":[{\"shm\":{\"segments\":[{\"bytes\":1},{\"count\":1}]}}]}",
	 "doc: samples[0].shm.segments[1]: has no \"bytes\""},
	{"a segment's size with a unit",
	 HEAD "\"samples\":[{\"shm\":{\"segments\":[{\"bytes\":\"8G\"}]}}]}",
	 "doc: samples[0].shm.segments[0].bytes: \"8G\": not a number of bytes"},
	{"huge pages of 3 MB",
	 HEAD "\"samples\":[{\"shm\":{\"segments\":[{\"bytes\":1,\"hugepage_size\":3000000}]}}]}",
	 "doc: samples[0].shm.segments[0]: hugepage_size is no size of a huge page"},
	{"huge pages of a page's size",
	 HEAD "\"samples\":[{\"shm\":{\"segments\":[{\"bytes\":1,\"hugepage_size\":4096}]}}]}",
	 "doc: samples[0].shm.segments[0]: hugepage_size is no size of a huge page"},
	{"a user by name",
	 HEAD "\"samples\":[{\"shm\":{\"segments\":[{\"bytes\":1,\"uid\":\"oracle\"}]}}]}",
	 "doc: samples[0].shm.segments[0].uid: \"oracle\": not a number of a user"},
	{"nobody's uid",
	 HEAD "\"samples\":[{\"shm\":{\"segments\":[{\"bytes\":1,\"uid\":4294967295}]}}]}",
	 "doc: samples[0].shm.segments[0].uid: not a uid"},
	{"a unit that is no text",
	 HEAD "\"samples\":[{\"shm\":{\"segments\":[{\"bytes\":1,\"unit\":5}]}}]}",
	 "doc: samples[0].shm.segments[0].unit: not a string"},
	{"queues by user that are no object",
	 HEAD "\"samples\":[{\"mqueue\":{\"bytes_by_uid\":[]}}]}",
	 "doc: samples[0].mqueue.bytes_by_uid: not an object"},
	{"huge pages that are no object", HEAD "\"samples\":[{\"hugepages\":{\"needed\":[]}}]}",
	 "doc: samples[0].hugepages.needed: not an object"},
	{"huge pages needed of a size that is none",
	 HEAD "\"samples\":[{\"hugepages\":{\"needed\":{\"2M\":{}}}}]}",
	 "doc: samples[0].hugepages.needed.2M: not the size of a huge page in bytes"},
	{"huge pages needed in bytes",
	 HEAD "\"samples\":[{\"hugepages\":{\"needed\":{\"2097152\":{\"pages\":\"4G\"}}}}]}",
	 "doc: samples[0].hugepages.needed.2097152.pages: \"4G\": not a number of pages"},
	{"a user's queues that are no number",
	 HEAD "\"samples\":[{\"mqueue\":{\"bytes_by_uid\":{\"1000\":\"8K\"}}}]}",
	 "doc: samples[0].mqueue.bytes_by_uid.1000: \"8K\": not a number of bytes"},
	{"a key with a colour in it",
	 HEAD "\"samples\":[{\"mqueue\":{\"bytes_by_uid\":{\"\\u001b[31m\":true}}}]}",
	 "doc: samples[0].mqueue.bytes_by_uid.\\x1b[31m: not a uid"},
	{"a user by name whose queues they are",
	 HEAD "\"samples\":[{\"mqueue\":{\"bytes_by_uid\":{\"oracle\":\"8192\"}}}]}",
	 "doc: samples[0].mqueue.bytes_by_uid.oracle: not a uid"},
	{"nobody's uid whose queues they are",
	 HEAD "\"samples\":[{\"mqueue\":{\"bytes_by_uid\":{\"4294967295\":\"8192\"}}}]}",
	 "doc: samples[0].mqueue.bytes_by_uid.4294967295: not a uid"},
	{"a uid of 2^64",
	 HEAD "\"samples\":[{\"mqueue\":{\"bytes_by_uid\":{\"18446744073709551616\":\"8192\"}}}]}",
	 "doc: samples[0].mqueue.bytes_by_uid.18446744073709551616: not a uid"},
	{"a signed uid", HEAD "\"samples\":[{\"mqueue\":{\"bytes_by_uid\":{\"+7\":\"8192\"}}}]}",
	 "doc: samples[0].mqueue.bytes_by_uid.+7: not a uid"},
	{"a uid with a blank", HEAD "\"samples\":[{\"mqueue\":{\"bytes_by_uid\":{\"7 \":null}}}]}",
	 "doc: samples[0].mqueue.bytes_by_uid.7 : not a uid"},
	{"no uid at all", HEAD "\"samples\":[{\"mqueue\":{\"bytes_by_uid\":{\"\":\"8192\"}}}]}",
	 "doc: samples[0].mqueue.bytes_by_uid.: not a uid"},
};

static void a_mistake_is_told_with_its_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct parse_error error = {0};
		struct scene scene;
		int r = read_bytes(&scene, bad[i].text, strlen(bad[i].text), &error);
		_cleanup_free_ char *said = parse_error_text(&error, r);

		if (r != -EINVAL || strncmp(said, bad[i].where, strlen(bad[i].where)) != 0)
			print_message("%s: %d %s\n", bad[i].rule, r, said);
		assert_int_equal(r, -EINVAL);
		assert_memory_equal(said, bad[i].where, strlen(bad[i].where));
		parse_error_done(&error);
		scene_done(&scene);
	}
}

static void a_nul_is_no_end(void **state)
{
	static const char inside[] = HEAD "\n\"a\":\"\0\"}", behind[] = HEAD "\"a\":1}\n\0";
	struct parse_error error = {0};
	struct scene scene;

	(void)state;
	assert_int_equal(read_bytes(&scene, inside, sizeof(inside) - 1, &error), -EINVAL);
	parse_error_done(&error);
	scene_done(&scene);
	assert_int_equal(read_bytes(&scene, behind, sizeof(behind) - 1, &error), -EINVAL);
	assert_int_equal(error.line, 2);
	parse_error_done(&error);
	scene_done(&scene);
}

/* 256 MiB and one byte, of which nothing is on any disk. */
static void a_huge_document_is_refused(void **state)
{
	_cleanup_close_ int fd = memfd_create("huge", MFD_CLOEXEC);
	struct parse_error error = {0};
	struct samples samples;
	struct host host;

	(void)state;
	assert_int_equal(ftruncate(fd, 256 * 1024 * 1024 + 1), 0);
	assert_int_equal(samples_read_json(fd, "doc", &host, &samples, &error), -EINVAL);
	assert_string_equal(error.what, "larger than 256 MiB");
	parse_error_done(&error);
	samples_done(&samples);
	host_done(&host);
}

static void what_is_missing_is_not_known(void **state)
{
	static const char *const documents[] = {
		HEAD "\"samples\":[{}]}",
		HEAD "\"host\":null,\"current\":null,\"samples\":[null]}",
		HEAD "\"host\":{\"ram_bytes\":null},\"current\":{\"kernel.shmall\":null,\"kernel."
		     "sem\":null,"
		     "\"vm.nr_hugepages\":null},\"samples\":[{\"time\":null,\"shm\":null,\"sem\":{"
		     "\"sets\":null},"
		     "\"mqueue\":{\"bytes_by_uid\":{\"1\":null}},\"owners\":null}]}",
		HEAD "\"samples\":[{\"more\":1,\"shm\":{\"colour\":\"blue\"}}],\"more\":[1,2]}",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(documents); i++) {
		struct scene scene;

		read_fine(&scene, documents[i]);
		assert_int_equal(scene.analysis.samples.count, 1);
		for (int id = 0; id < FIGURE_COUNT_; id++)
			assert_true(scene.analysis.samples.list[0].figures[id] == OBJECT_UNKNOWN);
		assert_int_equal(scene.analysis.host.current.known, 0);
		assert_true(scene.analysis.host.ram_bytes == OBJECT_UNKNOWN);
		assert_int_equal(scene.analysis.host.page_size, 4096);
		scene_done(&scene);
	}
}

static void uids_are_up_to_the_last_but_one(void **state)
{
	struct scene scene;

	(void)state;
	read_fine(&scene, HEAD "\"samples\":[{\"mqueue\":{\"bytes_by_uid\":{\"0\":\"5\","
			       "\"4294967294\":\"7\"}}}]}");
	assert_int_equal(scene.analysis.samples.list[0].figures[FIGURE_MQ_BYTES_OF_USER], 7);
	scene_done(&scene);
}

static void one_size_of_huge_pages_is_the_default(void **state)
{
	static const struct {
		const char *text;
		uint64_t size;
		bool is_unknown;
	} cases[] = {
		{HEAD "\"host\":{\"hugepage_sizes\":[2097152]}}", 2 * MIB, false},
		{HEAD "\"host\":{\"hugepage_sizes\":[2097152],\"default_hugepage_size\":null}}",
		 2 * MIB, false},
		{HEAD "\"host\":{\"hugepage_sizes\":[2097152,2097152]}}", 2 * MIB, false},
		/* a segment's size, which the list has left out, changes nothing */
		{HEAD "\"host\":{\"hugepage_sizes\":[2097152]},\"samples\":[{\"shm\":{\"segments\":"
		      "[{\"bytes\":1,\"hugepage_size\":1073741824}]}}]}",
		 2 * MIB, false},
		{HEAD
		 "\"host\":{\"hugepage_sizes\":[2097152],\"default_hugepage_size\":1073741824}}",
		 GIB, false},
		{HEAD "\"host\":{\"hugepage_sizes\":[2097152,1073741824],"
		      "\"default_hugepage_size\":2097152}}",
		 2 * MIB, false},
		{HEAD "\"host\":{\"hugepage_sizes\":[2097152,1073741824]}}", 0, true},
		{HEAD "\"current\":{\"vm.nr_hugepages\":{\"2097152\":1}}}", 2 * MIB, false},
		{HEAD "\"current\":{\"vm.nr_hugepages\":{\"2097152\":1,\"1073741824\":1}}}", 0,
		 true},
		{HEAD
		 "\"samples\":[{\"shm\":{\"segments\":[{\"bytes\":1,\"hugepage_size\":2097152},"
		 "{\"bytes\":1,\"hugepage_size\":1073741824}]}}]}",
		 0, true},
		{HEAD "\"samples\":[{\"shm\":{\"segments\":[{\"bytes\":1,"
		      "\"hugepage_size\":2097152}]}}]}",
		 0, false},
		/* told: none */
		{HEAD "\"host\":{\"hugepage_sizes\":[2097152],\"default_hugepage_size\":0}}", 0,
		 false},
		{HEAD "\"host\":{\"hugepage_sizes\":[2097152,1073741824],"
		      "\"default_hugepage_size\":0}}",
		 0, false},
		{HEAD "\"host\":{\"hugepage_sizes\":[]}}", 0, false},
		{HEAD "\"host\":{}}", 0, false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct host *host;
		struct scene scene;

		read_fine(&scene, cases[i].text);
		host = &scene.analysis.host;
		if (host->default_hugepage_size != cases[i].size ||
		    host->default_hugepage_size_unknown != cases[i].is_unknown)
			print_message("%s\n", cases[i].text);
		assert_int_equal(host->default_hugepage_size, cases[i].size);
		assert_int_equal(host->default_hugepage_size_unknown, cases[i].is_unknown);
		scene_done(&scene);
	}
}

static void a_missing_page_size_is_assumed(void **state)
{
	static const struct {
		const char *text;
		bool is_assumed;
	} cases[] = {
		{HEAD "\"host\":{\"page_size\":4096}}", false},
		{HEAD "\"host\":{\"page_size\":null}}", true},
		{HEAD "\"host\":{}}", true},
		{HEAD "\"samples\":[]}", true},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct scene scene;

		read_fine(&scene, cases[i].text);
		assert_int_equal(scene.analysis.host.page_size, 4096);
		assert_int_equal(scene.analysis.host.page_size_assumed, cases[i].is_assumed);
		scene_done(&scene);
	}
}

static void no_samples_are_fine(void **state)
{
	struct scene scene;

	(void)state;
	read_fine(&scene, "{\"schema\":\"ipcguard-sample/1\"}");
	assert_int_equal(scene.analysis.samples.count, 0);
	scene_done(&scene);
	read_fine(&scene, HEAD "\"samples\":[]}\n \t\n");
	assert_int_equal(scene.analysis.samples.count, 0);
	scene_done(&scene);
}

static void an_empty_list_of_segments_is_none_in_use(void **state)
{
	struct scene scene;

	(void)state;
	read_fine(&scene, HEAD "\"samples\":[{\"shm\":{\"segments\":[]}}]}");
	assert_int_equal(scene.analysis.samples.list[0].figures[FIGURE_SHM_SEGMENTS], 0);
	assert_int_equal(scene.analysis.samples.list[0].figures[FIGURE_SHM_LARGEST], 0);
	scene_done(&scene);
}

static void numbers_may_be_texts(void **state)
{
	static const char *const documents[] = {
		HEAD "\"host\":{\"page_size\":65536,\"ram_bytes\":1024},\"current\":{\"kernel."
		     "shmmni\":4096},"
		     "\"samples\":[{\"time\":60,\"sem\":{\"sets\":7},\"msg\":{\"bytes\":9}}]}",
		HEAD "\"host\":{\"page_size\":\"65536\",\"ram_bytes\":\"1024\"},\"current\":{"
		     "\"kernel.shmmni\":"
		     "\"4096\"},\"samples\":[{\"time\":\"60\",\"sem\":{\"sets\":\"7\"},\"msg\":{"
		     "\"bytes\":\"9\"}}]}",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(documents); i++) {
		struct scene scene;
		const struct sample *sample;

		read_fine(&scene, documents[i]);
		sample = &scene.analysis.samples.list[0];
		assert_int_equal(scene.analysis.host.page_size, 65536);
		assert_int_equal(scene.analysis.host.ram_bytes, 1024);
		assert_int_equal(scene.analysis.host.current.value[PARAMETER_SHMMNI], 4096);
		assert_int_equal(sample->time, 60);
		assert_int_equal(sample->figures[FIGURE_SEM_SETS], 7);
		assert_int_equal(sample->figures[FIGURE_MSG_BYTES], 9);
		scene_done(&scene);
	}
}

static void numbers_past_2_53_are_exact(void **state)
{
	struct scene scene;
	const struct host *host = &scene.analysis.host;

	(void)state;
	read_fine(&scene,
		  HEAD "\"current\":{\"kernel.shmall\":18446744073692774399,\"kernel.shmmax\":"
		       "\"18446744073709551615\"},\"samples\":[{\"shm\":{\"pages\":"
		       "\"9007199254740993\"}}]}");
	assert_true(host->current.value[PARAMETER_SHMALL] == SHM_DEFAULT);
	assert_true(host->current.value[PARAMETER_SHMMAX] == UINT64_MAX);
	assert_true(parameter_is_known(&host->current, PARAMETER_SHMMAX));
	assert_true(scene.analysis.samples.list[0].figures[FIGURE_SHM_PAGES] ==
		    UINT64_C(9007199254740993));
	scene_done(&scene);
}

/* 2^64-1 means "not known" inside: from outside it is a large number. */
static void the_largest_number_is_known(void **state)
{
	struct scene scene;
	const struct sample *sample;

	(void)state;
	read_fine(&scene, HEAD
		  "\"samples\":[{\"shm\":{\"segments\":[{\"bytes\":\"18446744073709551615\","
		  "\"count\":\"18446744073709551615\",\"uid\":0}]},\"sem\":{\"sets\":"
		  "\"18446744073709551615\"},\"failed_hugepages\":\"18446744073709551615\"}]}");
	sample = &scene.analysis.samples.list[0];
	assert_true(sample->figures[FIGURE_SHM_LARGEST] == SATURATED);
	assert_true(sample->figures[FIGURE_SHM_SEGMENTS] == SATURATED);
	assert_true(sample->figures[FIGURE_SEM_SETS] == SATURATED);
	assert_true(sample->segments[0].bytes == SATURATED);
	assert_true(sample->failed_hugepages == SATURATED);
	scene_done(&scene);
}

static void the_last_of_two_members_counts(void **state)
{
	struct scene scene;

	(void)state;
	read_fine(&scene, HEAD
		  "\"current\":{\"kernel.shmmni\":1,\"kernel.shmmni\":2},\"samples\":[{\"sem\":"
		  "{\"sets\":1,\"sets\":2}}]}");
	assert_int_equal(scene.analysis.host.current.value[PARAMETER_SHMMNI], 2);
	assert_int_equal(scene.analysis.samples.list[0].figures[FIGURE_SEM_SETS], 2);
	scene_done(&scene);
}

static void samples_are_put_in_the_order_of_time(void **state)
{
	struct scene scene;

	(void)state;
	read_fine(&scene, HEAD "\"samples\":[{\"time\":30,\"sem\":{\"sets\":3}},{\"time\":10,"
			       "\"sem\":{\"sets\":1}},"
			       "{\"time\":20,\"sem\":{\"sets\":2}}]}");
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(scene.analysis.samples.list[i].figures[FIGURE_SEM_SETS], i + 1);
	scene_recommend(&scene);
	assert_int_equal(scene_value(&scene, PARAMETER_SEMMNI)->in_use, 3);
	scene_done(&scene);
}

static void pages_are_the_greater_of_list_and_kernel(void **state)
{
	struct scene scene;

	(void)state;
	read_fine(
		&scene, HEAD
		"\"samples\":[{\"shm\":{\"pages\":5,\"segments\":[{\"bytes\":4097,\"count\":3}]}},"
		"{\"shm\":{\"pages\":7,\"segments\":[{\"bytes\":4097,\"count\":3}]}}]}");
	assert_int_equal(scene.analysis.samples.list[0].figures[FIGURE_SHM_PAGES], 6);
	assert_int_equal(scene.analysis.samples.list[1].figures[FIGURE_SHM_PAGES], 7);
	assert_int_equal(scene.analysis.samples.list[0].figures[FIGURE_SHM_BYTES], 3 * 4097);
	scene_done(&scene);
}

/* The database has but the largest groups of segments, and not of all samples. */
static void what_is_told_and_what_the_list_adds_up_to_the_greater_counts(void **state)
{
	static const struct {
		const char *segments;
		uint64_t count, largest, huge, would;
	} cases[] = {
		{"", 5, 6291456, 7, 1},
		{"\"segments\":[],", 5, 6291456, 7, 1},
		{"\"segments\":[{\"bytes\":1,\"count\":6}],", 6, 6291456, 7, 1},
		{"\"segments\":[{\"bytes\":8388608,\"count\":2,\"hugepage_size\":2097152}],", 5,
		 8388608, 8, 1},
		{"\"segments\":[{\"bytes\":4194304,\"hugepage_size\":0}],", 5, 6291456, 7, 2},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_(text_done) struct text text = {0};
		const struct sample *sample;
		struct scene scene;

		text_add_format(
			&text,
			HEAD
			"\"samples\":[{\"shm\":{%s\"count\":5,\"largest\":6291456},"
			"\"hugepages\":{\"needed\":{\"2097152\":{\"pages\":7,\"would\":1}}}}]}",
			cases[i].segments);
		read_fine(&scene, text.bytes);
		sample = &scene.analysis.samples.list[0];
		assert_int_equal(sample->figures[FIGURE_SHM_SEGMENTS], cases[i].count);
		assert_int_equal(sample->figures[FIGURE_SHM_LARGEST], cases[i].largest);
		assert_int_equal(sample->huge_count, 1);
		assert_int_equal(sample->huge[0].pages, cases[i].huge);
		assert_int_equal(sample->huge[0].would, cases[i].would);
		scene_done(&scene);
	}
}

static void owners_come_from_segments_where_nobody_tells_them(void **state)
{
	struct scene scene;
	const struct sample *sample;

	(void)state;
	read_fine(&scene,
		  HEAD "\"samples\":[{\"shm\":{\"segments\":[{\"bytes\":8192,\"count\":2,\"uid\":5,"
		       "\"unit\":\"a.service\"},{\"bytes\":1,\"uid\":5,\"unit\":\"a.service\"},{"
		       "\"bytes\":1}]}}]}");
	sample = &scene.analysis.samples.list[0];
	assert_int_equal(sample->owner_count, 1);
	assert_string_equal(sample->owners[0].unit, "a.service");
	assert_int_equal(sample->owners[0].segments, 3);
	assert_int_equal(sample->owners[0].pages, 5);
	assert_int_equal(sample->owners[0].largest_segment, 8192);
	scene_done(&scene);
}

static void who_is_alike_stands_there_once(void **state)
{
	struct scene scene;
	const struct sample *sample;

	(void)state;
	read_fine(&scene, HEAD
		  "\"samples\":[{\"shm\":{\"segments\":[{\"bytes\":1},{\"bytes\":8},{\"bytes\":1,"
		  "\"count\":3}]}}]}");
	sample = &scene.analysis.samples.list[0];
	assert_int_equal(sample->segment_count, 2);
	assert_int_equal(sample->segments[0].bytes, 8);
	assert_int_equal(sample->segments[1].count, 4);
	scene_done(&scene);
}

static void a_users_queues_are_summed_over_units(void **state)
{
	struct scene scene;

	(void)state;
	read_fine(&scene, HEAD "\"samples\":[{\"mqueue\":{\"bytes_by_uid\":{\"5\":\"100\"}},"
			       "\"owners\":[{\"uid\":5,"
			       "\"unit\":\"a\",\"mqueue_bytes\":80},{\"uid\":5,\"unit\":\"b\","
			       "\"mqueue_bytes\":80}]}]}");
	assert_int_equal(scene.analysis.samples.list[0].figures[FIGURE_MQ_BYTES_OF_USER], 160);
	scene_done(&scene);
}

/* Whoever writes by hand what segments he has need not list the sizes before. */
static void a_size_that_a_segment_has_is_one_of_the_hosts(void **state)
{
	struct scene scene;

	(void)state;
	read_fine(&scene, HEAD
		  "\"samples\":[{\"shm\":{\"segments\":[{\"bytes\":\"8589934592\"}]}},{\"shm\":{"
		  "\"segments\":[{\"bytes\":\"8589934592\",\"hugepage_size\":1073741824}]}}]}");
	scene_recommend(&scene);
	assert_int_equal(scene.analysis.result.huge_count, 1);
	assert_int_equal(scene.analysis.result.huge[0].value.need, 8);
	/* for the sample before it, too */
	assert_int_equal(scene.analysis.samples.list[0].huge[0].would, 8);
	scene_done(&scene);
}

static void names_of_units_are_made_harmless(void **state)
{
	struct scene scene;

	(void)state;
	read_fine(&scene, HEAD "\"samples\":[{\"shm\":{\"segments\":[{\"bytes\":1,\"unit\":"
			       "\"\\u001b[31m\\n\"}]}}]}");
	assert_string_equal(scene.analysis.samples.list[0].segments[0].unit, "\\x1b[31m\\x0a");
	scene_done(&scene);
}

static void a_backslash_in_a_units_name_stays(void **state)
{
	struct scene scene;

	(void)state;
	read_fine(&scene, HEAD "\"samples\":[{\"shm\":{\"segments\":[{\"bytes\":1,\"unit\":"
			       "\"a@dev-disk\\\\x2dx.service\\\\\"}]}}]}");
	assert_string_equal(scene.analysis.samples.list[0].segments[0].unit,
			    "a@dev-disk\\x2dx.service\\");
	scene_done(&scene);
}

/* A name's length counts as it is written, or what was written here couldn't be read again. */
static void a_units_name_has_255_bytes_as_written(void **state)
{
	static const struct {
		const char *byte;
		int count;
		bool is_fine;
	} names[] = {
		{"a", 255, true},
		{"a", 256, false},
		/* \x1a is four bytes */
		{"\\u001a", 63, true},
		{"\\u001a", 64, false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		_cleanup_(text_done) struct text text = {0};
		struct parse_error error = {0};
		struct scene scene;

		text_add(&text,
			 HEAD "\"samples\":[{\"shm\":{\"segments\":[{\"bytes\":1,\"unit\":\"");
		for (int n = 0; n < names[i].count; n++)
			text_add(&text, names[i].byte);
		text_add(&text, "\"}]}}]}");
		assert_int_equal(read_bytes(&scene, text.bytes, text.length, &error),
				 names[i].is_fine ? 0 : -EINVAL);
		if (!names[i].is_fine)
			assert_non_null(strstr(error.what, ".unit: longer than 255 bytes"));
		parse_error_done(&error);
		scene_done(&scene);
	}
}

/* Everything that a document can hold. */
static const char everything[] = HEAD
	"\"host\":{\"hugepage_sizes\":[2097152,1073741824],\"page_size\":4096,\"long_bits\":64,"
	"\"default_hugepage_size\":2097152,\"ram_bytes\":\"68719476736\",\"swap_bytes\":\"0\","
	"\"ipcmni\":32768,"
	"\"hugepage_pools\":[{\"hugepage_size\":2097152,\"node\":null,\"total\":10,\"free\":5,"
	"\"reserved\":1,"
	"\"surplus\":0,\"overcommit\":0},{\"hugepage_size\":2097152,\"node\":0,\"total\":10,"
	"\"free\":5,"
	"\"reserved\":null,\"surplus\":0,\"overcommit\":null}]},\"current\":{\"kernel.shmmax\":"
	"\"18446744073709551615\",\"kernel.shmall\":\"18446744073692774399\",\"kernel.shmmni\":"
	"\"4096\","
	"\"kernel.sem\":\"32000 1024000000 500 "
	"32000\",\"kernel.msgmax\":\"8192\",\"kernel.msgmnb\":null,"
	"\"kernel.msgmni\":\"32000\",\"fs.mqueue.queues_max\":\"256\",\"fs.mqueue.msg_max\":\"10\","
	"\"fs.mqueue.msgsize_max\":\"8192\",\"vm.nr_hugepages\":{\"2097152\":\"10\",\"1073741824\":"
	"null}},"
	"\"samples\":[{\"time\":1700000000,\"shm\":{\"segments\":[{\"bytes\":"
	"\"18446744073709551614\","
	"\"hugepage_size\":1073741824,\"count\":1,\"uid\":0,\"unit\":null},{\"bytes\":\"5\","
	"\"hugepage_size\":null,"
	"\"count\":3,\"uid\":null,\"unit\":\"a.service\"},{\"bytes\":\"4\",\"hugepage_size\":0,"
	"\"count\":1,"
	"\"uid\":7,\"unit\":null}],\"count\":5,\"pages\":\"4503599627370501\",\"bytes\":"
	"\"18446744073709551614\",\"largest\":\"18446744073709551614\",\"resident\":\"0\","
	"\"swapped\":"
	"null},\"sem\":{"
	"\"sets\":\"9007199254740993\",\"semaphores\":9007199254740992,\"largest_set\":5},\"msg\":{"
	"\"queues\":2,"
	"\"bytes\":\"3\",\"largest_queue_bytes\":\"2\",\"largest_queue_messages\":\"1\",\"largest_"
	"message\":null},"
	"\"mqueue\":{\"queues\":2,\"largest_maxmsg\":10,\"largest_msgsize\":\"8192\","
	"\"bytes_of_user\":\"18446744073709551614\",\"bytes_by_"
	"uid\":{\"7\":"
	"\"18446744073709551614\"}},\"dev_shm\":{\"bytes\":\"4096\",\"files\":1},"
	"\"hugepages\":{\"used\":\"6\",\"needed\":{\"1073741824\":{\"pages\":\"17179869184\","
	"\"would\":\"0\"},"
	"\"2097152\":{\"pages\":\"7\",\"would\":\"9\"}}},"
	"\"failed_calls\":{\"shm_einval\":0,\"shm_enospc\":3,\"shm_enomem\":0,\"sem_einval\":0,"
	"\"sem_enospc\":0,\"sem_e2big\":0,\"msg_einval\":0,\"msg_enospc\":0,\"mq_enospc\":1},"
	"\"owners\":[{"
	"\"uid\":7,"
	"\"unit\":\"b.service\",\"mqueues\":1,\"mqueue_bytes\":\"18446744073709551614\"},{\"uid\":"
	"7,\"unit\":null,"
	"\"segments\":1,\"pages\":1,\"largest_segment\":4,\"mqueues\":1,\"mqueue_bytes\":5}],"
	"\"failed_hugepages\":3},{\"time\":1700000060,\"shm\":{\"count\":null,\"pages\":null,"
	"\"bytes\":null,\"largest\":null,\"resident\":null,"
	"\"swapped\":null},\"sem\":{\"sets\":null,\"semaphores\":null,\"largest_set\":null},"
	"\"msg\":{"
	"\"queues\":null,\"bytes\":null,\"largest_queue_bytes\":null,\"largest_queue_messages\":"
	"null,"
	"\"largest_message\":null},\"mqueue\":{\"queues\":null,\"largest_maxmsg\":null,\"largest_"
	"msgsize\":null,\"bytes_of_user\":null,"
	"\"bytes_by_uid\":{}},\"dev_shm\":{\"bytes\":null,\"files\":null},"
	"\"hugepages\":{\"used\":null,\"needed\":{}},"
	"\"failed_calls\":{\"shm_einval\":null,\"shm_enospc\":null,\"shm_enomem\":null,"
	"\"sem_einval\":null,\"sem_enospc\":null,\"sem_e2big\":null,\"msg_einval\":null,"
	"\"msg_enospc\":null,\"mq_enospc\":null},"
	"\"owners\":[],"
	"\"failed_hugepages\":null}]}\n";

/* The names, forms and order are a contract: others write such documents, and read them. */
static void what_is_read_is_written_again_byte_by_byte(void **state)
{
	_cleanup_free_ char *text = NULL;
	struct scene scene;

	(void)state;
	read_fine(&scene, everything);
	text = write_samples(&scene);
	assert_string_equal(text, everything);
	scene_done(&scene);
}

/* As what is measured here is written: owners in the order of weight, nobody twice. */
static void what_was_measured_here_stays_the_same(void **state)
{
	_cleanup_free_ char *first = NULL, *second = NULL;
	struct scene scene, again;
	struct sample *sample;
	char unit[16];

	(void)state;
	scene_init(&scene);
	host_add_hugepage_size(&scene.analysis.host, 2 * MIB);
	sample = scene_add(&scene, 1700000000);
	for (uint64_t i = 0; i < 500; i++) {
		struct sample_segments segment = {.bytes = i * i % 17 << 12,
						  .hugepage_size = i % 3 ? 0 : 2 * MIB,
						  .count = 1,
						  .has_uid = i % 5,
						  .uid = i % 5 ? (uid_t)i % 7 : 0,
						  .unit = i % 2 ? unit : NULL};

		snprintf(unit, sizeof(unit), "u%u.service", (unsigned)i % 11);
		assert_int_equal(sample_add_segments(sample, &segment), 0);
		sample_owner_of(sample, segment.has_uid, segment.uid, segment.unit)->queues += i;
	}
	sample_sort_lists(sample);
	sample_add_up(sample, &scene.analysis.host);
	first = write_samples(&scene);
	read_fine(&again, first);
	second = write_samples(&again);
	assert_string_equal(first, second);
	scene_done(&scene);
	scene_done(&again);
}

static void assert_has(const char *text, const char *part)
{
	if (!strstr(text, part))
		print_message("no %s in\n%s\n", part, text);
	assert_non_null(strstr(text, part));
}

static void a_recommendation_keeps_its_form(void **state)
{
	_cleanup_free_ char *text = NULL;
	struct scene scene;

	(void)state;
	read_fine(
		&scene, HEAD
		"\"host\":{\"hugepage_sizes\":[2097152,1073741824],\"default_hugepage_size\":"
		"2097152,"
		"\"ram_bytes\":\"68719476736\"},\"current\":{\"kernel.shmmni\":100,\"kernel.sem\":"
		"\"250 32000 100 "
		"128\",\"vm.nr_hugepages\":{\"2097152\":\"0\"}},\"samples\":[{\"time\":"
		"1700000000,\"shm\":{\"segments\":[{\"bytes\":3145729,\"hugepage_size\":2097152,"
		"\"uid\":7,"
		"\"unit\":\"a.service\"},{\"bytes\":1}]},\"sem\":{\"sets\":128}}]}");
	scene.options.command = COMMAND_RECOMMEND;
	scene_add_product(&scene, "mq");
	scene_recommend(&scene);
	text = write_recommendation(&scene);
	assert_has(text,
		   "{\"schema\":\"ipcguard/1\",\"command\":\"recommend\",\"parameters\":[{\"name\":"
		   "\"kernel.shmmax\",\"current\":null,\"recommended\":\"18446744073692774399\","
		   "\"need\":\"268435456\",\"unit\":\"bytes\",\"action\":\"keep\",\"why\":"
		   "\"profile mq\","
		   "\"text\":\"");
	assert_has(text, "{\"name\":\"kernel.shmall\",\"current\":null,\"recommended\":"
			 "\"18446744073692774399\","
			 "\"need\":\"2097152\",\"unit\":\"pages\",\"action\":\"keep\",\"why\":"
			 "\"profile mq\",");
	assert_has(text, "{\"name\":\"kernel.shmmni\",\"current\":\"100\",\"recommended\":\"4096\","
			 "\"need\":\"4096\","
			 "\"unit\":\"segments\",\"action\":\"raise\",\"why\":\"profile mq\",");
	assert_has(text,
		   "{\"name\":\"kernel.sem\",\"current\":\"250 32000 100 128\",\"recommended\":"
		   "\"500 256000 250 1024\",\"need\":\"500 256000 250 1024\",");
	assert_has(text,
		   "{\"name\":\"vm.nr_hugepages\",\"hugepage_size\":2097152,\"current\":\"0\","
		   "\"recommended\":\"2\",\"need\":\"2\",\"unit\":\"pages\",\"action\":\"raise\","
		   "\"why\":"
		   "\"measured\",");
	assert_has(text,
		   "{\"name\":\"vm.nr_hugepages\",\"hugepage_size\":1073741824,\"current\":null,"
		   "\"recommended\":\"0\",\"need\":\"0\",\"unit\":\"pages\",\"action\":\"keep\","
		   "\"why\":"
		   "\"default\",");
	assert_has(text, "\"evidence\":{\"headroom\":25,\"values\":[{\"name\":\"shmmni\",\"need\":"
			 "\"4096\",\"peak\":"
			 "\"2\",\"peak_time\":1700000000,");
	assert_has(text,
		   "\"by\":[{\"uid\":7,\"unit\":\"a.service\",\"value\":\"1\"}],\"in_use\":\"2\"");
	assert_has(text,
		   "\"segments\":[{\"bytes\":\"3145729\",\"count\":1,\"is_huge\":true,\"hugepage_"
		   "size\":2097152,"
		   "\"pages\":\"2\",\"waste_bytes\":\"1048575\",\"aligned_bytes\":\"4194304\"}]");
	assert_has(text, "\"warnings\":[{\"id\":\"few-samples\",\"text\":\"");
	/* one document, one line */
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
	scene_done(&scene);
}

static void four_values_are_one_string_in_evidence_four(void **state)
{
	_cleanup_free_ char *text = NULL;
	struct scene scene;

	(void)state;
	read_fine(&scene, HEAD "\"current\":{\"kernel.sem\":\"250 32000 100 "
			       "128\"},\"samples\":[{\"sem\":{\"sets\":128,"
			       "\"semaphores\":null}}]}");
	scene_recommend(&scene);
	text = write_recommendation(&scene);
	assert_has(text,
		   "{\"name\":\"kernel.sem\",\"current\":\"250 32000 100 128\",\"recommended\":"
		   "\"250 32000 100 160\",\"need\":\"0 0 0 128\",\"unit\":\"semmsl semmns semopm "
		   "semmni\","
		   "\"action\":\"raise\",\"why\":\"measured\",");
	assert_has(text, "{\"name\":\"semmns\",\"need\":\"0\",\"peak\":null,");
	assert_has(text, "{\"name\":\"semmni\",\"need\":\"128\",\"peak\":\"128\",");
	scene_done(&scene);
}

/* The host of the document, whatever host this is. */
static void nothing_of_this_host_gets_in(void **state)
{
	_cleanup_free_ char *text = NULL;
	struct scene scene;

	(void)state;
	read_fine(&scene,
		  HEAD "\"host\":{\"page_size\":65536,\"ipcmni\":16777216,\"long_bits\":32}}");
	scene_recommend(&scene);
	text = write_recommendation(&scene);
	assert_has(text, "\"default\":\"4278190079\",\"cap\":\"4278190079\"");
	assert_has(text, "\"cap\":\"16777216\"");
	assert_null(strstr(text, "vm.nr_hugepages"));
	assert_null(strstr(text, "set_by"));
	scene_done(&scene);
}

static void lists_of_the_database_are_read_again(void **state)
{
	_cleanup_free_ char *text = NULL, *again = NULL;
	struct scene scene, other;
	struct sample sample;

	(void)state;
	read_fine(&scene, everything);
	text = sample_detail_text(&scene.analysis.samples.list[0]);
	sample_init(&sample);
	assert_int_equal(sample_detail_parse(&sample, text), 0);
	again = sample_detail_text(&sample);
	assert_string_equal(text, again);
	assert_int_equal(sample.segment_count, 3);
	sample_done(&sample);
	scene_done(&scene);
	scene_init(&other);
	for (uint64_t i = 0; i < 200; i++) {
		struct sample_segments segment = {.bytes = 200 - i, .count = 1};

		if (!i)
			scene_add(&other, 1);
		sample_add_segments(&other.analysis.samples.list[0], &segment);
	}
	free(text);
	text = sample_detail_text(&other.analysis.samples.list[0]);
	sample_init(&sample);
	assert_int_equal(sample_detail_parse(&sample, text), 0);
	assert_int_equal(sample.segment_count, SAMPLE_DETAIL_MAX);
	sample_done(&sample);
	scene_done(&other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_mistake_is_told_with_its_place),
		cmocka_unit_test(a_nul_is_no_end),
		cmocka_unit_test(a_huge_document_is_refused),
		cmocka_unit_test(what_is_missing_is_not_known),
		cmocka_unit_test(uids_are_up_to_the_last_but_one),
		cmocka_unit_test(one_size_of_huge_pages_is_the_default),
		cmocka_unit_test(a_missing_page_size_is_assumed),
		cmocka_unit_test(no_samples_are_fine),
		cmocka_unit_test(an_empty_list_of_segments_is_none_in_use),
		cmocka_unit_test(numbers_may_be_texts),
		cmocka_unit_test(numbers_past_2_53_are_exact),
		cmocka_unit_test(the_largest_number_is_known),
		cmocka_unit_test(the_last_of_two_members_counts),
		cmocka_unit_test(samples_are_put_in_the_order_of_time),
		cmocka_unit_test(pages_are_the_greater_of_list_and_kernel),
		cmocka_unit_test(what_is_told_and_what_the_list_adds_up_to_the_greater_counts),
		cmocka_unit_test(owners_come_from_segments_where_nobody_tells_them),
		cmocka_unit_test(who_is_alike_stands_there_once),
		cmocka_unit_test(a_users_queues_are_summed_over_units),
		cmocka_unit_test(a_size_that_a_segment_has_is_one_of_the_hosts),
		cmocka_unit_test(names_of_units_are_made_harmless),
		cmocka_unit_test(a_backslash_in_a_units_name_stays),
		cmocka_unit_test(a_units_name_has_255_bytes_as_written),
		cmocka_unit_test(what_is_read_is_written_again_byte_by_byte),
		cmocka_unit_test(what_was_measured_here_stays_the_same),
		cmocka_unit_test(a_recommendation_keeps_its_form),
		cmocka_unit_test(four_values_are_one_string_in_evidence_four),
		cmocka_unit_test(nothing_of_this_host_gets_in),
		cmocka_unit_test(lists_of_the_database_are_read_again),
	};

	return cmocka_run_group_tests_name("tune_json", tests, NULL, NULL);
}
