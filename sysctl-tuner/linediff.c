/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which lines go and come? What both have at the start and the end stays; in between, the longest
 * common subsequence does (the textbook's table), unless both are so long that the table would be:
 * then the whole middle is replaced, which is as true.
 */
#include "linediff.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"

#define CONTEXT 3
#define TABLE_MAX (4 * 1024 * 1024)

struct line {
	const char *text;
	size_t length; /* with its newline */
};

struct lines {
	struct line *list;
	size_t count;
};

/* Both texts without the lines that are alike at their ends. */
struct middle {
	const struct line *old, *new;
	size_t old_count, new_count;
	/* [old_count + 1][new_count + 1]: how many lines from there on are common; or NULL */
	uint32_t *table;
};

static void lines_done(struct lines *lines)
{
	free(lines->list);
}

static int split(struct lines *lines, const char *text, size_t size)
{
	const char *end = text + size;

	for (const char *c = text; c < end; c++)
		lines->count += *c == '\n' || c == end - 1;
	lines->list = calloc(lines->count + 1, sizeof(*lines->list));
	if (!lines->list)
		return -ENOMEM;
	for (size_t i = 0; i < lines->count; i++) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		const char *next = newline ? newline + 1 : end;

		lines->list[i] = (struct line){text, (size_t)(next - text)};
		text = next;
	}
	return 0;
}

static bool is_same(const struct line *a, const struct line *b)
{
	return a->length == b->length && !memcmp(a->text, b->text, a->length);
}

static uint32_t *common_from(const struct middle *m, size_t i, size_t j)
{
	return &m->table[i * (m->new_count + 1) + j];
}

static int fill_table(struct middle *m)
{
	if ((m->old_count + 1) > TABLE_MAX / (m->new_count + 1))
		return 0;
	m->table = calloc((m->old_count + 1) * (m->new_count + 1), sizeof(*m->table));
	if (!m->table)
		return -ENOMEM;
	for (size_t i = m->old_count; i-- > 0;)
		for (size_t j = m->new_count; j-- > 0;) {
			uint32_t down = *common_from(m, i + 1, j),
				 right = *common_from(m, i, j + 1);

			*common_from(m, i, j) = is_same(&m->old[i], &m->new[j])
							? *common_from(m, i + 1, j + 1) + 1
							: (down > right ? down : right);
		}
	return 0;
}

static void print_line(FILE *out, char sign, const struct line *line)
{
	fputc(sign, out);
	fwrite(line->text, 1, line->length, out);
	if (line->text[line->length - 1] != '\n')
		fputs("\n\\ No newline at end of file\n", out);
}

static bool is_common(const struct middle *m, size_t i, size_t j)
{
	return m->table && i < m->old_count && j < m->new_count && is_same(&m->old[i], &m->new[j]);
}

/* Whether the old line goes before the new one comes. */
static bool goes_first(const struct middle *m, size_t i, size_t j)
{
	if (i == m->old_count || j == m->new_count || !m->table)
		return i < m->old_count;
	return *common_from(m, i + 1, j) >= *common_from(m, i, j + 1);
}

static void print_middle(FILE *out, const struct middle *m)
{
	size_t i = 0, j = 0;

	while (i < m->old_count || j < m->new_count)
		if (is_common(m, i, j)) {
			print_line(out, ' ', &m->old[i++]);
			j++;
		} else if (goes_first(m, i, j)) {
			print_line(out, '-', &m->old[i++]);
		} else {
			print_line(out, '+', &m->new[j++]);
		}
}

/* "-first,count"; 0 is the line before none. */
static void print_range(FILE *out, char sign, size_t first, size_t count)
{
	fprintf(out, "%c%zu,%zu ", sign, count ? first + 1 : first, count);
}

static int print_hunk(FILE *out, const struct lines *old, const struct lines *new, size_t before,
		      size_t after)
{
	struct middle m = {old->list + before, new->list + before, old->count - before - after,
			   new->count - before - after};
	size_t above = before < CONTEXT ? before : CONTEXT,
	       below = after < CONTEXT ? after : CONTEXT;
	int r = fill_table(&m);

	if (r < 0)
		return r;
	fputs("@@ ", out);
	print_range(out, '-', before - above, above + m.old_count + below);
	print_range(out, '+', before - above, above + m.new_count + below);
	fputs("@@\n", out);
	for (size_t i = before - above; i < before; i++)
		print_line(out, ' ', &old->list[i]);
	print_middle(out, &m);
	for (size_t i = old->count - after; i < old->count - after + below; i++)
		print_line(out, ' ', &old->list[i]);
	free(m.table);
	return 0;
}

int linediff_print(FILE *out, const char *name, const char *old, size_t old_size, const char *new,
		   size_t new_size)
{
	_cleanup_(lines_done) struct lines was = {0}, is = {0};
	size_t before = 0, after = 0, shorter;

	if (split(&was, old, old ? old_size : 0) < 0 || split(&is, new, new ? new_size : 0) < 0)
		return -ENOMEM;
	shorter = was.count < is.count ? was.count : is.count;
	while (before < shorter && is_same(&was.list[before], &is.list[before]))
		before++;
	while (after < shorter - before &&
	       is_same(&was.list[was.count - 1 - after], &is.list[is.count - 1 - after]))
		after++;
	if (before == was.count && before == is.count)
		return 0;
	fprintf(out, "--- %s\n+++ %s\n", old ? name : "/dev/null", new ? name : "/dev/null");
	return print_hunk(out, &was, &is, before, after);
}
