/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ipcaudit watch: looks at the objects again and again and tells what changed. In a terminal on the
 * whole screen, else in lines of figures.
 */
#include "watch.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "clock.h"
#include "commands.h"
#include "say.h"

#define USUAL "OBJECT,KEY,OWNER,MODE,SIZE,CHANGE,NATTCH,MSGS,COMMAND,AGE,STATE"

/*
 * Which processes live is asked of the few objects on the screen, one by one. The whole process table
 * costs more than all objects do, and is read only where objects are chosen or sorted by it.
 */
static unsigned needs_of(const struct watch *watch)
{
	return (columns_needs(&watch->columns) & ~(unsigned)NEEDS_PROCESSES) | watch->sort->needs |
	       selection_needs(watch->context->options);
}

static void forget(struct watch *watch)
{
	limits_done(&watch->limits);
	selection_done(&watch->objects);
	if (watch->has_audit)
		audit_done(&watch->audit);
	watch->has_audit = false;
}

static int told(int r)
{
	if (r < 0)
		say_error("watch: %s", strerror(-r));
	return r;
}

/* 0, or a negative errno that has been said. */
static int look(struct watch *watch)
{
	struct audit *audit = &watch->audit;
	int r;

	forget(watch);
	r = audit_take(audit, watch->context, watch->context->options->kinds, watch->needs);
	if (r < 0)
		return r;
	watch->has_audit = true;
	r = selection_make(&watch->objects, audit, NULL, false);
	if (r == 0)
		r = changes_look(&watch->changes, &audit->inv, &watch->objects, audit->taken_ns);
	audit->changes = &watch->changes;
	return told(r);
}

/* The largest first of those that are equal: most objects don't change. */
static int sort(struct watch *watch)
{
	int r = selection_sort(&watch->objects, &watch->audit, columns_find("SIZE", 4), true);

	/* for the next look, where this one lacks what the column needs */
	watch->needs = needs_of(watch);
	if (r == 0)
		r = selection_sort(&watch->objects, &watch->audit, watch->sort,
				   watch->is_descending);
	return told(r);
}

/* When to look after a look that was due: what passed meanwhile is left out. */
static uint64_t next_look(uint64_t due_ns, uint64_t interval_ns)
{
	uint64_t now = clock_now_ns();

	return now < due_ns ? due_ns : due_ns + ((now - due_ns) / interval_ns + 1) * interval_ns;
}

static bool is_last(const struct watch *watch, uint64_t looks)
{
	return watch->context->options->count && looks >= watch->context->options->count;
}

/* Shows the look, and does what keys say, until it is time for the next one. */
static enum watch_next show(struct watch *watch, struct screen *screen, uint64_t until_ns)
{
	enum watch_next next;

	do {
		watch_draw(watch, screen);
		next = watch_key(watch, screen_lines(screen),
				 screen_key(screen, clock_poll_ms(until_ns)));
		if (next == WATCH_SORT && sort(watch) < 0)
			return WATCH_FINISH;
	} while ((next == WATCH_GO_ON || next == WATCH_SORT) && !clock_is_past(until_ns));
	return next;
}

static int watch_on_screen(struct watch *watch, struct screen *screen)
{
	uint64_t due_ns = clock_now_ns();

	for (uint64_t looks = 0; !is_last(watch, looks); looks++) {
		if (look(watch) < 0 || sort(watch) < 0)
			return EXIT_ERROR;
		limits_read(&watch->limits, &watch->audit.inv, &watch->audit.procs);
		due_ns = next_look(due_ns, watch->context->options->interval_ns);
		if (show(watch, screen, due_ns) == WATCH_FINISH)
			break;
	}
	return EXIT_FINE;
}

static void sleep_until(uint64_t ns)
{
	struct timespec until = {.tv_sec = (time_t)(ns / NS_PER_S),
				 .tv_nsec = (long)(ns % NS_PER_S)};

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR)
		;
}

static int watch_in_lines(struct watch *watch)
{
	const struct options *options = watch->context->options;
	int r = options->has_no_headings ? 0 : watch_print_headings(watch);
	uint64_t due_ns = clock_now_ns();

	for (uint64_t looks = 0; r == 0 && !is_last(watch, looks); looks++) {
		sleep_until(due_ns);
		if (look(watch) < 0)
			return EXIT_ERROR;
		if (!looks)
			audit_tell_gaps(&watch->audit);
		r = watch_print_line(watch);
		due_ns = next_look(due_ns, options->interval_ns);
	}
	/* whoever reads has seen enough */
	if (r == -EPIPE)
		return EXIT_FINE;
	if (r < 0)
		say_error("watch: %s", strerror(-r));
	return r < 0 ? EXIT_ERROR : EXIT_FINE;
}

static int run(struct watch *watch)
{
	struct screen *screen;
	int status, r = screen_open(&screen);

	if (r == -ENOSYS)
		say_error("watch: the full screen needs libncursesw.so.6; lines instead");
	if (r < 0) {
		watch->needs = selection_needs(watch->context->options);
		return watch_in_lines(watch);
	}
	watch->needs = needs_of(watch);
	status = watch_on_screen(watch, screen);
	screen_close(screen);
	return status;
}

int command_watch(const struct command_context *context)
{
	const struct options *options = context->options;
	struct watch watch = {.context = context};
	int status;

	if (columns_parse(options->columns, USUAL, &watch.columns) < 0 ||
	    columns_parse_sort(options->sort ? options->sort : "-CHANGE", &watch.sort,
			       &watch.is_descending) < 0)
		return EXIT_ERROR;
	status = run(&watch);
	forget(&watch);
	changes_done(&watch.changes);
	return status;
}
