/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What products need: the shipped profiles against figures that were worked out by hand from the vendors'
 * documents, and every mistake in what is asked for or in a file.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cleanup.h"
#include "object.h"
#include "profiles.h"
#include "saturate.h"
#include "tree.h"

#define GIB (UINT64_C(1) << 30)
#define MIB (UINT64_C(1) << 20)

#define SHIPPED "sysctl-tuner/profiles"

static struct host host_of(uint64_t ram, uint64_t page_size, uint64_t hugepage_size)
{
	struct host host;

	host_init(&host);
	host.ram_bytes = ram;
	host.page_size = page_size;
	host.default_hugepage_size = hugepage_size;
	return host;
}

/* What the last of the needs says of a target; NULL: nothing. */
static const struct profile_value *value_of(const struct profile_needs *needs, unsigned target)
{
	const struct profile_need *need = &needs->list[needs->count - 1];

	for (size_t i = 0; i < need->count; i++)
		if (need->values[i].target == target)
			return &need->values[i];
	return NULL;
}

static void show_error(int r, const struct parse_error *error)
{
	_cleanup_free_ char *text = parse_error_text(error, r);

	print_message("%d %s\n", r, text ? text : "");
}

#define NONE OBJECT_UNKNOWN

/* Each with the nearest case in which the rule says something else. */
static const struct vector {
	const char *rule, *product;
	uint64_t ram, page_size, hugepage_size;
	struct {
		unsigned target;
		uint64_t value; /* NONE: nothing is said */
	} says[8];
	size_t count;
} vectors[] = {
	{"Oracle 12.2: half of memory, 40 % of its pages rounded up",
	 "oracle:version=12.2",
	 256 * GIB,
	 4096,
	 2 * MIB,
	 {{PARAMETER_SHMMAX, UINT64_C(137438953472)},
	  {PARAMETER_SHMALL, 26843546},
	  {PARAMETER_SHMMNI, 4096},
	  {PARAMETER_SEMMSL, 250},
	  {PARAMETER_SEMMNS, 32000},
	  {PARAMETER_SEMOPM, 100},
	  {PARAMETER_SEMMNI, 128},
	  {TARGET_HUGEPAGES, 0}},
	 8},
	{"Oracle 21 is before 23",
	 "oracle:version=21",
	 256 * GIB,
	 4096,
	 2 * MIB,
	 {{PARAMETER_SHMALL, 26843546}},
	 1},
	{"Oracle 23: shmmax in pages of 16 KiB",
	 "oracle:version=23",
	 96 * GIB,
	 16384,
	 32 * MIB,
	 {{PARAMETER_SHMMAX, UINT64_C(51539607552)}, {PARAMETER_SHMALL, 3145728}},
	 2},
	{"Oracle's default is the newest",
	 "oracle",
	 96 * GIB,
	 16384,
	 32 * MIB,
	 {{PARAMETER_SHMALL, 3145728}},
	 1},
	{"Oracle, 4,500 processes: sets by the thousand, the minimum of semaphores",
	 "oracle:processes=4500",
	 64 * GIB,
	 4096,
	 2 * MIB,
	 {{PARAMETER_SEMMSL, 250}, {PARAMETER_SEMMNS, 32000}, {PARAMETER_SEMMNI, 1024}},
	 3},
	{"Oracle, 2 instances of 16,001 processes: above the minimum",
	 "oracle:instances=2,processes=16001",
	 64 * GIB,
	 4096,
	 2 * MIB,
	 {{PARAMETER_SEMMNS, 64004}, {PARAMETER_SEMMNI, 1024}},
	 2},
	{"Oracle, 256,000 semaphores are just 1,024 sets",
	 "oracle:processes=128000",
	 64 * GIB,
	 4096,
	 2 * MIB,
	 {{PARAMETER_SEMMNI, 1024}},
	 1},
	{"Oracle, one process more",
	 "oracle:processes=128001",
	 64 * GIB,
	 4096,
	 2 * MIB,
	 {{PARAMETER_SEMMNI, 2048}},
	 1},
	{"Oracle, an SGA above half of memory fits in one segment",
	 "oracle:sga=40G,instances=2",
	 64 * GIB,
	 4096,
	 2 * MIB,
	 {{PARAMETER_SHMMAX, 40 * GIB}, {PARAMETER_SHMALL, 20971520}, {TARGET_HUGEPAGES, 40960}},
	 3},
	{"Oracle, an SGA below it doesn't count",
	 "oracle:sga=31G",
	 64 * GIB,
	 4096,
	 2 * MIB,
	 {{PARAMETER_SHMMAX, 32 * GIB}},
	 1},
	{"Oracle, each SGA in whole huge pages",
	 "oracle:sga=1073741825,instances=3",
	 64 * GIB,
	 4096,
	 2 * MIB,
	 {{TARGET_HUGEPAGES, 3 * 513}},
	 1},
	{"Oracle in small pages",
	 "oracle:sga=8G,hugepages=no",
	 64 * GIB,
	 4096,
	 2 * MIB,
	 {{TARGET_HUGEPAGES, 0}},
	 1},
	{"Db2, 64 GB",
	 "db2",
	 64 * GIB,
	 4096,
	 2 * MIB,
	 {{PARAMETER_SHMMNI, 16384},
	  {PARAMETER_SHMMAX, UINT64_C(68719476736)},
	  {PARAMETER_SHMALL, 33554432},
	  {PARAMETER_SEMMNI, 16384},
	  {PARAMETER_SEMMNS, 256000},
	  {PARAMETER_MSGMNI, 65536},
	  {PARAMETER_MSGMAX, 65536},
	  {PARAMETER_MSGMNB, 65536}},
	 8},
	{"Db2, the rest of it",
	 "db2",
	 64 * GIB,
	 4096,
	 2 * MIB,
	 {{PARAMETER_SEMMSL, 250}, {PARAMETER_SEMOPM, 32}, {TARGET_HUGEPAGES, NONE}},
	 3},
	{"Db2, 256 GB in pages of 64 KiB: above the most ids, which is not its business",
	 "db2",
	 256 * GIB,
	 65536,
	 512 * MIB,
	 {{PARAMETER_SHMALL, 8388608}, {PARAMETER_SHMMNI, 65536}, {PARAMETER_MSGMNI, 262144}},
	 3},
	{"Db2, a GB that is begun counts",
	 "db2",
	 64 * GIB - 4096,
	 4096,
	 2 * MIB,
	 {{PARAMETER_SHMMNI, 16384}},
	 1},
	{"PostgreSQL 17.0: 7 more, 16 to a set",
	 "postgresql:version=17.0",
	 64 * GIB,
	 4096,
	 2 * MIB,
	 {{PARAMETER_SEMMSL, 17}, {PARAMETER_SEMMNS, 136}, {PARAMETER_SEMMNI, 8}},
	 3},
	{"PostgreSQL 17.0, one connection more",
	 "postgresql:version=17.0,max_connections=101",
	 64 * GIB,
	 4096,
	 2 * MIB,
	 {{PARAMETER_SEMMNS, 153}, {PARAMETER_SEMMNI, 9}},
	 2},
	{"PostgreSQL 16: 5 more",
	 "postgresql:version=16,max_connections=102",
	 64 * GIB,
	 4096,
	 2 * MIB,
	 {{PARAMETER_SEMMNS, 136}, {PARAMETER_SEMMNI, 8}},
	 2},
	{"PostgreSQL 16, one connection more",
	 "postgresql:version=16,max_connections=103",
	 64 * GIB,
	 4096,
	 2 * MIB,
	 {{PARAMETER_SEMMNI, 9}},
	 1},
	{"PostgreSQL 11 counts no senders of the log",
	 "postgresql:version=11,max_connections=112",
	 64 * GIB,
	 4096,
	 2 * MIB,
	 {{PARAMETER_SEMMNI, 8}},
	 1},
	{"PostgreSQL 12 does",
	 "postgresql:version=12,max_connections=112",
	 64 * GIB,
	 4096,
	 2 * MIB,
	 {{PARAMETER_SEMMNI, 9}},
	 1},
	{"PostgreSQL 17.2 still has 16 to a set",
	 "postgresql:version=17.2",
	 64 * GIB,
	 4096,
	 2 * MIB,
	 {{PARAMETER_SEMMSL, 17}},
	 1},
	{"PostgreSQL 17.3: 19 to a set",
	 "postgresql:version=17.3,max_connections=105",
	 64 * GIB,
	 4096,
	 2 * MIB,
	 {{PARAMETER_SEMMSL, 20}, {PARAMETER_SEMMNS, 140}, {PARAMETER_SEMMNI, 7}},
	 3},
	{"PostgreSQL 17 is its newest",
	 "postgresql:version=17",
	 64 * GIB,
	 4096,
	 2 * MIB,
	 {{PARAMETER_SEMMSL, 20}},
	 1},
	{"PostgreSQL 18 says it itself",
	 "postgresql:version=18,num_os_semaphores=150",
	 64 * GIB,
	 4096,
	 2 * MIB,
	 {{PARAMETER_SEMMSL, 17}, {PARAMETER_SEMMNS, 170}, {PARAMETER_SEMMNI, 10}},
	 3},
	{"and counts whatever the version: earlier ones don't print it",
	 "postgresql:version=17,num_os_semaphores=150",
	 64 * GIB,
	 4096,
	 2 * MIB,
	 {{PARAMETER_SEMMSL, 17}, {PARAMETER_SEMMNS, 170}, {PARAMETER_SEMMNI, 10}},
	 3},
	{"PostgreSQL, shared memory in whole huge pages",
	 "postgresql:shared_memory=6490428K",
	 64 * GIB,
	 4096,
	 2 * MIB,
	 {{TARGET_HUGEPAGES, 3170},
	  {PARAMETER_SHMMAX, UINT64_C(6646198272)},
	  {PARAMETER_SHMALL, 1622607}},
	 3},
	{"PostgreSQL as it is: a segment of one page",
	 "postgresql",
	 64 * GIB,
	 4096,
	 2 * MIB,
	 {{PARAMETER_SHMMNI, 1},
	  {PARAMETER_SHMALL, 1},
	  {PARAMETER_SHMMAX, 1024},
	  {TARGET_HUGEPAGES, 0}},
	 4},
	{"PostgreSQL, the example of 16 GB",
	 "postgresql:shared_memory=16G",
	 64 * GIB,
	 4096,
	 2 * MIB,
	 {{PARAMETER_SHMMAX, UINT64_C(17179869184)}, {PARAMETER_SHMALL, 4194304}},
	 2},
	{"PostgreSQL by its buffers",
	 "postgresql:shared_buffers=16G,max_connections=400",
	 64 * GIB,
	 4096,
	 2 * MIB,
	 {{PARAMETER_SHMALL, 4194304}},
	 1},
	{"Greenplum: half of the pages, and as many bytes",
	 "greenplum",
	 UINT64_C(395903676) * 4096,
	 4096,
	 2 * MIB,
	 {{PARAMETER_SHMALL, 197951838},
	  {PARAMETER_SHMMAX, UINT64_C(810810728448)},
	  {PARAMETER_SHMMNI, 4096},
	  {PARAMETER_SEMMSL, 250},
	  {PARAMETER_SEMMNS, 2048000},
	  {PARAMETER_SEMOPM, 200},
	  {PARAMETER_SEMMNI, 8192},
	  {PARAMETER_MSGMNI, 2048}},
	 8},
	{"Greenplum, an odd number of pages",
	 "greenplum",
	 UINT64_C(5) * 4096,
	 4096,
	 0,
	 {{PARAMETER_SHMALL, 2}, {PARAMETER_SHMMAX, 8192}},
	 2},
	{"Informix",
	 "informix:vps=15,added_vps=2,shm_users=100,utils=6",
	 64 * GIB,
	 4096,
	 2 * MIB,
	 {{PARAMETER_SEMMNS, 223}, {PARAMETER_SEMMNI, 4}, {PARAMETER_SEMMSL, 100}},
	 3},
	{"Informix, the smallest",
	 "informix:vps=1,utils=0",
	 64 * GIB,
	 4096,
	 2 * MIB,
	 {{PARAMETER_SEMMNS, 21}, {PARAMETER_SEMMNI, 2}},
	 2},
	{"Informix, the 101st session",
	 "informix:added_vps=2,shm_users=101",
	 64 * GIB,
	 4096,
	 2 * MIB,
	 {{PARAMETER_SEMMNI, 5}},
	 1},
	{"OpenEdge",
	 "openedge:n=500,mn=10",
	 64 * GIB,
	 4096,
	 2 * MIB,
	 {{PARAMETER_SEMMNS, 514}, {PARAMETER_SEMMSL, 172}, {PARAMETER_SEMMNI, 3}},
	 3},
	{"Java: heap, metaspace, native memory and stacks",
	 "jvm:bytes=37568380928",
	 64 * GIB,
	 4096,
	 2 * MIB,
	 {{TARGET_HUGEPAGES, 17914},
	  {PARAMETER_SHMMAX, UINT64_C(37568380928)},
	  {PARAMETER_SHMALL, 9171968}},
	 3},
	{"SAP HANA checks for no less",
	 "sap-hana",
	 64 * GIB,
	 4096,
	 2 * MIB,
	 {{PARAMETER_SHMMAX, UINT64_C(18446744073692774399)},
	  {PARAMETER_SHMALL, UINT64_C(1152921504606846720)},
	  {PARAMETER_SHMMNI, 32768},
	  {PARAMETER_SEMMSL, 32000},
	  {PARAMETER_SEMMNS, 1024000000},
	  {PARAMETER_SEMOPM, 500},
	  {PARAMETER_SEMMNI, 32000}},
	 7},
	{"SAP NetWeaver",
	 "sap-netweaver",
	 64 * GIB,
	 4096,
	 2 * MIB,
	 {{PARAMETER_SHMMAX, UINT64_C(18446744073692774399)},
	  {PARAMETER_SHMALL, UINT64_C(18446744073692774399)},
	  {PARAMETER_SHMMNI, NONE}},
	 3},
	{"ASE: pages of 2 KiB",
	 "ase:max_memory=524289",
	 64 * GIB,
	 4096,
	 2 * MIB,
	 {{PARAMETER_SHMMAX, GIB + 2048}, {PARAMETER_SHMALL, 262145}, {TARGET_HUGEPAGES, 513}},
	 3},
	{"ASE: a size has a letter",
	 "ase:max_memory=1G",
	 64 * GIB,
	 4096,
	 2 * MIB,
	 {{PARAMETER_SHMMAX, GIB}},
	 1},
	{"TimesTen",
	 "timesten:bytes=39991547720,connections=100",
	 64 * GIB,
	 4096,
	 2 * MIB,
	 {{PARAMETER_SHMMAX, UINT64_C(39991547720)},
	  {PARAMETER_SHMALL, 9763562},
	  {PARAMETER_SEMMSL, 255}},
	 3},
	{"TimesTen without its connections says nothing of them",
	 "timesten:bytes=1G",
	 64 * GIB,
	 4096,
	 2 * MIB,
	 {{PARAMETER_SEMMSL, NONE}, {PARAMETER_SHMMAX, GIB}},
	 2},
	{"Tuxedo",
	 "tuxedo:maxaccessers=300,maxwsclients=100,replyq=10,mssq_sets=3,mssq_servers=8",
	 64 * GIB,
	 4096,
	 2 * MIB,
	 {{PARAMETER_SEMMNS, 213}, {PARAMETER_MSGMNI, 312}, {PARAMETER_SEMMNI, NONE}},
	 3},
	{"MySQL",
	 "mysql:large_pages=1560281088",
	 64 * GIB,
	 4096,
	 2 * MIB,
	 {{PARAMETER_SHMMAX, 1560281088}, {PARAMETER_SHMALL, 380928}, {TARGET_HUGEPAGES, 744}},
	 3},
	{"MQ",
	 "mq",
	 64 * GIB,
	 4096,
	 2 * MIB,
	 {{PARAMETER_SHMMAX, 268435456},
	  {PARAMETER_SHMALL, 2097152},
	  {PARAMETER_SEMMSL, 500},
	  {PARAMETER_SEMOPM, 250}},
	 4},
	{"huge pages of 512 MiB",
	 "jvm:bytes=512M",
	 64 * GIB,
	 65536,
	 512 * MIB,
	 {{TARGET_HUGEPAGES, 1}},
	 1},
	{"one byte more",
	 "jvm:bytes=536870913",
	 64 * GIB,
	 65536,
	 512 * MIB,
	 {{TARGET_HUGEPAGES, 2}},
	 1},
	{"a host without huge pages",
	 "jvm:bytes=512M",
	 64 * GIB,
	 4096,
	 0,
	 {{TARGET_HUGEPAGES, NONE}, {PARAMETER_SHMMAX, 512 * MIB}},
	 2},
	{"a product that asks nothing of memory where that isn't known",
	 "mq",
	 OBJECT_UNKNOWN,
	 4096,
	 0,
	 {{PARAMETER_SHMMNI, 4096}},
	 1},
	{"past 2^64 it stays",
	 "oracle:sga=16777215T,instances=2",
	 64 * GIB,
	 4096,
	 2 * MIB,
	 {{PARAMETER_SHMMAX, UINT64_C(16777215) << 40},
	  {PARAMETER_SHMALL, UINT64_C(16777215) << 29}},
	 2},
	{"the largest number",
	 "jvm:bytes=18446744073709551615",
	 64 * GIB,
	 4096,
	 2 * MIB,
	 {{PARAMETER_SHMMAX, SATURATED}, {TARGET_HUGEPAGES, UINT64_C(1) << 43}},
	 2},
};

