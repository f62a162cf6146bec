/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A denial waits for the rest of its event for a tick or two, as a live log has no end to wait for. What
 * is told at one tick is told of one look at the host. A checkpoint is written after what it stands for
 * was printed: ended between the two, a denial is told twice rather than not at all.
 */
#include "stream.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "checkpoint.h"
#include "cleanup.h"
#include "clock.h"
#include "follow.h"
#include "intake.h"
#include "logs.h"
#include "say.h"
#include "tell.h"

#define TICK_MS 250
#define DRAIN_S 2
/* without a denial, so much of the log may be read twice before it is written down */
#define UNSAVED_MAX (1u << 20)

struct stream {
	struct run *run;
	struct reader *reader;
	/* one of them, or standard input is read as it is */
	struct follow *follow;
	struct intake *intake;
	struct position saved; /* in the checkpoint's file */
	bool has_saved;
	uint64_t saved_denials; /* told until then */
	bool is_over;
};

static int on_denial(struct denial *denial, void *data)
{
	struct stream *stream = data;
	struct sighting seen;

	if (run_takes(stream->run, denial, &seen))
		return tell_denial(stream->run, denial, &seen);
	denial_done(denial);
	return 0;
}

static int on_complaint(const char *file, uint64_t line, const char *what, void *data)
{
	struct stream *stream = data;

	return tell_complaint(stream->run, &(struct complaint){file, line, what});
}

/* Where the last run ended; a file that can't be believed is no reason to lose a denial. */
static int load_checkpoint(struct stream *stream, enum follow_from *from)
{
	const char *file = stream->run->options->checkpoint;
	int r = checkpoint_load(file, &stream->saved);

	*from = r == 0 ? FOLLOW_FROM_POSITION : FOLLOW_FROM_OLDEST;
	stream->has_saved = r == 0;
	if (r == -EBADMSG)
		say_error("%s: damaged, so all of the log is read", file);
	return r == -EBADMSG || r == -ENOENT ? 0 : r;
}

/* Each write is one to the disk, and a busy log has one event after the other. */
static bool is_worth_saving(const struct stream *stream, const struct position *position)
{
	return !stream->has_saved || position->inode != stream->saved.inode ||
	       stream->run->denials != stream->saved_denials || stream->is_over ||
	       position->offset - stream->saved.offset > UNSAVED_MAX;
}

static int save_checkpoint(struct stream *stream)
{
	const char *file = stream->run->options->checkpoint;
	struct position position;
	int r;

	if (!file || !stream->follow)
		return 0;
	r = follow_position(stream->follow, stream->reader, &position);
	if (r <= 0)
		return r;
	if (!is_worth_saving(stream, &position))
		return 0;
	r = checkpoint_save(file, &position);
	stream->saved = position;
	stream->has_saved = r == 0;
	stream->saved_denials = stream->run->denials;
	if (r < 0)
		say_error("%s: %s", file, strerror(-r));
	return r;
}

static int open_log(struct stream *stream)
{
	const struct options *options = stream->run->options;
	const char *log = options->file_count ? options->files[0] : AUDIT_LOG;
	enum follow_from from = options->since ? FOLLOW_FROM_OLDEST : FOLLOW_FROM_END;
	int r = 0;

	if (options->is_plugin)
		return intake_new(&stream->intake, STDIN_FILENO);
	if (!strcmp(log, "-"))
		return 0;
	reader_name(stream->reader, log);
	if (options->checkpoint) {
		r = load_checkpoint(stream, &from);
		log = r < 0 ? options->checkpoint : log;
	}
	if (r == 0)
		r = follow_new(&stream->follow, log, from,
			       stream->has_saved ? &stream->saved : NULL);
	if (r < 0)
		say_error("%s: %s", log, strerror(-r));
	return r;
}

static int read_intake(struct stream *stream)
{
	size_t size;
	char *space = reader_space(stream->reader, &size);
	int r = reader_advance(stream->reader, intake_take(stream->intake, space, size));

	stream->is_over |= intake_is_over(stream->intake);
	return r;
}

static int read_input(struct stream *stream)
{
	int r;

	if (stream->follow)
		return follow_read(stream->follow, stream->reader);
	if (stream->intake)
		return read_intake(stream);
	r = reader_read_some(stream->reader, STDIN_FILENO);
	stream->is_over |= r == 0;
	return r < 0 ? r : 0;
}

