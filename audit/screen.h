/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A full screen in a terminal, by ncurses, which is opened only here. What is said on standard error
 * meanwhile comes when the screen is closed.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct screen;

enum screen_style {
	STYLE_PLAIN,
	STYLE_BOLD,
	STYLE_REVERSE,
};

enum screen_key {
	KEY_NONE = -1, /* the time is over */
	/* characters are what they are */
	KEY_LINE_UP = 256,
	KEY_LINE_DOWN,
	KEY_PAGE_UP,
	KEY_PAGE_DOWN,
	KEY_FIRST,
	KEY_LAST,
	KEY_OTHER, /* also: the terminal has another size now */
};

/*
 * Opens it on standard input and output. Returns 0 and a screen for screen_close(), or -ENOSYS
 * without the library, -ENOTTY if they are no terminal or one that ncurses doesn't know, or -ENOMEM.
 */
int screen_open(struct screen **screen);
void screen_close(struct screen *screen);

size_t screen_lines(const struct screen *screen);

/* Begins a new picture; writes one line of it, cut to the terminal's width; shows the picture. */
void screen_begin(struct screen *screen);
void screen_put(struct screen *screen, size_t line, enum screen_style style, const char *text);
void screen_show(struct screen *screen);

/*
 * Waits that long for a key: a character or an enum screen_key. Ctrl-C is the character 3. The
 * process is stopped by Ctrl-Z, with the terminal as it was, and goes on here.
 */
int screen_key(struct screen *screen, int milliseconds);