static void shipped_profiles_say_what_their_vendors_say(void **state)
{
	static const char *const dirs[] = {SHIPPED, NULL};

	(void)state;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		const struct vector *v = &vectors[i];
		struct host host = host_of(v->ram, v->page_size, v->hugepage_size);
		struct profile_needs needs = {0};
		struct parse_error error = {0};
		int r = profiles_add(&needs, v->product, &host, dirs, &error);

		if (r < 0) {
			print_message("%s: ", v->rule);
			show_error(r, &error);
		}
		assert_int_equal(r, 0);
		for (size_t s = 0; s < v->count; s++) {
			const struct profile_value *said = value_of(&needs, v->says[s].target);
			uint64_t value = said ? said->value : NONE;

			if (value != v->says[s].value)
				print_message("%s: %s: target %u is %lld, not %lld\n", v->rule,
					      v->product, v->says[s].target, (long long)value,
					      (long long)v->says[s].value);
			assert_true(value == v->says[s].value);
			if (said)
				assert_true(*said->source && *said->formula);
		}
		profile_needs_done(&needs);
		parse_error_done(&error);
	}
}

static void each_shipped_profile_is_listed(void **state)
{
	static const char *const names[] = {
		"ase",	    "db2",	     "greenplum", "informix", "jvm",
		"mq",	    "mysql",	     "openedge",  "oracle",   "postgresql",
		"sap-hana", "sap-netweaver", "timesten",  "tuxedo",
	};
	static const char *const dirs[] = {SHIPPED, NULL};
	struct parse_error error = {0};
	_cleanup_free_ char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	assert_int_equal(profiles_print(out, dirs, &error), 0);
	fclose(out);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char line[32];

		snprintf(line, sizeof(line), "%s: ", names[i]);
		if (!strstr(text, line))
			print_message("%s is missing\n", names[i]);
		assert_non_null(strstr(text, line));
	}
	assert_non_null(strstr(text, "    n=number  -n, users\n"));
	assert_non_null(strstr(text, "    instances=number (1)  how many instances run here\n"));
}