static void say_dropped(struct stream *stream)
{
	uint64_t dropped = stream->intake ? intake_dropped(stream->intake) : 0;

	if (dropped)
		say_error("%" PRIu64 " records came faster than they could be read, and are lost",
			  dropped);
}

/* What waits is given at the second tick; then the next look at the host is a new one. */
static int tick(struct stream *stream)
{
	int r;

	run_forget_live(stream->run);
	say_dropped(stream);
	r = reader_tick(stream->reader);
	return r < 0 ? r : save_checkpoint(stream);
}

/* auditd sends SIGHUP when its own configuration has changed. */
static void take_signal(struct stream *stream, int signals)
{
	struct signalfd_siginfo info;

	if (read(signals, &info, sizeof(info)) != sizeof(info))
		return;
	if (stream->intake && info.ssi_signo == SIGHUP)
		say_done("%" PRIu64 " denials told", stream->run->denials);
	else
		stream->is_over = true;
}

static int look(struct stream *stream, struct pollfd fds[2])
{
	int n = poll(fds, 2, reader_is_waiting(stream->reader) ? TICK_MS : -1), r = 0;

	if (n < 0)
		return errno == EINTR ? 0 : -errno;
	if (fds[1].revents)
		take_signal(stream, fds[1].fd);
	if (fds[0].revents)
		r = read_input(stream);
	return r;
}

static int input_fd(const struct stream *stream)
{
	return stream->follow	? follow_fd(stream->follow)
	       : stream->intake ? intake_fd(stream->intake)
				: STDIN_FILENO;
}

/* Bytes that keep coming don't put the tick off. */
static int go_on(struct stream *stream, int signals)
{
	struct pollfd fds[2] = {{input_fd(stream), POLLIN, 0}, {signals, POLLIN, 0}};
	uint64_t ticks_at = clock_now_ns();
	int r = stream->follow ? read_input(stream) : 0;

	while (r == 0 && !stream->is_over) {
		r = look(stream, fds);
		if (r == 0 && clock_is_past(ticks_at)) {
			r = tick(stream);
			ticks_at = clock_now_ns() + TICK_MS * (NS_PER_S / 1000);
		}
	}
	return r;
}

/* What auditd has written before it told us to end; it closes its side then. */
static int drain(struct stream *stream)
{
	uint64_t deadline = clock_now_ns() + DRAIN_S * NS_PER_S;
	struct pollfd fd = {intake_fd(stream->intake), POLLIN, 0};
	int r = 0;

	while (r == 0 && !intake_is_over(stream->intake) && !clock_is_past(deadline))
		if (poll(&fd, 1, clock_poll_ms(deadline)) > 0)
			r = read_intake(stream);
	say_dropped(stream);
	return r;
}

/* What stands there without its end is a line, but of a log that goes on it is the next run's. */
static int finish(struct stream *stream)
{
	int r = stream->intake ? drain(stream) : 0;

	if (r == 0 && !stream->follow)
		r = reader_end(stream->reader);
	run_forget_live(stream->run);
	if (r == 0)
		r = reader_flush(stream->reader);
	return r < 0 ? r : save_checkpoint(stream);
}

/* What nohup(1) has turned off stays off: a blocked signal would come all the same. */
static bool is_ignored(int signal)
{
	struct sigaction action;

	return sigaction(signal, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

static int take_signals(void)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	if (!is_ignored(SIGHUP))
		sigaddset(&set, SIGHUP);
	fd = sigprocmask(SIG_BLOCK, &set, NULL) < 0 ? -1 : signalfd(-1, &set, SFD_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int stream_run(struct run *run)
{
	struct stream stream = {.run = run};
	struct reader_sink sink = {on_denial, on_complaint, &stream};
	_cleanup_close_ int signals = take_signals();
	int r = signals < 0 ? signals : reader_new(&stream.reader, &sink);

	if (r == 0)
		r = open_log(&stream);
	if (r == 0)
		tell_begin(run);
	if (r == 0) {
		r = go_on(&stream, signals);
		if (r == 0)
			r = finish(&stream);
		if (r < 0)
			say_error("%s: %s", run->options->is_plugin ? "--plugin" : "--follow",
				  strerror(-r));
	}
	if (stream.follow)
		follow_free(stream.follow);
	if (stream.intake)
		intake_free(stream.intake);
	reader_free(stream.reader);
	return r;
}
