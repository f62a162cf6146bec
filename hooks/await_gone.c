/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "await_gone.h"

#include <errno.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cleanup.h"
#include "clock.h"
#include "inventory.h"
#include "owners.h"
#include "procs.h"

/* Where there is no pidfd (Linux before 5.3). */
#define LOOK_MS 100

static bool owns_something(const struct config *config, uid_t uid)
{
	_cleanup_(inventory_done) struct inventory inv = {0};

	return inventory_scan(&inv, config->kinds, &uid) == 0 && inv.count > 0;
}

/* One of the processes that are waited for, or 0 when there is nothing to wait for. */
static pid_t find_process(const struct config *config, const struct options *options, uid_t uid)
{
	_cleanup_(procs_done) struct procs procs = {0};
	struct owners owners = {.config = config, .procs = &procs};
	struct owner_state state;
	int r = procs_read(&procs);

	if (r < 0)
		return 0;
	procs.callers_max = options->callers_max;
	r = owners_get(&owners, uid, &state);
	owners_done(&owners);
	if (r < 0 || state.is_system || state.is_kept || state.lingers)
		return 0;
	return state.presence.example;
}

static void await_end(pid_t pid, uint64_t end_ns)
{
	int ms = clock_poll_ms(end_ns);
	_cleanup_close_ int fd = (int)syscall(SYS_pidfd_open, pid, 0);
	struct pollfd ended = {.fd = fd, .events = POLLIN};

	if (fd >= 0)
		poll(&ended, 1, ms);
	else if (errno != ESRCH)
		poll(NULL, 0, ms < LOOK_MS ? ms : LOOK_MS);
}

void await_gone(const struct config *config, const struct options *options, uid_t uid)
{
	const uint64_t end_ns = clock_now_ns() + options->retry_ns;
	pid_t pid;

	if (!owns_something(config, uid))
		return;
	while (!clock_is_past(end_ns) && (pid = find_process(config, options, uid)))
		await_end(pid, end_ns);
}