/* With what is asked of the shipped ones, on a host whose memory is known or not. */
static const struct refusal {
	const char *rule, *product;
	bool has_ram;
	int r;
	const char *text; /* of the message, in it */
} refusals[] = {
	{"an unknown product", "oracel", true, -ENOENT,
	 "--for: oracel: no such profile: there are ase, db2, greenplum, informix, jvm, mq, mysql, "
	 "openedge, oracle, postgresql, sap-hana, sap-netweaver, timesten, tuxedo"},
	{"no product", "", true, -ENOENT, "no such profile"},
	{"no product, with keys", ":sga=1G", true, -ENOENT, "no such profile"},
	{"a path is no product", "../profiles/oracle", true, -ENOENT, "no such profile"},
	{"its file's name is none", "oracle.conf", true, -ENOENT, "no such profile"},
	{"capitals", "Oracle", true, -ENOENT, "no such profile"},
	{"an unknown key", "oracle:sgs=1G", true, -EINVAL,
	 "--for=oracle: sgs: no parameter of this profile: version, instances, sga, "
	 "processes, hugepages"},
	{"a key of a product that has none", "mq:n=1", true, -EINVAL,
	 "n: no parameter of this profile: it has none"},
	{"a key twice", "oracle:sga=1G,processes=1,sga=1G", true, -EINVAL, "sga is given twice"},
	{"no value", "oracle:sga", true, -EINVAL, "sga: not key=value"},
	{"no keys after the colon", "oracle:", true, -EINVAL,
	 "--for=oracle: nothing stands before or behind a comma or the colon"},
	{"a comma at the end", "oracle:sga=1G,", true, -EINVAL,
	 "--for=oracle: nothing stands before or behind a comma or the colon"},
	{"an empty size", "oracle:sga=", true, -EINVAL, "sga=: takes a size"},
	{"a key that must be given", "openedge:mn=10", true, -EINVAL,
	 "--for=openedge: n= must be given with this profile"},
	{"the product alone where one must be given", "jvm", true, -EINVAL, "bytes= must be given"},
	{"a size for a number", "oracle:processes=1K", true, -EINVAL,
	 "processes=1K: takes a whole number"},
	{"a negative number", "oracle:processes=-1", true, -EINVAL, "takes a whole number"},
	{"a fraction", "oracle:processes=1.5", true, -EINVAL, "takes a whole number"},
	{"a blank before a number", "oracle:processes= 1", true, -EINVAL, "takes a whole number"},
	{"a number past 2^64", "oracle:processes=18446744073709551616", true, -EINVAL,
	 "takes a whole number"},
	{"letters for a size", "oracle:sga=lots", true, -EINVAL, "sga=lots: takes a size"},
	{"a unit that is none", "oracle:sga=64GB", true, -EINVAL, "sga=64GB: takes a size"},
	{"a size past 2^64", "oracle:sga=16777216T", true, -EINVAL,
	 "--for=oracle: sga=16777216T: past 2^64"},
	{"fewer than are possible", "oracle:instances=0", true, -EINVAL,
	 "--for=oracle: instances=0: takes 1 or more"},
	{"older than the source", "oracle:version=12.1", true, -EINVAL,
	 "--for=oracle: version=12.1: takes 12.2 to 23"},
	{"newer than the source", "oracle:version=24", true, -EINVAL, "takes 12.2 to 23"},
	{"a fraction of a size", "oracle:sga=1.5G", true, -EINVAL, "takes a size"},
	{"a version that is none", "oracle:version=new", true, -EINVAL, "takes a version"},
	{"a negative version", "oracle:version=-1", true, -EINVAL, "takes a version"},
	{"a negative minor version", "oracle:version=12.-2", true, -EINVAL, "takes a version"},
	{"a version with a sign", "oracle:version=+12", true, -EINVAL, "takes a version"},
	{"a version with a blank", "oracle:version=12. 2", true, -EINVAL, "takes a version"},
	{"a version of three parts", "oracle:version=12.2.0", true, -EINVAL, "takes a version"},
	{"a version that ends in a dot", "oracle:version=12.", true, -EINVAL, "takes a version"},
	{"a version of four digits", "oracle:version=2023", true, -EINVAL, "takes a version"},
	{"yes or no", "oracle:hugepages=true", true, -EINVAL, "hugepages=true: takes yes or no"},
	{"pages of 2 KiB or a size", "ase:max_memory=x", true, -EINVAL,
	 "takes a number of pages of 2 KiB, or a size"},
	{"memory that isn't known", "db2", false, -ENODATA,
	 "profiles/db2.conf:7: the size of memory is needed, and not known here"},
	{"no sets", "openedge:n=500,semsets=0", true, -EINVAL,
	 "--for=openedge: semsets=0: takes 1 or more"},
};

