// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The model test: lives random histories until enough objects have come and gone, and says what
 * ipcclean did wrong in any of them, with the seed and the shortest history that shows it.
 *
 *   model [--objects=N] [--seed=N] [--histories=N] [--jobs=N] IPCCLEAN
 *
 * The same seed gives the same histories; --histories=1 --seed=N lives one again.
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "model.h"

#define JOBS_MAX 32
#define FAILURES_MAX 3 /* explained by each job */

struct settings {
	unsigned long objects, histories;
	uint64_t seed;
	unsigned jobs;
	const char *ipcclean;
};

struct lane {
	struct counters counters;
	unsigned failed[FAIL_HARNESS + 1];
};

static void explain(const struct history *history, uint64_t seed, unsigned before)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return;
	fprintf(out, "# seed %llu: %s: %s\n", (unsigned long long)seed,
		failure_name(history->failure), history->message);
	fprintf(out, "# the shortest history that shows it (%u of %u operations):\n",
		history->count, before);
	for (unsigned i = 0; i < history->count; i++) {
		fprintf(out, "#   ");
		op_print(out, &history->ops[i]);
	}
	fclose(out);
	/* one write: the jobs share standard output */
	(void)!write(STDOUT_FILENO, text, size);
	free(text);
}

static bool is_done(const struct settings *settings, const struct lane *lane, unsigned long n)
{
	unsigned failures = 0;

	for (unsigned i = 0; i <= FAIL_HARNESS; i++)
		failures += lane->failed[i];
	if (failures >= FAILURES_MAX)
		return true;
	if (settings->histories)
		return n * settings->jobs >= settings->histories;
	return lane->counters.objects * settings->jobs >= settings->objects;
}

static _Noreturn void run_lane(const struct settings *settings, unsigned number, struct lane *lane)
{
	/* the users of one run are not those of another */
	const unsigned users = number + (unsigned)getppid() % 64 * JOBS_MAX;
	struct history *history = mmap(NULL, sizeof(*history), PROT_READ | PROT_WRITE,
				       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (history == MAP_FAILED)
		_exit(1);
	for (unsigned long n = 0; !is_done(settings, lane, n); n++) {
		history->seed = settings->seed + n * settings->jobs + number;
		history->count = 0;
		live(history, false, settings->ipcclean, users);
		/* what shrinking does is no part of the figures */
		lane->counters = history->counters;
		if (history->failure) {
			unsigned before = history->count;

			lane->failed[history->failure]++;
			if (history->failure != FAIL_HARNESS)
				shrink(history, settings->ipcclean, users);
			explain(history, history->seed, before);
			history->counters = lane->counters;
		}
	}
	_exit(0);
}

static void add_up(struct lane *sum, const struct lane *lane)
{
	unsigned long *to = (unsigned long *)&sum->counters;
	const unsigned long *from = (const unsigned long *)&lane->counters;

	for (size_t i = 0; i < sizeof(sum->counters) / sizeof(*to); i++)
		to[i] += from[i];
	for (unsigned i = 0; i <= FAIL_HARNESS; i++)
		sum->failed[i] += lane->failed[i];
}

static bool say(bool is_ok, unsigned n, const char *what)
{
	printf("%sok %u - %s\n", is_ok ? "" : "not ", n, what);
	return is_ok;
}

/* A test that never met a rule has not tested it. */
static bool has_met_all(const struct settings *settings, const struct counters *c)
{
	bool is_met = true;

	if (settings->histories)
		return c->runs > 0;
	for (unsigned i = 0; i < REASONS; i++)
		if (!c->by_reason[i]) {
			printf("# never met: %s\n", reason_word(i));
			is_met = false;
		}
	for (unsigned i = 0; i < KINDS; i++)
		is_met &= c->by_kind[i] > 0;
	return is_met && (getenv("MODEL_NO_RACES") || (c->raced_stay && c->raced_go));
}

static int report(const struct settings *settings, const struct lane *sum)
{
	const struct counters *c = &sum->counters;
	bool is_ok = true;

	printf("# %lu histories, %lu processes, %lu operations (%lu refused), %lu object "
	       "lifetimes\n",
	       c->histories, c->workers, c->ops, c->skipped, c->objects);
	printf("# %lu runs of ipcclean, %lu of them while operations went on: %lu removed, %lu "
	       "kept, %lu either; in races %lu had to stay, %lu had to go\n",
	       c->runs, c->races, c->removed, c->stayed, c->either, c->raced_stay, c->raced_go);
	for (unsigned i = 0; i < REASONS; i++)
		printf("%s%s %lu", i ? ", " : "# reasons: ", reason_word(i), c->by_reason[i]);
	printf("\n1..7\n");
	is_ok &= say(!sum->failed[FAIL_FALSE_REMOVAL], 1, "model: removes nothing that is in use");
	is_ok &= say(!sum->failed[FAIL_LEFTOVER], 2, "model: leaves nothing that nobody can use");
	is_ok &= say(!sum->failed[FAIL_WRONG_REASON], 3,
		     "model: gives the reason of the first rule");
	is_ok &= say(!sum->failed[FAIL_WRONG_REPORT], 4, "model: reports what it did");
	is_ok &= say(!sum->failed[FAIL_TOOL], 5, "model: never fails");
	is_ok &= say(!sum->failed[FAIL_HARNESS], 6, "model: every history was lived to its end");
	is_ok &= say(has_met_all(settings, c), 7, "model: met every kind and every reason");
	return is_ok ? 0 : 1;
}

static int parse(struct settings *settings, int argc, char **argv)
{
	static const struct option options[] = {{"objects", required_argument, NULL, 'o'},
						{"seed", required_argument, NULL, 's'},
						{"histories", required_argument, NULL, 'h'},
						{"jobs", required_argument, NULL, 'j'},
						{NULL, 0, NULL, 0}};
	int opt;

	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (opt == 'o')
			settings->objects = strtoul(optarg, NULL, 10);
		else if (opt == 's')
			settings->seed = strtoull(optarg, NULL, 10);
		else if (opt == 'h')
			settings->histories = strtoul(optarg, NULL, 10);
		else if (opt == 'j')
			settings->jobs = (unsigned)strtoul(optarg, NULL, 10);
		else
			return -1;
	}
	if (settings->histories && settings->histories < settings->jobs)
		settings->jobs = (unsigned)settings->histories;
	settings->ipcclean = optind < argc ? realpath(argv[optind], NULL) : NULL;
	return settings->ipcclean && settings->jobs && settings->jobs <= JOBS_MAX ? 0 : -1;
}

int main(int argc, char **argv)
{
	struct settings settings = {.objects = 20000, .seed = 1, .jobs = 4};
	struct lane *lanes, sum = {0};

	if (parse(&settings, argc, argv) < 0) {
		fprintf(stderr, "usage: model [--objects=N|--histories=N] [--seed=N] [--jobs=N] "
				"IPCCLEAN\n");
		return 2;
	}
	if (geteuid() != 0) {
		printf("1..0 # SKIP model: namespaces and other users need root\n");
		return 0;
	}
	setlinebuf(stdout);
	lanes = mmap(NULL, settings.jobs * sizeof(*lanes), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (lanes == MAP_FAILED)
		return 2;
	for (unsigned i = 0; i < settings.jobs; i++)
		if (fork() == 0)
			run_lane(&settings, i, &lanes[i]);
	while (wait(NULL) > 0 || errno == EINTR)
		;
	for (unsigned i = 0; i < settings.jobs; i++)
		add_up(&sum, &lanes[i]);
	return report(&settings, &sum);
}
