/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A recursive descent over the text; nothing is kept, formulas are short and run once. */
#include "formula.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "object.h"
#include "saturate.h"

#define DEPTH_MAX 32

struct parser {
	const char *at;
	const struct formula_name *names;
	size_t count;
	const char **culprit;
	unsigned depth;
	bool is_skipped; /* in the branch of an if() that isn't taken: what isn't known there doesn't matter */
};

static int parse_comparison(struct parser *parser, uint64_t *value);

static void skip_blanks(struct parser *parser)
{
	parser->at += strspn(parser->at, " \t");
}

static int fail(struct parser *parser)
{
	*parser->culprit = parser->at;
	return -EINVAL;
}

/* Takes a word of the grammar if it stands here. */
static bool take(struct parser *parser, const char *word)
{
	size_t length = strlen(word);

	skip_blanks(parser);
	if (strncmp(parser->at, word, length) != 0)
		return false;
	parser->at += length;
	return true;
}

/* What isn't computed may do so: it is 0 there. */
static int fail_division(struct parser *parser, uint64_t *value)
{
	*value = 0;
	if (parser->is_skipped)
		return 0;
	*parser->culprit = parser->at;
	return -EDOM;
}

static int divide(struct parser *parser, uint64_t *value, uint64_t by)
{
	if (!by)
		return fail_division(parser, value);
	*value /= by;
	return 0;
}

static uint64_t roundup_to(uint64_t value, uint64_t unit)
{
	uint64_t rest = value % unit;

	return rest ? saturate_sum(value, unit - rest) : value;
}

/* "(a, b)" behind a function's name. */
static int parse_two(struct parser *parser, uint64_t two[2])
{
	int r;

	if (!take(parser, "("))
		return fail(parser);
	r = parse_comparison(parser, &two[0]);
	if (r == 0 && !take(parser, ","))
		return fail(parser);
	if (r == 0)
		r = parse_comparison(parser, &two[1]);
	if (r == 0 && !take(parser, ")"))
		return fail(parser);
	return r;
}

static int parse_if(struct parser *parser, uint64_t *value)
{
	bool was_skipped = parser->is_skipped;
	uint64_t condition = 0, a, b;
	int r;

	if (!take(parser, "("))
		return fail(parser);
	r = parse_comparison(parser, &condition);
	if (r == 0 && !take(parser, ","))
		return fail(parser);
	parser->is_skipped = was_skipped || !condition;
	if (r == 0)
		r = parse_comparison(parser, &a);
	if (r == 0 && !take(parser, ","))
		return fail(parser);
	parser->is_skipped = was_skipped || condition;
	if (r == 0)
		r = parse_comparison(parser, &b);
	parser->is_skipped = was_skipped;
	if (r == 0 && !take(parser, ")"))
		return fail(parser);
	if (r == 0)
		*value = condition ? a : b;
	return r;
}

static int call(struct parser *parser, const char *name, size_t length, uint64_t *value)
{
	static const char *const functions[] = {"ceil", "roundup", "min", "max"};
	uint64_t two[2];
	size_t which = 0;
	int r;

	if (length == 2 && !strncmp(name, "if", 2))
		return parse_if(parser, value);
	while (which < 4 &&
	       (strlen(functions[which]) != length || strncmp(functions[which], name, length) != 0))
		which++;
	if (which == 4) {
		parser->at = name;
		return fail(parser);
	}
	r = parse_two(parser, two);
	if (r < 0)
		return r;
	if (which < 2 && !two[1])
		return fail_division(parser, value);
	switch (which) {
	case 0:
		*value = two[0] / two[1] + (two[0] % two[1] != 0);
		break;
	case 1:
		*value = roundup_to(two[0], two[1]);
		break;
	case 2:
		*value = two[0] < two[1] ? two[0] : two[1];
		break;
	case 3:
		*value = two[0] > two[1] ? two[0] : two[1];
		break;
	}
	return 0;
}

static int parse_name(struct parser *parser, uint64_t *value)
{
	const char *name = parser->at;
	size_t length = 0;

	while (isalnum((unsigned char)name[length]) || name[length] == '_')
		length++;
	parser->at += length;
	if (take(parser, "(")) {
		parser->at--;
		return call(parser, name, length, value);
	}
	for (size_t i = 0; i < parser->count; i++) {
		const struct formula_name *known = &parser->names[i];

		if (strlen(known->name) != length || strncmp(known->name, name, length) != 0)
			continue;
		*value = known->value;
		if (*value != OBJECT_UNKNOWN || parser->is_skipped)
			return 0;
		*parser->culprit = known->name;
		return -ENODATA;
	}
	parser->at = name;
	return fail(parser);
}

static int parse_number(struct parser *parser, uint64_t *value)
{
	char *end;

	errno = 0;
	*value = saturate_known(strtoull(parser->at, &end, 10));
	if (errno)
		return fail(parser);
	parser->at = end;
	return 0;
}

static int parse_factor(struct parser *parser, uint64_t *value)
{
	int r;

	skip_blanks(parser);
	if (isdigit((unsigned char)*parser->at))
		return parse_number(parser, value);
	if (isalpha((unsigned char)*parser->at))
		return parse_name(parser, value);
	if (!take(parser, "("))
		return fail(parser);
	r = parse_comparison(parser, value);
	return r == 0 && !take(parser, ")") ? fail(parser) : r;
}

static int parse_product(struct parser *parser, uint64_t *value)
{
	int r = parse_factor(parser, value);

	while (r == 0) {
		bool is_product = take(parser, "*");
		uint64_t factor;

		if (!is_product && !take(parser, "/"))
			return 0;
		r = parse_factor(parser, &factor);
		if (r == 0 && is_product)
			*value = saturate_mul(*value, factor);
		else if (r == 0)
			r = divide(parser, value, factor);
	}
	return r;
}

static int parse_sum(struct parser *parser, uint64_t *value)
{
	int r = parse_product(parser, value);

	while (r == 0) {
		bool is_sum = take(parser, "+");
		uint64_t term;

		if (!is_sum && !take(parser, "-"))
			return 0;
		r = parse_product(parser, &term);
		if (r == 0)
			*value = is_sum		 ? saturate_sum(*value, term)
				 : *value > term ? *value - term
						 : 0;
	}
	return r;
}

static int parse_comparison(struct parser *parser, uint64_t *value)
{
	uint64_t other;
	bool is_at_least;
	int r;

	if (++parser->depth > DEPTH_MAX)
		return fail(parser);
	r = parse_sum(parser, value);
	is_at_least = r == 0 && take(parser, ">=");
	if (r == 0 && (is_at_least || take(parser, "<"))) {
		r = parse_sum(parser, &other);
		*value = is_at_least ? *value >= other : *value < other;
	}
	parser->depth--;
	return r;
}

int formula_evaluate(const char *text, const struct formula_name *names, size_t count,
		     uint64_t *value, const char **culprit)
{
	struct parser parser = {.at = text, .names = names, .count = count, .culprit = culprit};
	int r = parse_comparison(&parser, value);

	skip_blanks(&parser);
	return r == 0 && *parser.at ? fail(&parser) : r;
}