static void assert_refused(const char *rule, const char *product, const struct host *host,
			   const char *const *dirs, int wanted, const char *text)
{
	struct profile_needs needs = {0};
	struct parse_error error = {0};
	int r = profiles_add(&needs, product, host, dirs, &error);
	_cleanup_free_ char *said = parse_error_text(&error, r);

	if (r != wanted || !strstr(said, text))
		print_message("%s: %d %s\n", rule, r, said);
	assert_int_equal(r, wanted);
	assert_non_null(strstr(said, text));
	assert_int_equal(needs.count, 0);
	profile_needs_done(&needs);
	parse_error_done(&error);
}

static void a_wrong_wish_is_refused_with_what_is_wrong(void **state)
{
	static const char *const dirs[] = {SHIPPED, NULL};

	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		const struct refusal *row = &refusals[i];
		struct host host = host_of(row->has_ram ? 64 * GIB : OBJECT_UNKNOWN, 4096, 2 * MIB);

		assert_refused(row->rule, row->product, &host, dirs, row->r, row->text);
	}
}

static void bounds_themselves_are_taken(void **state)
{
	static const char *const dirs[] = {SHIPPED, NULL};
	static const char *const wishes[] = {"oracle:instances=1", "oracle:version=12.2",
					     "oracle:version=23", "oracle:version=23.26",
					     "postgresql:version=9.4"};
	struct host host = host_of(64 * GIB, 4096, 2 * MIB);
	struct profile_needs needs = {0};
	struct parse_error error = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(wishes) / sizeof(wishes[0]); i++)
		assert_int_equal(profiles_add(&needs, wishes[i], &host, dirs, &error), 0);
	profile_needs_done(&needs);
}

