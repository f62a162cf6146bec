/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sleepers.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "words.h"

static const char *call_name(enum thread_call call)
{
	return call == CALL_SEMOP ? "semop" : call == CALL_MSGSND ? "msgsnd" : "msgrcv";
}

/* Which of its operations a thread in semop waits for, or NULL where that isn't known. */
static const struct sem_wait *find_sem_wait(const struct audit *audit, const struct waiter *waiter)
{
	for (size_t i = 0; i < audit->sem_waits.count; i++)
		if (audit->sem_waits.all[i].waiter == waiter)
			return &audit->sem_waits.all[i];
	return NULL;
}

void sleepers_add_waiter(struct text *text, struct audit *audit, const struct waiter *waiter)
{
	const struct who *who = whos_get(&audit->whos, waiter->pid);
	const struct sem_wait *wait = find_sem_wait(audit, waiter);

	words_add_process(text, audit, waiter->pid);
	if (waiter->tid != waiter->pid)
		text_add_format(text, ", thread %d", waiter->tid);
	if (who && who->unit)
		text_add_format(text, ", %s", who->unit);
	text_add_format(text, ", in %s", call_name(waiter->call));
	if (wait)
		text_add_format(text, ": semaphore %u by %d%s", wait->num, wait->op,
				wait->has_undo ? ", with undo" : "");
	else if (waiter->call == CALL_MSGSND)
		text_add(text, ": the queue is full");
	else if (waiter->call == CALL_MSGRCV && waiter->args.has_type && waiter->args.type)
		text_add_format(text, ": for type %lld", (long long)waiter->args.type);
}

bool sleepers_add_wait(struct text *text, const struct audit *audit, pid_t pid,
		       const struct ipc_object *but)
{
	const struct waiters *waiters = &audit->usage.waiters;

	for (size_t i = 0; i < waiters->count; i++) {
		const struct waiter *waiter = &waiters->all[i];
		const struct sem_wait *wait;

		if (waiter->pid != pid ||
		    (but && waiter->kind == but->kind && waiter->args.id == but->id))
			continue;
		text_add_format(text, "%s:%d", kind_name(waiter->kind), waiter->args.id);
		wait = find_sem_wait(audit, waiter);
		if (wait)
			text_add_format(text, "[%u]", wait->num);
		return true;
	}
	return false;
}

/* The letter of its state (proc(5), stat), 0 where it can't be read. */
static char state_of(const struct audit *audit, pid_t pid)
{
	_cleanup_close_ int fd = -1;
	char path[32], stat[512];
	const char *end;
	ssize_t n;

	snprintf(path, sizeof(path), "%d/stat", pid);
	fd = openat(audit->procs.proc_fd, path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, stat, sizeof(stat) - 1);
	if (n <= 0)
		return 0;
	stat[n] = '\0';
	/* a name may hold anything, the last bracket ends it */
	end = strrchr(stat, ')');
	return end && end[1] == ' ' ? end[2] : 0;
}

void sleepers_add_doing(struct text *text, const struct audit *audit, pid_t pid)
{
	struct text wait = {0};

	if (sleepers_add_wait(&wait, audit, pid, NULL)) {
		text_add(text, "waits for ");
		text_add(text, wait.bytes);
		text_done(&wait);
		return;
	}
	switch (state_of(audit, pid)) {
	case 'R':
		text_add(text, "runs");
		break;
	case 'S':
	case 'I':
		text_add(text, "sleeps");
		break;
	case 'D':
		text_add(text, "waits for a device");
		break;
	case 'T':
		text_add(text, "is stopped");
		break;
	case 't':
		text_add(text, "is stopped by a debugger");
		break;
	}
}

static int add_waiter(struct json_object *to, struct audit *audit, const struct waiter *waiter)
{
	const struct who *who = whos_get(&audit->whos, waiter->pid);
	const struct sem_wait *wait = find_sem_wait(audit, waiter);
	int r;

	if (!to || !who)
		return -ENOMEM;
	r = document_add_int(to, "pid", waiter->pid) | document_add_int(to, "tid", waiter->tid) |
	    document_add_text(to, "comm", who->comm) | document_add_text(to, "unit", who->unit) |
	    document_add_text(to, "call", call_name(waiter->call));
	if (!wait)
		return r | document_add_null(to, "semaphore") | document_add_null(to, "op") |
		       document_add_null(to, "undo");
	return r | document_add_uint(to, "semaphore", wait->num) |
	       document_add_int(to, "op", wait->op) | document_add_bool(to, "undo", wait->has_undo);
}

int sleepers_add_json(struct json_object *to, struct audit *audit, const struct ipc_object *obj)
{
	const struct waiter *waiter;
	struct json_object *list;
	size_t count = 0;
	int r = 0;

	if (obj->kind != KIND_SEM && obj->kind != KIND_MSG)
		return document_add_null(to, "waiters");
	list = document_add_array(to, "waiters");
	if (!list)
		return -ENOMEM;
	waiter = waiters_of(&audit->usage.waiters, obj->kind, obj->id, &count);
	for (size_t i = 0; r == 0 && i < count; i++)
		r = add_waiter(document_append_object(list), audit, &waiter[i]);
	return r;
}
