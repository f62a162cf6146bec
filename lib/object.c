/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is an object called? The six kinds and every written form that the programs share: object
 * names, keys, sizes, spans of time (systemd.time(7)). Names come from whoever made the object, so
 * whatever leaves here is printable.
 */
#include "object.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"

static const struct {
	const char *name, *title;
} kinds[KIND_COUNT_] = {
	[KIND_SHM] = {"shm", "shared memory segment"},
	[KIND_SEM] = {"sem", "semaphore set"},
	[KIND_MSG] = {"msg", "message queue"},
	[KIND_PSHM] = {"pshm", "POSIX shared memory"},
	[KIND_PSEM] = {"psem", "POSIX semaphore"},
	[KIND_PMQ] = {"pmq", "POSIX message queue"},
};

void object_done(struct ipc_object *obj)
{
	free(obj->name);
	obj->name = NULL;
}

time_t object_made_by(const struct ipc_object *obj)
{
	time_t made = obj->ctime;

	if (obj->kind == KIND_SHM && obj->atime && obj->atime < made)
		made = obj->atime;
	if (obj->kind == KIND_SHM && obj->dtime && obj->dtime < made)
		made = obj->dtime;
	return made;
}

const char *kind_name(enum ipc_kind kind)
{
	return kinds[kind].name;
}

const char *kind_title(enum ipc_kind kind)
{
	return kinds[kind].title;
}

static int kind_parse(const char *text, size_t length, enum ipc_kind *kind)
{
	for (int k = 0; k < KIND_COUNT_; k++)
		if (strlen(kinds[k].name) == length && !memcmp(kinds[k].name, text, length)) {
			*kind = (enum ipc_kind)k;
			return 0;
		}
	return -EINVAL;
}

int kinds_parse(const char *text, unsigned *set)
{
	unsigned found = 0;

	for (;;) {
		size_t length = strcspn(text, ",");
		enum ipc_kind kind;

		if (kind_parse(text, length, &kind) < 0)
			return -EINVAL;
		found |= KIND_BIT(kind);
		if (!text[length])
			break;
		text += length + 1;
	}
	*set = found;
	return 0;
}