/* "143" is what postgres -C prints, in MB; a page as bytes is said with its unit. */
static void few_bare_bytes_are_doubted(void **state)
{
	static const char *const dirs[] = {SHIPPED, NULL};
	static const struct {
		const char *wish, *doubt;
	} wishes[] = {
		{"postgresql:shared_memory=143",
		 "shared_memory=143 is so many bytes: if it is meant in MB or GB, write 143M or "
		 "143G"},
		{"oracle:sga=1048575", "sga=1048575 is so many bytes"},
		{"oracle:sga=1048576", NULL},
		{"oracle:sga=64K", NULL},
		{"oracle:sga=0", NULL},
		{"oracle:processes=64", NULL},
		{"oracle", NULL},
	};
	struct host host = host_of(64 * GIB, 4096, 2 * MIB);

	(void)state;
	for (size_t i = 0; i < sizeof(wishes) / sizeof(wishes[0]); i++) {
		struct profile_needs needs = {0};
		struct parse_error error = {0};
		const char *doubt;

		assert_int_equal(profiles_add(&needs, wishes[i].wish, &host, dirs, &error), 0);
		doubt = needs.list[0].doubt;
		if (!doubt != !wishes[i].doubt || (doubt && !strstr(doubt, wishes[i].doubt)))
			fail_msg("%s: %s", wishes[i].wish, doubt ? doubt : "no doubt");
		profile_needs_done(&needs);
	}
}

