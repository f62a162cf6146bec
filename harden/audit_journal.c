/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "audit_journal.h"

#include <errno.h>
#include <stdlib.h>
#include <systemd/sd-journal.h>

#include "optional.h"

OPTIONAL_FUNCTION(sd_journal_open);
OPTIONAL_FUNCTION(sd_journal_close);
OPTIONAL_FUNCTION(sd_journal_add_match);
OPTIONAL_FUNCTION(sd_journal_seek_tail);
OPTIONAL_FUNCTION(sd_journal_previous);
OPTIONAL_FUNCTION(sd_journal_next);
OPTIONAL_FUNCTION(sd_journal_get_fd);
OPTIONAL_FUNCTION(sd_journal_process);
OPTIONAL_FUNCTION(sd_journal_get_data);

static const struct optional_symbol symbols[] = {
	OPTIONAL_SYMBOL(sd_journal_open),      OPTIONAL_SYMBOL(sd_journal_close),
	OPTIONAL_SYMBOL(sd_journal_add_match), OPTIONAL_SYMBOL(sd_journal_seek_tail),
	OPTIONAL_SYMBOL(sd_journal_previous),  OPTIONAL_SYMBOL(sd_journal_next),
	OPTIONAL_SYMBOL(sd_journal_get_fd),    OPTIONAL_SYMBOL(sd_journal_process),
	OPTIONAL_SYMBOL(sd_journal_get_data),
};

struct audit_journal {
	sd_journal *journal;
};

/* Stands at its last audit record; -ENODATA if there is none. */
static int check_source(sd_journal *journal)
{
	int r = sym_sd_journal_add_match(journal, "_TRANSPORT=audit", 0);

	if (r >= 0)
		r = sym_sd_journal_seek_tail(journal);
	if (r >= 0)
		r = sym_sd_journal_previous(journal);
	return r == 0 ? -ENODATA : r;
}

static int prepare(struct audit_journal *journal, int *fd)
{
	int r = sym_sd_journal_open(&journal->journal, SD_JOURNAL_LOCAL_ONLY | SD_JOURNAL_SYSTEM);

	if (r >= 0)
		r = check_source(journal->journal);
	if (r >= 0)
		r = sym_sd_journal_get_fd(journal->journal);
	if (r < 0)
		return r;
	*fd = r;
	return 0;
}

int audit_journal_open(struct audit_journal **out, int *fd)
{
	struct audit_journal *journal;
	int r = optional_open("libsystemd.so.0", symbols, sizeof(symbols) / sizeof(symbols[0]));

	if (r < 0)
		return r;
	journal = calloc(1, sizeof(*journal));
	if (!journal)
		return -ENOMEM;
	r = prepare(journal, fd);
	if (r < 0) {
		audit_journal_close(journal);
		return r;
	}
	*out = journal;
	return 0;
}

void audit_journal_close(struct audit_journal *journal)
{
	if (!journal)
		return;
	if (journal->journal)
		sym_sd_journal_close(journal->journal);
	free(journal);
}

/* journald writes "MESSAGE=SECCOMP auid=…": the type's name in the place of audit(…). */
static void take_entry(struct audit_journal *journal, seccomp_fn *fn, void *data)
{
	struct seccomp_event event;
	struct span text;
	const void *bytes;
	size_t size;

	if (sym_sd_journal_get_data(journal->journal, "MESSAGE", &bytes, &size) < 0)
		return;
	text = (struct span){bytes, size};
	if (span_starts(text, "MESSAGE=SECCOMP ") &&
	    seccomp_read_fields(span_from(text, text.at + strlen("MESSAGE=SECCOMP ")), &event))
		fn(&event, data);
}

int audit_journal_read(struct audit_journal *journal, seccomp_fn *fn, void *data)
{
	int r = sym_sd_journal_process(journal->journal);

	while (r >= 0 && (r = sym_sd_journal_next(journal->journal)) > 0)
		take_entry(journal, fn, data);
	return r < 0 ? r : 0;
}