/* The length of the printable UTF-8 character at s, or 0 (RFC 3629; C0, DEL and C1 are not). */
static size_t utf8_printable(const unsigned char *s)
{
	uint32_t c = s[0], least;
	size_t length;

	if (c < 0x80)
		return c >= 0x20 && c != 0x7f && c != '\\';
	if (c >= 0xc2 && c < 0xe0)
		length = 2, least = 0xa0, c &= 0x1f;
	else if (c >= 0xe0 && c < 0xf0)
		length = 3, least = 0x800, c &= 0x0f;
	else if (c >= 0xf0 && c < 0xf5)
		length = 4, least = 0x10000, c &= 0x07;
	else
		return 0;
	for (size_t i = 1; i < length; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (c < least || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return 0;
	/* line and direction changers would let a name rewrite the line it stands in */
	if ((c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	    (c >= 0x2060 && c <= 0x206f) || c == 0xfeff)
		return 0;
	return length;
}

char *name_escape(const char *name)
{
	size_t length;
	char *text, *to;

	if (!name)
		return NULL;
	length = strlen(name);
	text = to = malloc(4 * length + 1);
	if (!text)
		return NULL;
	for (const unsigned char *s = (const unsigned char *)name; *s;) {
		size_t n = utf8_printable(s);

		if (n) {
			memcpy(to, s, n);
			to += n;
			s += n;
		} else {
			to += sprintf(to, "\\x%02x", *s++);
		}
	}
	*to = '\0';
	return text;
}

int object_parse_ref(const char *text, enum ipc_kind *kind, const char **which)
{
	size_t length = strcspn(text, ":");
	const char *behind = text + length + 1;
	bool is_ref;

	if (!text[length] || kind_parse(text, length, kind) < 0)
		return -EINVAL;
	is_ref = kind_is_sysv(*kind) ? *behind && !behind[strspn(behind, "0123456789")]
				     : *behind == '/' && behind[1];
	*which = behind;
	return is_ref ? 0 : -EINVAL;
}

char *object_ref(const struct ipc_object *obj)
{
	_cleanup_free_ char *name = NULL;
	char *ref = NULL;

	if (kind_is_sysv(obj->kind))
		return asprintf(&ref, "%s:%d", kind_name(obj->kind), obj->id) < 0 ? NULL : ref;
	name = name_escape(obj->name);
	if (!name || asprintf(&ref, "%s:%s", kind_name(obj->kind), name) < 0)
		return NULL;
	return ref;
}

const char *key_format(uint32_t key, char buf[KEY_TEXT_SIZE])
{
	snprintf(buf, KEY_TEXT_SIZE, "0x%08" PRIx32, key);
	return buf;
}

int key_parse(const char *text, uint32_t *key)
{
	bool is_hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	const char *digits = is_hex ? text + 2 : text + (text[0] == '-');
	long long value;
	char *end;

	if (is_hex ? !isxdigit((unsigned char)*digits) : !isdigit((unsigned char)*digits))
		return -EINVAL;
	errno = 0;
	value = strtoll(is_hex ? digits : text, &end, is_hex ? 16 : 10);
	if (*end)
		return -EINVAL;
	if (errno || value > UINT32_MAX || value < INT32_MIN)
		return -ERANGE;
	*key = (uint32_t)value;
	return 0;
}

static const struct {
	const char *name;
	uint64_t ns;
} span_units[] = {
	{"ns", 1},
	{"us", 1000},
	{"usec", 1000},
	{"ms", 1000000},
	{"msec", 1000000},
	{"", 1000000000},
	{"s", 1000000000},
	{"sec", 1000000000},
	{"second", 1000000000},
	{"seconds", 1000000000},
	{"m", 60000000000},
	{"min", 60000000000},
	{"minute", 60000000000},
	{"minutes", 60000000000},
	{"h", 3600000000000},
	{"hr", 3600000000000},
	{"hour", 3600000000000},
	{"hours", 3600000000000},
	{"d", 86400000000000},
	{"day", 86400000000000},
	{"days", 86400000000000},
	{"w", 604800000000000},
	{"week", 604800000000000},
	{"weeks", 604800000000000},
};

static int span_unit(const char *text, size_t length, uint64_t *ns)
{
	for (size_t i = 0; i < sizeof(span_units) / sizeof(span_units[0]); i++)
		if (strlen(span_units[i].name) == length &&
		    !memcmp(span_units[i].name, text, length)) {
			*ns = span_units[i].ns;
			return 0;
		}
	return -EINVAL;
}

int span_parse(const char *text, uint64_t *ns)
{
	uint64_t total = 0;

	text += strspn(text, " ");
	if (!*text)
		return -EINVAL;
	while (*text) {
		unsigned long long number;
		uint64_t unit, part;
		size_t length;
		char *end;

		if (!isdigit((unsigned char)*text))
			return -EINVAL;
		errno = 0;
		number = strtoull(text, &end, 10);
		if (errno)
			return -ERANGE;
		end += strspn(end, " ");
		length = strspn(end, "abcdefghijklmnopqrstuvwxyz");
		if (span_unit(end, length, &unit) < 0)
			return -EINVAL;
		if (__builtin_mul_overflow(number, unit, &part) ||
		    __builtin_add_overflow(total, part, &total) || total > INT64_MAX)
			return -ERANGE;
		text = end + length + strspn(end + length, " ");
	}
	*ns = total;
	return 0;
}

const char *size_format(uint64_t bytes, char buf[SIZE_TEXT_SIZE])
{
	static const char units[] = "KMGTPE";
	int unit = -1;
	uint64_t tenths;

	if (bytes < 1024) {
		snprintf(buf, SIZE_TEXT_SIZE, "%" PRIu64, bytes);
		return buf;
	}
	while (bytes >= 1024 * 1024) {
		bytes >>= 10;
		unit++;
	}
	tenths = bytes * 10 / 1024;
	snprintf(buf, SIZE_TEXT_SIZE, "%" PRIu64 ".%" PRIu64 "%c", tenths / 10, tenths % 10,
		 units[unit + 1]);
	return buf;
}

int size_parse(const char *text, uint64_t *bytes)
{
	static const char units[] = "KMGT";
	unsigned long long value;
	const char *unit;
	char *end;

	if (!isdigit((unsigned char)*text))
		return -EINVAL;
	errno = 0;
	value = strtoull(text, &end, 10);
	if (errno)
		return -ERANGE;
	unit = *end ? strchr(units, *end) : NULL;
	if (*end && (!unit || end[1]))
		return -EINVAL;
	if (__builtin_mul_overflow(value, unit ? UINT64_C(1) << 10 * (unit - units + 1) : 1, bytes))
		return -ERANGE;
	return 0;
}

int percent_parse(const char *text, unsigned *percent)
{
	unsigned value;
	int length = 0;

	if (!isdigit((unsigned char)*text) || sscanf(text, "%3u%n", &value, &length) != 1)
		return -EINVAL;
	text += length;
	if ((*text && strcmp(text, "%") != 0) || value < 1 || value > 100)
		return -EINVAL;
	*percent = value;
	return 0;
}

int uid_parse(const char *text, uid_t *uid)
{
	unsigned long long value;
	char *end;

	if (!isdigit((unsigned char)*text))
		return -EINVAL;
	errno = 0;
	value = strtoull(text, &end, 10);
	if (*end)
		return -EINVAL;
	if (errno || value >= UINT32_MAX)
		return -ERANGE;
	*uid = (uid_t)value;
	return 0;
}
