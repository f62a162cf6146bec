/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One pass over all namespaces. Entering one changes the process, so that each is entered by a child
 * of its own, which has so long to report; what it can't tell in time is a gap that is said. The
 * children write into one document, or one after the other with a heading each.
 */
#include "everywhere.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cleanup.h"
#include "output.h"
#include "printed.h"
#include "say.h"
#include "words.h"

/* A file system in a container may never answer. */
#define PLACE_DEADLINE_S 60

/* In a child's exit status, besides the command's own: whether it has put anything. */
#define HAS_OBJECTS 4
#define HAS_FINDINGS 8
#define STATUS_MASK 3

struct tour {
	const struct command_context *context;
	command_fn *run;
	struct procs procs;
	struct places places;
	struct whos whos;
	struct output_parts parts;
	int worst;
	size_t audited;
};

int run_in_namespace_of(const struct command_context *context, pid_t pid, command_fn *run)
{
	struct command_context inside = *context;
	struct procs procs;
	struct place place;
	int r = procs_open(&procs);

	if (r == 0)
		r = place_of(&procs, pid, &place);
	if (r == 0)
		r = place_enter(&procs, &place, &inside.shm_fd);
	procs_done(&procs);
	if (r < 0) {
		say_error("--namespace-of=%d: %s", pid,
			  r == -ESRCH ? "no such process" : strerror(-r));
		return EXIT_ERROR;
	}
	inside.place = &place;
	return run(&inside);
}

/* The child's side. */
static int enter_and_run(const struct procs *procs, const struct place *place, place_fn *run,
			 void *data)
{
	int shm_fd, r;

	alarm(PLACE_DEADLINE_S);
	r = place_enter(procs, place, &shm_fd);
	if (r < 0) {
		say_error("IPC namespace %lu: %s", (unsigned long)place->ipc_ns,
			  r == -ESRCH ? "gone meanwhile" : strerror(-r));
		return EXIT_ERROR;
	}
	return run(place, shm_fd, data);
}

static int wait_for(const struct place *place, pid_t child)
{
	int status;

	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	say_error("IPC namespace %lu: not audited: %s", (unsigned long)place->ipc_ns,
		  WTERMSIG(status) == SIGALRM ? "it took more than a minute" : "killed");
	return EXIT_ERROR;
}

int run_in_place(const struct procs *procs, const struct place *place, place_fn *run, void *data)
{
	pid_t child;

	/* what stands in a buffer would be written by both */
	fflush(NULL);
	child = fork();
	if (child < 0)
		return -errno;
	if (child == 0) {
		int status = enter_and_run(procs, place, run, data);

		fflush(NULL);
		_exit(status);
	}
	return wait_for(place, child);
}

static int run_command_inside(const struct place *place, int shm_fd, void *data)
{
	struct tour *tour = data;
	struct command_context inside = *tour->context;
	int status;

	inside.shm_fd = shm_fd;
	inside.place = place;
	inside.parts = tour->context->options->is_json ? &tour->parts : NULL;
	status = tour->run(&inside);
	if (tour->parts.objects.has_element)
		status |= HAS_OBJECTS;
	if (tour->parts.findings.has_element)
		status |= HAS_FINDINGS;
	return status;
}

/* "IPC namespace 4026532179 (ours), 12 processes, the oldest 123 postgres" */
static void print_heading(struct tour *tour, const struct place *place)
{
	const struct who *who = place->pid ? whos_get(&tour->whos, place->pid) : NULL;

	printf("IPC namespace %lu", (unsigned long)place->ipc_ns);
	if (place->is_ours)
		fputs(" (ours)", stdout);
	if (!place->has_sysv)
		fputs(", another /dev/shm", stdout);
	printf(", %zu processes", place->processes);
	if (place->pid)
		printf(", the oldest %d %s", place->pid, who && who->comm ? who->comm : "?");
	else
		printf(", held by %s", place->held_by);
	if (who && who->unit)
		printf(", %s", who->unit);
	if (who && who->container)
		printf(", container %s", who->container);
	fputs(":\n", stdout);
}

static void note_result(struct tour *tour, int status)
{
	tour->parts.objects.has_element |= status & HAS_OBJECTS;
	tour->parts.findings.has_element |= status & HAS_FINDINGS;
	status &= STATUS_MASK;
	if (status == EXIT_ERROR)
		return;
	tour->audited++;
	if (status > tour->worst)
		tour->worst = status;
}

static int visit(struct tour *tour, const struct place *place)
{
	int status;

	if (!tour->context->options->is_json)
		print_heading(tour, place);
	status = run_in_place(&tour->procs, place, run_command_inside, tour);
	if (status < 0)
		return status;
	note_result(tour, status);
	return 0;
}

/* The findings of all children, behind the objects. */
static int copy_findings(struct tour *tour)
{
	FILE *kept = tour->parts.findings.out;
	char block[65536];
	size_t n;

	rewind(kept);
	while ((n = fread(block, 1, sizeof(block), kept)) > 0)
		if (fwrite(block, 1, n, stdout) != n)
			return -errno;
	return ferror(kept) ? -EIO : 0;
}

static int begin(struct tour *tour)
{
	int fd, r;

	if (!tour->context->options->is_json)
		return 0;
	fd = memfd_create("findings", MFD_CLOEXEC);
	if (fd < 0)
		return -errno;
	tour->parts.findings.out = fdopen(fd, "w+");
	if (!tour->parts.findings.out) {
		close(fd);
		return -ENOMEM;
	}
	r = document_stream_begin(&tour->parts.objects, stdout,
				  command_name(tour->context->options->command));
	return r == 0 ? document_stream_array(&tour->parts.objects, "objects") : r;
}

static int end(struct tour *tour)
{
	int r = 0;

	if (!tour->context->options->is_json)
		return printed_all(stdout);
	if (tour->context->options->command != COMMAND_LIST) {
		r = document_stream_array(&tour->parts.objects, "findings");
		if (r == 0)
			r = copy_findings(tour);
	}
	return r == 0 ? document_stream_end(&tour->parts.objects) : r;
}

static int tour_all(struct tour *tour)
{
	int r = procs_read(&tour->procs);

	if (r == 0)
		r = places_read(&tour->places, &tour->procs);
	if (r == 0)
		r = begin(tour);
	tour->whos.procs = &tour->procs;
	for (size_t i = 0; r == 0 && i < tour->places.count; i++)
		r = visit(tour, &tour->places.list[i]);
	if (r == 0)
		r = end(tour);
	if (r == 0 && tour->places.hidden)
		say_error("the namespaces of %zu processes can't be read: some may be missing",
			  tour->places.hidden);
	return r;
}

int run_everywhere(const struct command_context *context, command_fn *run)
{
	struct tour tour = {.context = context, .run = run, .procs = {.proc_fd = -1}};
	int r = tour_all(&tour);

	if (r < 0)
		say_error("--all-namespaces: %s", strerror(-r));
	if (tour.parts.findings.out)
		fclose(tour.parts.findings.out);
	whos_done(&tour.whos);
	places_done(&tour.places);
	procs_done(&tour.procs);
	return r < 0 || !tour.audited ? EXIT_ERROR : tour.worst;
}
