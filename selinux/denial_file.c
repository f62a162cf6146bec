/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Is a denied file an IPC object? System V segments are files named /SYSVkkkkkkkk where a mapping of
 * them is checked; POSIX objects lie below /dev/shm, a container's seen by the path that leads there,
 * and in mqueue mounts. On open the kernel knows the last name only, no mount: a tmpfs file with a
 * domain's *_tmpfs_t label, or with a name that is known, is taken for one of /dev/shm, and said to
 * be a guess. Any other may be one too, which only the records beside can tell. memfds, huge pages and files of /run look alike and are none.
 */
#include "denial_internal.h"
#include "maps.h"
#include "spannumber.h"

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool hex_decode(char *text)
{
	size_t length = strlen(text);

	if (!length || length % 2)
		return false;
	for (size_t i = 0; i < length; i++)
		if (hex_value(text[i]) < 0)
			return false;
	for (size_t i = 0; i < length; i += 2) {
		int byte = hex_value(text[i]) << 4 | hex_value(text[i + 1]);

		text[i / 2] = byte ? (char)byte : '?';
	}
	text[length / 2] = '\0';
	return true;
}

/* Where the value of an unquoted, interpreted field ends: at the next field, for it may hold blanks. */
static struct span until_next_field(struct span value)
{
	static const char *const names[] = {" path=",	 " name=", " dev=",	   " ino=",
					    " ipc_key=", " key=",  " capability=", " comm="};
	struct span shortest = value;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *at = span_find(shortest, names[i]);

		if (at)
			shortest = span_until(shortest, at);
	}
	while (shortest.length && shortest.at[shortest.length - 1] == ' ')
		shortest.length--;
	return shortest;
}

struct span avc_field(const struct avc_parts *parts, const char *name)
{
	struct span rest = parts->middle;
	size_t length = strlen(name);
	const char *at;

	while ((at = span_find(rest, name))) {
		struct span value = span_from(rest, at + length);

		rest = value;
		if (at == parts->middle.at || at[-1] != ' ' || !span_starts(value, "="))
			continue;
		value = span_from(value, value.at + 1);
		if (!span_starts(value, "\""))
			return until_next_field(value);
		value = span_from(value, value.at + 1);
		at = value.length ? memchr(value.at, '"', value.length) : NULL;
		return at ? span_until(value, at) : value;
	}
	return SPAN_NONE;
}

char *avc_keep_text(const struct record *record, const struct avc_parts *parts, const char *name,
		    char **arena)
{
	struct span value = avc_field(parts, name);
	char *copy = *arena;

	if (!value.at)
		return NULL;
	for (size_t i = 0; i < value.length; i++)
		copy[i] = value.at[i] ? value.at[i] : '?';
	copy[value.length] = '\0';
	/* raw records have quotes around what is no hex */
	if (record->form == FORM_RAW && value.at[-1] != '"')
		hex_decode(copy);
	*arena += strlen(copy) + 1;
	return copy;
}

/* "sem.NAME" is how glibc calls a semaphore's file. */
static void take_file(char *name, struct denial *denial)
{
	denial->has_kind = true;
	denial->kind = !strncmp(name, "/sem.", 5) ? KIND_PSEM : KIND_PSHM;
	if (denial->kind == KIND_PSEM) {
		name += 4;
		name[0] = '/';
	}
	denial->name = name;
}

bool denial_take_path(char *path, struct denial *denial)
{
	/* as they are mounted: the host's, and a container's seen from the host */
	static const char *const mounts[] = {"/dev/shm", "/mounts/shm"};

	maps_cut_deleted(path);
	if (maps_parse_sysv(path, &denial->key)) {
		denial->about = ABOUT_SEGMENT_FILE;
		denial->has_kind = true;
		denial->kind = KIND_SHM;
		denial->key_source = KEY_PATH;
		return true;
	}
	for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		char *at = strstr(path, mounts[i]), *behind = at ? at + strlen(mounts[i]) : NULL;

		if (!at || (*behind && *behind != '/') || (i == 1 && at == path))
			continue;
		denial->about = behind[0] && behind[1] ? ABOUT_FILE : ABOUT_MOUNT;
		if (denial->about == ABOUT_FILE)
			take_file(behind, denial);
		if (at != path) {
			denial->container = path;
			*at = '\0';
		}
		return true;
	}
	return false;
}

static bool take_queue(const char *path, const char *name, struct denial *denial)
{
	const char *last = path ? strrchr(path, '/') : NULL;

	denial->about = ABOUT_FILE;
	denial->has_kind = true;
	denial->kind = KIND_PMQ;
	denial->name = last ? last : name;
	if (!denial->name || !strcmp(denial->name, "/")) {
		denial->about = ABOUT_MOUNT;
		denial->has_kind = false;
		denial->name = NULL;
	}
	return true;
}

/* Names that libraries give to files of /dev/shm whatever their label. */
static bool is_known_name(const char *name)
{
	static const char *const prefixes[] = {"sem.", "pulse-shm-", "qb-", "PostgreSQL."};

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		if (!strncmp(name, prefixes[i], strlen(prefixes[i])))
			return true;
	return false;
}

static bool take_name(const struct avc_parts *parts, char *name, bool has_device,
		      struct denial *denial)
{
	bool is_plain = span_find(parts->tcontext, ":tmpfs_t");

	if (!strcmp(name, "/")) {
		denial->about = ABOUT_MOUNT;
		return is_plain && !span_is(parts->class, "file");
	}
	denial->is_tentative = !is_known_name(name) && !span_find(parts->tcontext, "_tmpfs_t");
	/* what is to be made is on no device yet */
	if (denial->is_tentative &&
	    (span_is(parts->class, "filesystem") || (!is_plain && !has_device)))
		return false;
	denial->about = ABOUT_NAME;
	denial->has_kind = true;
	denial->kind = !strncmp(name, "sem.", 4) ? KIND_PSEM : KIND_PSHM;
	denial->name = name;
	return true;
}

bool avc_read_file(const struct record *record, const struct avc_parts *parts,
		   struct denial *denial, char **arena)
{
	struct span dev = avc_field(parts, "dev");
	char *path, *name;

	if (!span_is(parts->class, "file") && !span_is(parts->class, "dir") &&
	    !span_is(parts->class, "filesystem"))
		return false;
	if (dev.at && !span_is(dev, "tmpfs") && !span_is(dev, "mqueue"))
		return false;
	path = avc_keep_text(record, parts, "path", arena);
	/* what is no path of ours needs no name either */
	name = path ? NULL : avc_keep_text(record, parts, "name", arena);
	denial->ino = span_decimal(avc_field(parts, "ino"));
	if (dev.at && span_is(dev, "mqueue"))
		return take_queue(path, name, denial);
	if (path && denial_take_path(path, denial)) {
		/* ipc/shm.c: newseg() gives the file's inode the id's number */
		if (denial->about == ABOUT_SEGMENT_FILE && denial->ino <= INT32_MAX)
			denial->id = denial->ino;
		return true;
	}
	return name && take_name(parts, name, dev.at, denial);
}
