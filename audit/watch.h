/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ipcaudit watch: what it looks at again and again, and the two ways to show it. */
#pragma once

#include "audit.h"
#include "changes.h"
#include "columns.h"
#include "ipc_limits.h"
#include "screen.h"
#include "selection.h"

struct watch {
	const struct command_context *context;
	struct columns columns;
	const struct column *sort;
	bool is_descending;
	unsigned needs; /* of the next look: set of audit_needs */
	struct changes changes;
	struct audit audit; /* the last look, with the objects chosen of it */
	bool has_audit;
	struct selection objects;
	struct limits limits; /* for the screen; none where they can't be read */
	size_t first;	      /* the object that stands first on the screen, of those chosen */
};

/* One line of figures for programs and logs. Returns 0 or a negative errno of standard output. */
int watch_print_headings(const struct watch *watch);
int watch_print_line(const struct watch *watch);

/* Draws the last look. */
void watch_draw(struct watch *watch, struct screen *screen);

/* What a key does. */
enum watch_next {
	WATCH_GO_ON,  /* nothing, or another part is to be drawn */
	WATCH_SORT,   /* the objects are to be sorted anew */
	WATCH_LOOK,   /* look again at once */
	WATCH_FINISH, /* the end was asked for */
};
enum watch_next watch_key(struct watch *watch, size_t lines, int key);

/* NEW/S, GONE/S, SIZE, CHANGE/S: a blank before and behind. */
#define WATCH_FIGURES " %8s %8s %8s %9s "

/* "12.5", "3", "0", per second; "-" before there was a look to compare with. */
#define RATE_SIZE 32
const char *watch_rate(const struct changes *changes, double amount, char text[RATE_SIZE]);
/* "+1.0M", "-512", "0", per second; "-" as above. */
const char *watch_growth(const struct changes *changes, double bytes, char text[RATE_SIZE]);
