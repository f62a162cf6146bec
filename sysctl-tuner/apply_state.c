/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What was there before? One file, so that values and file belong together whatever is interrupted:
 *
 *   ipctune-undo 1
 *   value kernel.shmmni 4096       for each that apply changes
 *   former 120                     the size of a text at the end of this file; - for none
 *   applied 240
 *   end
 *
 * and then the two texts, byte for byte.
 */
#include "apply_state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "textfile.h"

#define HEADER "ipctune-undo 1"
#define STATE_DIR_PARENT "/var/lib/ipcguard"
#define TEMPORARY_NAME ".new"
/* two files of sysctl.d, and the lines before them */
#define STATE_SIZE_MAX (2 * 1024 * 1024 + 4096)

void apply_state_done(struct apply_state *state)
{
	free(state->former.bytes);
	free(state->applied.bytes);
	*state = (struct apply_state){0};
}

bool apply_text_is_same(const struct apply_text *a, const struct apply_text *b)
{
	if (!a->bytes || !b->bytes)
		return a->bytes == b->bytes;
	return a->size == b->size && !memcmp(a->bytes, b->bytes, a->size);
}

int apply_text_copy(struct apply_text *to, const struct apply_text *from)
{
	*to = (struct apply_text){0};
	if (!from->bytes)
		return 0;
	to->bytes = malloc(from->size + 1);
	if (!to->bytes)
		return -ENOMEM;
	memcpy(to->bytes, from->bytes, from->size);
	to->bytes[from->size] = '\0';
	to->size = from->size;
	return 0;
}

const struct sysctl_value *apply_state_find(const struct apply_state *state, unsigned id)
{
	for (size_t i = 0; i < state->count; i++)
		if (state->values[i].id == id)
			return &state->values[i];
	return NULL;
}

static int lock(int dir)
{
	int r;

	do {
		r = flock(dir, LOCK_EX) < 0 ? -errno : 0;
	} while (r == -EINTR);
	return r;
}

/* 0755, whatever the umask is: the notes are no secrets. */
static int make_dir(const char *path)
{
	if (mkdir(path, 0755) < 0)
		return errno == EEXIST ? 0 : -errno;
	return chmod(path, 0755) < 0 ? -errno : 0;
}

int apply_state_open(const char *root, bool to_write)
{
	_cleanup_free_ char *parent = NULL, *path = NULL;
	_cleanup_close_ int dir = -1;
	int r = 0;

	if (asprintf(&parent, "%s" STATE_DIR_PARENT, root) < 0)
		parent = NULL;
	if (asprintf(&path, "%s" APPLY_STATE_DIR, root) < 0)
		path = NULL;
	if (!parent || !path)
		return -ENOMEM;
	if (to_write)
		r = make_dir(parent);
	if (to_write && r == 0)
		r = make_dir(path);
	if (r < 0)
		return r;
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return -errno;
	r = to_write ? lock(dir) : 0;
	return r < 0 ? r : STEAL_FD(dir);
}

/* "value NAME NUMBERS"; a name twice would be ours never. */
static int read_value(struct apply_state *state, char *line)
{
	char *text = line, *name = strsep(&text, " ");
	struct sysctl_value value;

	if (!text || sysctl_value_parse(&value, name, text) < 0 ||
	    apply_state_find(state, value.id))
		return -EBADMSG;
	state->values[state->count++] = value;
	return 0;
}

/* "-", or a size. */
static int read_size(struct apply_text *text, const char *number)
{
	char *end;

	if (!strcmp(number, "-"))
		return 0;
	text->size = strtoul(number, &end, 10);
	if (end == number || *end || text->size > STATE_SIZE_MAX)
		return -EBADMSG;
	/* the bytes follow */
	text->bytes = malloc(text->size + 1);
	return text->bytes ? 0 : -ENOMEM;
}

/* Fills a text from what is left of the file. */
static int read_bytes(struct apply_text *text, const char **rest, size_t *left)
{
	if (!text->bytes)
		return 0;
	if (text->size > *left)
		return -EBADMSG;
	memcpy(text->bytes, *rest, text->size);
	text->bytes[text->size] = '\0';
	*rest += text->size;
	*left -= text->size;
	return 0;
}

static int read_line(struct apply_state *state, char *line)
{
	if (!strncmp(line, "value ", 6))
		return read_value(state, line + 6);
	if (!strncmp(line, "former ", 7) && !state->former.bytes)
		return read_size(&state->former, line + 7);
	if (!strncmp(line, "applied ", 8) && !state->applied.bytes)
		return read_size(&state->applied, line + 8);
	return -EBADMSG;
}

static int parse(struct apply_state *state, char *text, size_t size)
{
	const char *rest;
	char *at = text, *line = strsep(&at, "\n");
	size_t left;
	int r;

	if (strcmp(line, HEADER))
		return -EBADMSG;
	while ((line = strsep(&at, "\n")) && strcmp(line, "end")) {
		r = read_line(state, line);
		if (r < 0)
			return r;
	}
	if (!line || !at)
		return -EBADMSG;
	rest = at;
	left = size - (size_t)(at - text);
	r = read_bytes(&state->former, &rest, &left);
	if (r == 0)
		r = read_bytes(&state->applied, &rest, &left);
	return r == 0 && left ? -EBADMSG : r;
}

int apply_state_read(int dir, const char *name, struct apply_state *state)
{
	_cleanup_free_ char *text = NULL;
	size_t size;
	int r = textfile_read_at(dir, name, STATE_SIZE_MAX, &text, &size);

	*state = (struct apply_state){0};
	if (r < 0)
		return r == -EINVAL || r == -EFBIG || r == -ELOOP ? -EBADMSG : r;
	r = parse(state, text, size);
	if (r < 0)
		apply_state_done(state);
	return r;
}

static void print_size(FILE *f, const char *word, const struct apply_text *text)
{
	if (text->bytes)
		fprintf(f, "%s %zu\n", word, text->size);
	else
		fprintf(f, "%s -\n", word);
}

static void print_bytes(FILE *f, const struct apply_text *text)
{
	if (text->bytes)
		fwrite(text->bytes, 1, text->size, f);
}

static int print(FILE *f, const struct apply_state *state)
{
	char text[SYSCTL_TEXT_SIZE];

	fputs(HEADER "\n", f);
	for (size_t i = 0; i < state->count; i++)
		fprintf(f, "value %s %s\n", sysctl_value_name(&state->values[i]),
			sysctl_value_print(&state->values[i], text));
	print_size(f, "former", &state->former);
	print_size(f, "applied", &state->applied);
	fputs("end\n", f);
	print_bytes(f, &state->former);
	print_bytes(f, &state->applied);
	return fflush(f) != 0 || ferror(f) ? -ENOMEM : 0;
}

int apply_state_write(int dir, const char *name, const struct apply_state *state)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_fclose_ FILE *f = NULL;
	size_t size = 0;
	int r;

	f = open_memstream(&text, &size);
	r = f ? print(f, state) : -ENOMEM;
	return r < 0 ? r : textfile_replace(dir, name, TEMPORARY_NAME, 0644, text, size);
}

int apply_state_finish(int dir)
{
	if (renameat(dir, STATE_BEGUN, dir, STATE_UNDO) < 0)
		return -errno;
	return fsync(dir) < 0 ? -errno : 0;
}

int apply_state_forget(int dir, const char *name)
{
	if (unlinkat(dir, name, 0) < 0)
		return -errno;
	return fsync(dir) < 0 ? -errno : 0;
}