/* A refused product leaves those before it alone. */
static void needs_are_added_one_by_one(void **state)
{
	static const char *const dirs[] = {SHIPPED, NULL};
	struct host host = host_of(64 * GIB, 4096, 2 * MIB);
	struct profile_needs needs = {0};
	struct parse_error error = {0};

	(void)state;
	assert_int_equal(profiles_add(&needs, "mq", &host, dirs, &error), 0);
	assert_int_equal(profiles_add(&needs, "oracle:x=1", &host, dirs, &error), -EINVAL);
	parse_error_done(&error);
	assert_int_equal(profiles_add(&needs, "oracle", &host, dirs, &error), 0);
	assert_int_equal(needs.count, 2);
	assert_string_equal(needs.list[0].name, "mq");
	assert_string_equal(needs.list[0].title, "IBM MQ");
	assert_string_equal(needs.list[1].name, "oracle");
	assert_non_null(needs.list[1].note);
	profile_needs_done(&needs);
}

static const struct file_row {
	const char *rule, *text;
	int r;
	const char *what; /* in the message; NULL: it is fine */
} files[] = {
	{"a file that says nothing", "", 0, NULL},
	{"comments", "# nothing\n; nothing\n", 0, NULL},
	{"a value alone", "[kernel.shmmax]\nValue=1\n", 0, NULL},
	{"names of sysctls with slashes", "[kernel/shmmax]\nValue=1\n", 0, NULL},
	{"a line that is none", "[kernel.shmmax]\nValue\n", -EINVAL, "x.conf:2: "},
	{"a section that isn't closed", "[kernel.shmmax\nValue=1\n", -EINVAL, "x.conf:1: "},
	{"a key outside of sections", "Value=1\n", -EINVAL, "x.conf:1: "},
	{"a section twice", "[kernel.shmmax]\nValue=1\n[kernel.shmmax]\nValue=2\n", -EINVAL,
	 "x.conf:3: "},
	{"a key twice", "[kernel.shmmax]\nValue=1\nValue=2\n", -EINVAL, "x.conf:3: "},
	{"an unknown sysctl", "[kernel.shmmx]\nValue=1\n", -EINVAL,
	 "x.conf:1: [kernel.shmmx]: no sysctl that ipctune knows"},
	{"an unknown section with nothing in it", "[kernel.shmmx]\n", -EINVAL, "x.conf:1: "},
	{"an unknown key", "[kernel.shmmax]\nvalue=1\n", -EINVAL,
	 "x.conf:2: value=: no such key in [kernel.shmmax]"},
	{"Value= of kernel.sem", "[kernel.sem]\nValue=1\n", -EINVAL, "x.conf:2: Value=: no such"},
	{"Semmsl= elsewhere", "[kernel.shmmax]\nSemmsl=1\n", -EINVAL, "x.conf:2: Semmsl="},
	{"an unknown key of a parameter", "[parameter n]\nType=number\nDefualt=1\n", -EINVAL,
	 "x.conf:3: Defualt=: no such key in [parameter n]"},
	{"an unknown key of the profile", "[Profile]\nTitel=x\n", -EINVAL,
	 "x.conf:2: Titel=: no such key in [Profile]"},
	{"a parameter without a type", "[parameter n]\nRequired=no\n", -EINVAL,
	 "x.conf:1: [parameter n]: no Type= that is known"},
	{"an unknown type", "[parameter n]\nType=float\nDefault=1\n", -EINVAL,
	 "x.conf:1: [parameter n]: no Type= that is known"},
	{"a default that isn't of its type", "[parameter n]\nType=number\nDefault=1K\n", -EINVAL,
	 "n=1K: takes a whole number"},
	{"an empty section of a parameter", "[parameter n]\n[kernel.shmmax]\nValue=1\n", -EINVAL,
	 "x.conf:1: [parameter n]: no Type="},
	{"Required=yes is what it is by default",
	 "[parameter n]\nType=number\nRequired=yes\n[kernel.shmmax]\nValue=n\n", -EINVAL,
	 "n= must be given"},
	{"Required= is yes or no", "[parameter n]\nType=number\nRequired=maybe\n", -EINVAL,
	 "x.conf:3: Required=maybe"},
	{"a least value that isn't of its type",
	 "[parameter n]\nType=number\nDefault=1\nLeast=1K\n", -EINVAL,
	 "x.conf: n=1K: takes a whole number"},
	{"a least value", "[parameter n]\nType=number\nDefault=1\nLeast=1\nMost=2\n", 0, NULL},
	{"a broken formula", "[kernel.shmmax]\n\nValue=1 +\n", -EINVAL,
	 "x.conf:3: Value=: no formula from here: "},
	{"an empty formula", "[kernel.shmmax]\nValue=\n", -EINVAL, "x.conf:2: Value=: no formula"},
	{"an unknown name in a formula", "[kernel.shmmax]\nValue=2 * nope\n", -EINVAL,
	 "x.conf:2: Value=: no formula from here: nope"},
	{"a division by 0", "[kernel.shmmax]\nValue=1 / 0\n", -EINVAL,
	 "x.conf:2: Value=: something is divided by 0"},
	{"a parameter that may be missing",
	 "[parameter n]\nType=number\nRequired=no\n"
	 "[kernel.shmmax]\nValue=n\n",
	 0, NULL},
	{"and must be given by default", "[parameter n]\nType=number\n[kernel.shmmax]\nValue=n\n",
	 -EINVAL, "n= must be given"},
	{"24 parameters",
	 "[parameter a]\nType=number\nDefault=1\n[parameter b]\nType=number\nDefault=1\n"
	 "[parameter c]\nType=number\nDefault=1\n",
	 0, NULL},
	{"a colour that a terminal would show", "[kernel.shm\x1b[31mmax]\nValue=1\n", -EINVAL,
	 "no sysctl"},
};

