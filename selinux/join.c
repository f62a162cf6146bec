/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Two rings, each with a hash table of chains: records beside, kept as text, and denials that wait.
 * Places are counted up for ever, so that a chain ends where its next place has left the ring.
 */
#include "join.h"

#include <errno.h>
#include <stdlib.h>

#define TEXT_SIZE (512u << 10)
#define BESIDE_MAX 4096u /* a power of two, as the others */
#define WAITING_MAX 512u
#define BUCKETS 4096u
#define WAIT_BYTES (1u << 20)
/* of records beside, which the kernel cuts at 8,970 bytes */
#define BESIDE_LENGTH_MAX (16u << 10)

struct link {
	uint64_t hash, next; /* the place before in the chain, 0 for none */
};

struct beside {
	struct link link;
	uint32_t offset, length; /* in text */
};

struct waiting {
	struct link link;
	uint64_t since; /* bytes passed when it came */
	struct denial denial;
};

struct join {
	denial_fn give;
	void *data;
	uint64_t passed;
	uint64_t beside_first, beside_end; /* places in the ring; 1 is the first of all */
	uint64_t waiting_first, waiting_end;
	uint64_t ticked;  /* the end of those that were waiting at the last tick */
	uint32_t text_at; /* where the next text goes */
	uint64_t beside_buckets[BUCKETS], waiting_buckets[BUCKETS];
	struct beside beside[BESIDE_MAX];
	struct waiting waiting[WAITING_MAX];
	char text[TEXT_SIZE];
};

/* FNV-1a; whoever writes records could choose collisions, so chains are walked to a length only */
#define CHAIN_MAX 64

static uint64_t add_hash(uint64_t hash, struct span text)
{
	for (size_t i = 0; i < text.length; i++)
		hash = (hash ^ (unsigned char)text.at[i]) * UINT64_C(0x100000001b3);
	return hash;
}

static uint64_t hash_of(struct span node, struct span event)
{
	uint64_t hash = add_hash(add_hash(UINT64_C(0xcbf29ce484222325), node), event);

	return hash ^ hash >> 32;
}

static bool is_text(struct span part, const char *text)
{
	return text ? span_is(part, text) : part.length == 0;
}

static bool is_same_event(const struct denial *denial, const struct record *record)
{
	return is_text(record->event, denial->event) && is_text(record->node, denial->node);
}

int join_new(struct join **out, denial_fn give, void *data)
{
	struct join *join = calloc(1, sizeof(*join));

	if (!join)
		return -ENOMEM;
	join->give = give;
	join->data = data;
	join->beside_first = join->beside_end = join->waiting_first = join->waiting_end = 1;
	*out = join;
	return 0;
}

void join_free(struct join *join)
{
	if (!join)
		return;
	for (uint64_t at = join->waiting_first; at < join->waiting_end; at++)
		denial_done(&join->waiting[at % WAITING_MAX].denial);
	free(join);
}

static struct beside *beside_at(struct join *join, uint64_t place)
{
	return &join->beside[place % BESIDE_MAX];
}

static struct span beside_text(const struct join *join, const struct beside *beside)
{
	return (struct span){join->text + beside->offset, beside->length};
}

/* Whether a text of the ring lies where the next one goes. */
static bool is_in_the_way(const struct beside *beside, uint32_t from, uint32_t length)
{
	return beside->offset < from + length && from < beside->offset + beside->length;
}

static void keep_beside(struct join *join, uint64_t hash, struct span line)
{
	uint32_t length = (uint32_t)line.length;
	struct beside *beside;

	if (join->text_at + length > TEXT_SIZE) {
		/* what lies at the end goes round with the ring */
		while (join->beside_first < join->beside_end &&
		       beside_at(join, join->beside_first)->offset >= join->text_at)
			join->beside_first++;
		join->text_at = 0;
	}
	while (join->beside_first < join->beside_end &&
	       (join->beside_end - join->beside_first == BESIDE_MAX ||
		is_in_the_way(beside_at(join, join->beside_first), join->text_at, length)))
		join->beside_first++;
	memcpy(join->text + join->text_at, line.at, length);
	beside = beside_at(join, join->beside_end);
	*beside = (struct beside){.link = {hash, join->beside_buckets[hash % BUCKETS]},
				  .offset = join->text_at,
				  .length = length};
	join->beside_buckets[hash % BUCKETS] = join->beside_end++;
	join->text_at += length;
}

int join_beside(struct join *join, const struct record *record, struct span line)
{
	uint64_t hash = hash_of(record->node, record->event);
	uint64_t place = join->waiting_buckets[hash % BUCKETS];
	int r = 0;

	if (line.length > BESIDE_LENGTH_MAX)
		return 0;
	for (int n = 0; r == 0 && n < CHAIN_MAX && place >= join->waiting_first; n++) {
		struct waiting *waiting = &join->waiting[place % WAITING_MAX];

		if (waiting->link.hash == hash && is_same_event(&waiting->denial, record))
			r = denial_add(&waiting->denial, record);
		place = waiting->link.next;
	}
	keep_beside(join, hash, line);
	return r;
}

/* What came before the denial. */
static int add_all_beside(struct join *join, struct denial *denial, uint64_t hash)
{
	uint64_t place = join->beside_buckets[hash % BUCKETS];
	int r = 0;

	for (int n = 0; r == 0 && n < CHAIN_MAX && place >= join->beside_first; n++) {
		struct beside *beside = beside_at(join, place);
		struct record record;

		if (beside->link.hash == hash) {
			record_read(beside_text(join, beside), &record);
			if (is_same_event(denial, &record))
				r = denial_add(denial, &record);
		}
		place = beside->link.next;
	}
	return r;
}

static int give_first(struct join *join)
{
	struct denial denial = join->waiting[join->waiting_first++ % WAITING_MAX].denial;

	return join->give(&denial, join->data);
}

int join_denial(struct join *join, struct denial *denial)
{
	struct span node = denial->node ? span_of(denial->node) : SPAN_NONE,
		    event = denial->event ? span_of(denial->event) : SPAN_NONE;
	uint64_t hash = hash_of(node, event);
	int r = denial->event ? add_all_beside(join, denial, hash) : 0;

	if (r == 0 && join->waiting_end - join->waiting_first == WAITING_MAX)
		r = give_first(join);
	if (r) {
		denial_done(denial);
		return r;
	}
	join->waiting[join->waiting_end % WAITING_MAX] =
		(struct waiting){.link = {hash, join->waiting_buckets[hash % BUCKETS]},
				 .since = join->passed,
				 .denial = *denial};
	join->waiting_buckets[hash % BUCKETS] = join->waiting_end++;
	return 0;
}

int join_pass(struct join *join, size_t bytes)
{
	int r = 0;

	join->passed += bytes;
	while (r == 0 && join->waiting_first < join->waiting_end &&
	       join->passed - join->waiting[join->waiting_first % WAITING_MAX].since > WAIT_BYTES)
		r = give_first(join);
	return r;
}

int join_tick(struct join *join)
{
	int r = 0;

	while (r == 0 && join->waiting_first < join->ticked)
		r = give_first(join);
	join->ticked = join->waiting_end;
	return r;
}

const struct denial *join_first(const struct join *join)
{
	return join->waiting_first < join->waiting_end
		       ? &join->waiting[join->waiting_first % WAITING_MAX].denial
		       : NULL;
}

int join_flush(struct join *join)
{
	int r = 0;

	while (r == 0 && join->waiting_first < join->waiting_end)
		r = give_first(join);
	return r;
}
