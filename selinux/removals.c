/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The journal finds entries by their fields, so that each question is a few lookups. Anybody may send an
 * entry with our fields: believed are those of root and, about objects of their own, of others, by _UID=,
 * which journald adds. An id or a key is given anew, so only what was removed after the denial is it.
 */
#include "removals.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

#include "log.h"
#include "optional.h"
#include "spannumber.h"

#define US_PER_S UINT64_C(1000000)
/* entries that were not to be believed are passed over up to here */
#define LOOKED_AT_MAX 100

OPTIONAL_FUNCTION(sd_journal_open);
OPTIONAL_FUNCTION(sd_journal_close);
OPTIONAL_FUNCTION(sd_journal_add_match);
OPTIONAL_FUNCTION(sd_journal_flush_matches);
OPTIONAL_FUNCTION(sd_journal_seek_realtime_usec);
OPTIONAL_FUNCTION(sd_journal_next);
OPTIONAL_FUNCTION(sd_journal_get_data);
OPTIONAL_FUNCTION(sd_journal_get_realtime_usec);

static const struct optional_symbol symbols[] = {
	OPTIONAL_SYMBOL(sd_journal_open),
	OPTIONAL_SYMBOL(sd_journal_close),
	OPTIONAL_SYMBOL(sd_journal_add_match),
	OPTIONAL_SYMBOL(sd_journal_flush_matches),
	OPTIONAL_SYMBOL(sd_journal_seek_realtime_usec),
	OPTIONAL_SYMBOL(sd_journal_next),
	OPTIONAL_SYMBOL(sd_journal_get_data),
	OPTIONAL_SYMBOL(sd_journal_get_realtime_usec),
};

struct removals {
	sd_journal *journal; /* NULL: there is none to be read */
};

static struct removals *open_journal(void)
{
	struct removals *removals = calloc(1, sizeof(*removals));

	if (!removals)
		return NULL;
	if (optional_open("libsystemd.so.0", symbols, sizeof(symbols) / sizeof(symbols[0])) < 0 ||
	    sym_sd_journal_open(&removals->journal, SD_JOURNAL_LOCAL_ONLY | SD_JOURNAL_SYSTEM) < 0)
		removals->journal = NULL;
	return removals;
}

void removals_free(struct removals *removals)
{
	if (removals && removals->journal)
		sym_sd_journal_close(removals->journal);
	free(removals);
}

/* What tells the object: the key or, without one, the id; else the name. false: nothing does. */
static bool make_match(const struct denial *denial, char *match, size_t size)
{
	char key[KEY_TEXT_SIZE];
	char host[65] = "";
	int length = -1;

	gethostname(host, sizeof(host) - 1);
	if (!denial->has_kind || denial->container || !denial_is_of_host(denial, host))
		return false;
	if (!kind_is_sysv(denial->kind)) {
		/* records of queues name them as their directory does */
		if (denial->name && denial->about == ABOUT_FILE)
			length = snprintf(match, size, "IPCGUARD_NAME=%s%s",
					  *denial->name == '/' ? "" : "/", denial->name);
	} else if (denial->key_source != KEY_NONE && denial->key) {
		length = snprintf(match, size, "IPCGUARD_KEY=%s", key_format(denial->key, key));
	} else if (denial->id != DENIAL_UNKNOWN) {
		length = snprintf(match, size, "IPCGUARD_ID=%lld", (long long)denial->id);
	}
	return length > 0 && (size_t)length < size;
}

static bool match(sd_journal *journal, const char *text)
{
	return sym_sd_journal_add_match(journal, text, 0) >= 0;
}

static bool ask(sd_journal *journal, const struct denial *denial, const char *identity,
		time_t since)
{
	char kind[32];

	snprintf(kind, sizeof(kind), "IPCGUARD_KIND=%s", kind_name(denial->kind));
	sym_sd_journal_flush_matches(journal);
	return match(journal, "MESSAGE_ID=" LOG_ID_REMOVED) && match(journal, kind) &&
	       match(journal, identity) &&
	       sym_sd_journal_seek_realtime_usec(journal, (uint64_t)since * US_PER_S) >= 0;
}

static struct span field(sd_journal *journal, const char *name)
{
	const void *data;
	size_t length, begin = strlen(name) + 1;

	if (sym_sd_journal_get_data(journal, name, &data, &length) < 0 || length < begin)
		return SPAN_NONE;
	return (struct span){(const char *)data + begin, length - begin};
}

/* Reads the entry. false if it isn't to be believed. */
static bool read_entry(sd_journal *journal, struct removal *out)
{
	int64_t sender = span_decimal(field(journal, "_UID"));
	struct span object;
	uint64_t us;

	out->uid = span_decimal(field(journal, "IPCGUARD_UID"));
	if (sender < 0 || (sender != 0 && sender != out->uid) ||
	    sym_sd_journal_get_realtime_usec(journal, &us) < 0)
		return false;
	out->time = (time_t)(us / US_PER_S);
	object = field(journal, "IPCGUARD_OBJECT");
	if (!object.length || object.length >= sizeof(out->object))
		return false;
	for (size_t i = 0; i < object.length; i++)
		out->object[i] = object.at[i] > ' ' && object.at[i] < 0x7f ? object.at[i] : '?';
	out->object[object.length] = '\0';
	return true;
}

int removals_find(struct removals **removals, const struct denial *denial, time_t since,
		  struct removal *out)
{
	char identity[320];
	sd_journal *journal;

	/* a denial of no known time could be of any of the object's lives */
	if (!since || !make_match(denial, identity, sizeof(identity)))
		return 0;
	if (!*removals)
		*removals = open_journal();
	if (!*removals)
		return -ENOMEM;
	journal = (*removals)->journal;
	if (!journal || !ask(journal, denial, identity, since))
		return 0;
	for (int i = 0; i < LOOKED_AT_MAX && sym_sd_journal_next(journal) > 0; i++)
		if (read_entry(journal, out))
			return 1;
	return 0;
}