static void a_broken_file_is_told_with_its_line(void **state)
{
	struct tree *tree = *state;
	char dir[TREE_PATH_SIZE];
	const char *dirs[] = {tree_path(tree, "a", dir), NULL};
	struct host host = host_of(64 * GIB, 4096, 2 * MIB);

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		const struct file_row *row = &files[i];
		struct profile_needs needs = {0};
		struct parse_error error = {0};

		tree_write(tree, "a/x.conf", row->text);
		if (row->what) {
			assert_refused(row->rule, "x", &host, dirs, row->r, row->what);
			continue;
		}
		if (profiles_add(&needs, "x", &host, dirs, &error) < 0) {
			show_error(row->r, &error);
			fail_msg("%s", row->rule);
		}
		profile_needs_done(&needs);
	}
}

static void takes_24_parameters_and_no_more(void **state)
{
	struct tree *tree = *state;
	char dir[TREE_PATH_SIZE], text[4096] = "";
	const char *dirs[] = {tree_path(tree, "a", dir), NULL};
	struct host host = host_of(64 * GIB, 4096, 2 * MIB);
	struct profile_needs needs = {0};
	struct parse_error error = {0};
	size_t length = 0;

	for (int i = 0; i < 24; i++)
		length += (size_t)snprintf(text + length, sizeof(text) - length,
					   "[parameter p%d]\nType=number\nDefault=1\n", i);
	strcpy(text + length, "[kernel.shmmax]\nValue=p0 + p23 + page_size\n");
	tree_write(tree, "a/x.conf", text);
	assert_int_equal(profiles_add(&needs, "x:p23=5", &host, dirs, &error), 0);
	assert_int_equal(value_of(&needs, PARAMETER_SHMMAX)->value, 4102);
	profile_needs_done(&needs);
	strcpy(text + length, "[parameter p24]\nType=number\nDefault=1\n");
	tree_write(tree, "a/x.conf", text);
	assert_refused("25", "x", &host, dirs, -EINVAL, "x.conf:73: more than 24 parameters");
}

