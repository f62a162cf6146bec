/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "screen.h"

#include <errno.h>
#include <ncurses.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cleanup.h"
#include "optional.h"
#include "text.h"

#define CTRL_Z 26

OPTIONAL_FUNCTION(newterm);
OPTIONAL_FUNCTION(delscreen);
OPTIONAL_FUNCTION(endwin);
OPTIONAL_FUNCTION(newwin);
OPTIONAL_FUNCTION(raw);
OPTIONAL_FUNCTION(noecho);
OPTIONAL_FUNCTION(curs_set);
OPTIONAL_FUNCTION(keypad);
OPTIONAL_FUNCTION(wtimeout);
OPTIONAL_FUNCTION(wgetch);
OPTIONAL_FUNCTION(getmaxx);
OPTIONAL_FUNCTION(getmaxy);
OPTIONAL_FUNCTION(werase);
OPTIONAL_FUNCTION(wmove);
OPTIONAL_FUNCTION(waddnstr);
OPTIONAL_FUNCTION(wattrset);
OPTIONAL_FUNCTION(wrefresh);

static int open_library(void)
{
	static const struct optional_symbol symbols[] = {
		OPTIONAL_SYMBOL(newterm),  OPTIONAL_SYMBOL(delscreen), OPTIONAL_SYMBOL(endwin),
		OPTIONAL_SYMBOL(newwin),   OPTIONAL_SYMBOL(raw),       OPTIONAL_SYMBOL(noecho),
		OPTIONAL_SYMBOL(curs_set), OPTIONAL_SYMBOL(keypad),    OPTIONAL_SYMBOL(wtimeout),
		OPTIONAL_SYMBOL(wgetch),   OPTIONAL_SYMBOL(getmaxx),   OPTIONAL_SYMBOL(getmaxy),
		OPTIONAL_SYMBOL(werase),   OPTIONAL_SYMBOL(wmove),     OPTIONAL_SYMBOL(waddnstr),
		OPTIONAL_SYMBOL(wattrset), OPTIONAL_SYMBOL(wrefresh),
	};

	return optional_open("libncursesw.so.6", symbols, sizeof(symbols) / sizeof(symbols[0]));
}

struct screen {
	SCREEN *terminal;
	WINDOW *window;
	int stderr_fd; /* the real one */
	int said_fd;   /* what stands in for it */
	struct text line;
};

/* Diagnostics would spoil the picture, and be wiped off with it. */
static int keep_what_is_said(struct screen *screen)
{
	screen->said_fd = memfd_create("ipcaudit-said", MFD_CLOEXEC);
	screen->stderr_fd = dup(STDERR_FILENO);
	if (screen->said_fd < 0 || screen->stderr_fd < 0 ||
	    dup2(screen->said_fd, STDERR_FILENO) < 0)
		return -errno;
	return 0;
}

static void say_what_was_said(struct screen *screen)
{
	char part[512];
	ssize_t n;

	if (screen->stderr_fd < 0 || dup2(screen->stderr_fd, STDERR_FILENO) < 0)
		return;
	lseek(screen->said_fd, 0, SEEK_SET);
	while ((n = read(screen->said_fd, part, sizeof(part))) > 0)
		if (write(STDERR_FILENO, part, (size_t)n) < 0)
			break;
}

static int start(struct screen *screen)
{
	screen->terminal = sym_newterm(NULL, stdout, stdin);
	if (!screen->terminal)
		return -ENOTTY;
	sym_raw();
	sym_noecho();
	sym_curs_set(0);
	/* of no size: the whole terminal, and it follows when that changes */
	screen->window = sym_newwin(0, 0, 0, 0);
	if (!screen->window)
		return -ENOMEM;
	sym_keypad(screen->window, true);
	return 0;
}

int screen_open(struct screen **screen)
{
	int r = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) ? open_library() : -ENOTTY;
	struct screen *made;

	if (r < 0)
		return r;
	made = calloc(1, sizeof(*made));
	if (!made)
		return -ENOMEM;
	made->stderr_fd = made->said_fd = -1;
	r = start(made);
	if (r == 0)
		r = keep_what_is_said(made);
	if (r < 0) {
		screen_close(made);
		return r;
	}
	*screen = made;
	return 0;
}

void screen_close(struct screen *screen)
{
	if (screen->terminal) {
		sym_endwin();
		sym_delscreen(screen->terminal);
	}
	say_what_was_said(screen);
	cleanup_close_(&screen->stderr_fd);
	cleanup_close_(&screen->said_fd);
	text_done(&screen->line);
	free(screen);
}

size_t screen_lines(const struct screen *screen)
{
	int lines = sym_getmaxy(screen->window);

	return lines > 0 ? (size_t)lines : 0;
}

void screen_begin(struct screen *screen)
{
	sym_werase(screen->window);
}

void screen_put(struct screen *screen, size_t line, enum screen_style style, const char *text)
{
	static const int attributes[] = {
		[STYLE_PLAIN] = A_NORMAL,
		[STYLE_BOLD] = (int)A_BOLD,
		[STYLE_REVERSE] = (int)A_REVERSE,
	};
	int width = sym_getmaxx(screen->window);

	if (line >= screen_lines(screen) || width <= 0)
		return;
	text_clear(&screen->line);
	text_add(&screen->line, text);
	text_cut(&screen->line, (size_t)width);
	sym_wattrset(screen->window, attributes[style]);
	sym_wmove(screen->window, (int)line, 0);
	sym_waddnstr(screen->window, screen->line.bytes ? screen->line.bytes : "", -1);
	sym_wattrset(screen->window, A_NORMAL);
}

void screen_show(struct screen *screen)
{
	sym_wrefresh(screen->window);
}

int screen_key(struct screen *screen, int milliseconds)
{
	int key;

	sym_wtimeout(screen->window, milliseconds);
	key = sym_wgetch(screen->window);
	switch (key) {
	case ERR:
		return KEY_NONE;
	case CTRL_Z:
		raise(SIGTSTP);
		return KEY_OTHER;
	case KEY_UP:
		return KEY_LINE_UP;
	case KEY_DOWN:
		return KEY_LINE_DOWN;
	case KEY_PPAGE:
		return KEY_PAGE_UP;
	case KEY_NPAGE:
		return KEY_PAGE_DOWN;
	case KEY_HOME:
		return KEY_FIRST;
	case KEY_END:
		return KEY_LAST;
	}
	return key < 0 || key > 0xff ? KEY_OTHER : key;
}
