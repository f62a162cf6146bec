/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which queues does nobody empty? A full one blocks its senders (msgop(2)); one whose last receiver is
 * dead, or sleeps on something else, will be full some day: two samples tell when. What somebody
 * reads meanwhile, or waits to read, is in order.
 */
#include <inttypes.h>
#include <poll.h>

#include "clock.h"
#include "finders.h"
#include "sleepers.h"
#include "words.h"

/* Between the samples at least; where nothing is in a queue, nobody waits for it. */
#define SAMPLE_NS (NS_PER_S / 5)

struct queue {
	struct audit *audit;
	const struct ipc_object *obj; /* the first sample */
	struct ipc_object now;	      /* the second */
	uint64_t apart_ns;
	const struct waiter *senders; /* the first of those asleep on it */
	size_t sender_count, receiver_count;
};

static void count_sleepers(struct queue *queue)
{
	size_t count;
	const struct waiter *list =
		waiters_of(&queue->audit->usage.waiters, KIND_MSG, queue->obj->id, &count);

	for (size_t i = 0; list && i < count; i++)
		if (list[i].call == CALL_MSGRCV)
			queue->receiver_count++;
		else if (!queue->sender_count++)
			queue->senders = &list[i];
}

static bool is_full(const struct queue *queue)
{
	return queue->obj->kind == KIND_PMQ
		       ? queue->obj->maxmsg && queue->obj->qnum >= queue->obj->maxmsg
		       : queue->sender_count || queue->obj->bytes >= queue->obj->qbytes;
}

static void name_senders(struct text *text, const struct queue *queue)
{
	words_add_process(text, queue->audit, queue->senders->pid);
	if (queue->sender_count > 1)
		text_add_format(text, " and %zu more threads", queue->sender_count - 1);
}

static void add_figures(struct finding *finding, const struct queue *queue)
{
	const struct ipc_object *obj = queue->obj;
	bool is_sysv = obj->kind == KIND_MSG;

	finding_number(finding, "messages", obj->qnum);
	finding_number(finding, is_sysv ? "cbytes" : "maxmsg", is_sysv ? obj->bytes : obj->maxmsg);
	if (!is_sysv)
		return;
	finding_number(finding, "qbytes", obj->qbytes);
	finding_number(finding, "blocked_senders", queue->sender_count);
	finding_number(finding, "lspid", obj->lpid ? (uint64_t)obj->lpid : OBJECT_UNKNOWN);
	finding_number(finding, "lrpid", obj->lrpid ? (uint64_t)obj->lrpid : OBJECT_UNKNOWN);
	finding_time(finding, "rtime", obj->lrpid_at);
}

static void add_full(const struct queue *queue, struct findings *findings)
{
	struct text senders = {0};
	struct finding *finding;

	if (queue->sender_count) {
		text_add(&senders, "; blocked: ");
		name_senders(&senders, queue);
	}
	finding = findings_add(findings, FINDING_QUEUE_FULL,
			       queue->sender_count ? SEVERITY_CRITICAL : SEVERITY_WARNING,
			       queue->obj, "it takes no more: %" PRIu64 " messages%s",
			       queue->obj->qnum, senders.bytes ? senders.bytes : "");
	text_done(&senders);
	finder_set_owner(finding, queue->audit, queue->obj->uid);
	if (queue->obj->lrpid && audit_receiver_lives(queue->audit, queue->obj))
		finding_set_fix(finding, "ipcaudit show msg:%d: what does its receiver %d do?",
				queue->obj->id, queue->obj->lrpid);
	else
		finding_set_fix(finding, "start what receives from it");
	add_figures(finding, queue);
}

/* Seconds until it is full at the pace of the two samples; OBJECT_UNKNOWN if it doesn't grow. */
static uint64_t time_to_full(const struct queue *queue)
{
	uint64_t grown = queue->now.bytes - queue->obj->bytes;
	double left;

	if (queue->now.bytes <= queue->obj->bytes)
		return OBJECT_UNKNOWN;
	if (queue->now.bytes >= queue->now.qbytes)
		return 0;
	left = (double)(queue->now.qbytes - queue->now.bytes) / (double)grown *
	       ((double)queue->apart_ns / (double)NS_PER_S);
	return left < 1e15 ? (uint64_t)left : OBJECT_UNKNOWN;
}

/* Nobody waits to read, nobody has read meanwhile, and who read last won't. */
static bool is_abandoned(const struct queue *queue, struct text *why)
{
	const struct ipc_object *obj = queue->obj;

	if (!obj->qnum || queue->receiver_count || !obj->lrpid_at || !obj->lrpid ||
	    queue->now.qnum < obj->qnum || queue->now.lrpid_at != obj->lrpid_at ||
	    queue->now.lrpid != obj->lrpid)
		return false;
	if (!audit_receiver_lives(queue->audit, obj)) {
		text_add_format(why, "its last receiver, %d, is gone", obj->lrpid);
		return true;
	}
	text_add(why, "its last receiver, ");
	words_add_process(why, queue->audit, obj->lrpid);
	text_add(why, ", sleeps on ");
	return sleepers_add_wait(why, queue->audit, obj->lrpid, obj);
}

static void add_abandoned(const struct queue *queue, const char *why, struct findings *findings)
{
	uint64_t left_s = time_to_full(queue);
	struct text end = {0};
	struct finding *finding;

	if (left_s != OBJECT_UNKNOWN) {
		text_add(&end, "; full in ");
		words_add_span(&end, left_s);
	}
	finding = findings_add(findings, FINDING_QUEUE_LOST_CONSUMER,
			       queue->sender_count ? SEVERITY_CRITICAL : SEVERITY_WARNING,
			       queue->obj, "%" PRIu64 " messages wait and %s%s", queue->obj->qnum,
			       why, end.bytes ? end.bytes : "");
	text_done(&end);
	finder_set_owner(finding, queue->audit, queue->obj->uid);
	finding_set_fix(finding,
			"start what receives from it; or, if it won't come back, ipcrm -q %d",
			queue->obj->id);
	add_figures(finding, queue);
	finding_number(finding, "seconds_to_full", left_s);
}

static void look_at_queue(struct audit *audit, size_t object, struct findings *findings)
{
	struct queue queue = {.audit = audit, .obj = &audit->inv.objects[object]};
	struct text why = {0};

	count_sleepers(&queue);
	if (is_full(&queue))
		add_full(&queue, findings);
	if (queue.obj->kind != KIND_MSG ||
	    inventory_stat_sysv(KIND_MSG, queue.obj->id, &queue.now) < 0)
		return;
	queue.apart_ns = clock_now_ns() - audit->taken_ns;
	if (is_abandoned(&queue, &why) && why.bytes)
		add_abandoned(&queue, why.bytes, findings);
	text_done(&why);
}

static bool is_candidate(struct audit *audit, size_t object)
{
	const struct ipc_object *obj = &audit->inv.objects[object];

	return (obj->kind == KIND_MSG || obj->kind == KIND_PMQ) && obj->qnum &&
	       audit_is_wanted(audit, object);
}

void find_backlog(struct audit *audit, struct findings *findings)
{
	bool has_waited = false;

	for (size_t i = 0; i < audit->inv.count; i++) {
		if (!is_candidate(audit, i))
			continue;
		if (!has_waited && !clock_is_past(audit->taken_ns + SAMPLE_NS))
			poll(NULL, 0, clock_poll_ms(audit->taken_ns + SAMPLE_NS));
		has_waited = true;
		look_at_queue(audit, i, findings);
	}
}