/* As far as they end at all, files that are cut off anywhere. */
static void a_file_cut_off_anywhere_does_no_harm(void **state)
{
	struct tree *tree = *state;
	char dir[TREE_PATH_SIZE];
	const char *dirs[] = {tree_path(tree, "a", dir), NULL};
	struct host host = host_of(64 * GIB, 4096, 2 * MIB);
	char text[8192];
	FILE *f = fopen(SHIPPED "/oracle.conf", "re");
	size_t size = fread(text, 1, sizeof(text), f);

	fclose(f);
	for (size_t i = 0; i <= size; i++) {
		struct profile_needs needs = {0};
		struct parse_error error = {0};
		int r;

		tree_write_bytes(tree, "a/x.conf", text, i);
		r = profiles_add(&needs, "x", &host, dirs, &error);
		assert_true(r == 0 || (r == -EINVAL && error.what && error.file));
		profile_needs_done(&needs);
		parse_error_done(&error);
	}
}

static void assert_shmmax(const char *const *dirs, uint64_t wanted)
{
	struct host host = host_of(64 * GIB, 4096, 2 * MIB);
	struct profile_needs needs = {0};
	struct parse_error error = {0};
	int r = profiles_add(&needs, "x", &host, dirs, &error);

	if (r < 0)
		show_error(r, &error);
	assert_int_equal(r, 0);
	assert_int_equal(needs.list[0].count, wanted ? 1 : 0);
	if (wanted)
		assert_int_equal(value_of(&needs, PARAMETER_SHMMAX)->value, wanted);
	profile_needs_done(&needs);
}

static void a_later_directory_takes_the_place_of_an_earlier(void **state)
{
	struct tree *tree = *state;
	char a[TREE_PATH_SIZE], b[TREE_PATH_SIZE], path[TREE_PATH_SIZE];
	const char *const dirs[] = {tree_path(tree, "a", a), tree_path(tree, "b", b), NULL};
	struct host host = host_of(64 * GIB, 4096, 2 * MIB);

	assert_refused("no directory", "x", &host, dirs, -ENOENT, "there are none");
	tree_write(tree, "a/x.conf", "[kernel.shmmax]\nValue=1\n");
	assert_shmmax(dirs, 1);
	tree_write(tree, "b/y.conf", "[kernel.shmmax]\nValue=3\n");
	assert_shmmax(dirs, 1);
	tree_write(tree, "b/x.conf", "[kernel.shmmax]\nValue=2\n");
	assert_shmmax(dirs, 2);
	/* whole: what the earlier one says besides is gone, too */
	tree_write(tree, "a/x.conf", "[kernel.shmmax]\nValue=1\n[kernel.shmall]\nValue=1\n");
	assert_shmmax(dirs, 2);
	/* a mistake in what doesn't count is none */
	tree_write(tree, "a/x.conf", "[broken\n");
	assert_shmmax(dirs, 2);
	unlink(tree_path(tree, "b/x.conf", path));
	assert_int_equal(symlink("/dev/null", path), 0);
	assert_refused("masked", "x", &host, dirs, -ENOENT, "x: no such profile");
}

static void a_file_of_somebody_else_is_not_believed(void **state)
{
	struct tree *tree = *state;
	char dir[TREE_PATH_SIZE], path[TREE_PATH_SIZE];
	const char *dirs[] = {tree_path(tree, "a", dir), NULL};
	struct host host = host_of(64 * GIB, 4096, 2 * MIB);

	if (geteuid() != 0)
		skip();
	tree_write(tree, "a/x.conf", "[kernel.shmmax]\nValue=1\n");
	assert_int_equal(chown(tree_path(tree, "a/x.conf", path), 65534, 0), 0);
	assert_refused("another owner", "x", &host, dirs, -EPERM, "must belong to root");
	assert_int_equal(chown(path, 0, 0), 0);
	assert_int_equal(chmod(path, 0666), 0);
	assert_refused("writable by all", "x", &host, dirs, -EPERM, "must belong to root");
	assert_int_equal(chmod(path, 0644), 0);
	assert_shmmax(dirs, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shipped_profiles_say_what_their_vendors_say),
		cmocka_unit_test(each_shipped_profile_is_listed),
		cmocka_unit_test(a_wrong_wish_is_refused_with_what_is_wrong),
		cmocka_unit_test(bounds_themselves_are_taken),
		cmocka_unit_test(few_bare_bytes_are_doubted),
		cmocka_unit_test(needs_are_added_one_by_one),
		cmocka_unit_test_setup_teardown(a_broken_file_is_told_with_its_line, tree_setup,
						tree_teardown),
		cmocka_unit_test_setup_teardown(takes_24_parameters_and_no_more, tree_setup,
						tree_teardown),
		cmocka_unit_test_setup_teardown(a_file_cut_off_anywhere_does_no_harm, tree_setup,
						tree_teardown),
		cmocka_unit_test_setup_teardown(a_later_directory_takes_the_place_of_an_earlier,
						tree_setup, tree_teardown),
		cmocka_unit_test_setup_teardown(a_file_of_somebody_else_is_not_believed, tree_setup,
						tree_teardown),
	};

	return cmocka_run_group_tests_name("tune_profiles", tests, NULL, NULL);
}
