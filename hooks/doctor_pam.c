/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which services load our module at a session's end? Read as libpam reads it (libpam/pam_handlers.c
 * and Debian's @include): a service is the file of its name in /etc/pam.d, else in /usr/lib/pam.d,
 * and /etc/pam.conf counts only where neither directory is. Each file is read once, whoever
 * includes it; who comes to the module is then asked in rounds, one level of inclusion each, so
 * that neither a circle nor a fan of includes takes longer than the files are many.
 */
#include "doctor_pam.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "textfile.h"

#define PATH_SIZE 4096
#define FILE_SIZE_MAX (256 * 1024)
#define FILES_MAX 1000
#define INCLUDES_MAX 100 /* of one file */
#define LEVELS_MAX 32
#define BLANKS " \t\n"

static const char *const pam_dirs[] = {"/etc/pam.d", "/usr/lib/pam.d"};
#define DIR_COUNT (sizeof(pam_dirs) / sizeof(pam_dirs[0]))

/* A file of pam.d, a file that one includes, or a service of pam.conf. */
struct stack {
	char *name;
	unsigned level; /* 0: doesn't come to the module; 1: loads it; 2: includes one of 1 ... */
	struct string_list includes;
};

struct stacks {
	const char *root;
	struct stack *all;
	size_t count;
	bool has_module_elsewhere; /* a line names the module by a path, and there it is */
};

static void stacks_done(struct stacks *stacks)
{
	for (size_t i = 0; i < stacks->count; i++) {
		free(stacks->all[i].name);
		string_list_done(&stacks->all[i].includes);
	}
	free(stacks->all);
}

static struct stack *find(const struct stacks *stacks, const char *name)
{
	for (size_t i = 0; i < stacks->count; i++)
		if (!strcmp(stacks->all[i].name, name))
			return &stacks->all[i];
	return NULL;
}

/* Adds one that isn't there yet; past FILES_MAX nothing. */
static int add(struct stacks *stacks, const char *name)
{
	struct stack *grown;
	char *copy;

	if (find(stacks, name) || stacks->count == FILES_MAX)
		return 0;
	copy = strdup(name);
	grown = copy ? reallocarray(stacks->all, stacks->count + 1, sizeof(*grown)) : NULL;
	if (!grown) {
		free(copy);
		return -ENOMEM;
	}
	stacks->all = grown;
	grown[stacks->count++] = (struct stack){.name = copy};
	return 0;
}

static bool is_there(const char *root, const char *dir, const char *name, mode_t type)
{
	char path[PATH_SIZE];
	struct stat st;

	return (size_t)snprintf(path, sizeof(path), "%s%s%s", root, dir, name) < sizeof(path) &&
	       stat(path, &st) == 0 && (st.st_mode & S_IFMT) == type;
}

/*
 * The next line in place, put together as libpam does it: a backslash before the end of the line
 * goes on, a comment ends it, lines of neither are passed over. NULL at the end, also for a line
 * that doesn't end.
 */
static char *next_line(char **rest)
{
	char *line = *rest, *part = *rest;

	while (*part) {
		size_t used = strcspn(part, "#\n"), last = used;
		char *end = strchrnul(part, '\n'), *next = *end ? end + 1 : end;
		bool is_empty = strspn(part, BLANKS) >= used;

		while (last && strchr(BLANKS, part[last - 1]))
			last--;
		if (!is_empty && (part[used] == '#' || part[last - 1] != '\\')) {
			part[used] = '\0';
			*rest = next;
			return line;
		}
		last = is_empty ? 0 : last - 1;
		memset(part + last, ' ', (size_t)(next - part) - last);
		part = next;
	}
	*rest = part;
	return NULL;
}

/* The next word in place, or what stands between [ and ]; NULL at the end. */
static char *next_word(char **rest)
{
	char *word = *rest + strspn(*rest, BLANKS), *end;

	if (!*word)
		return NULL;
	if (*word == '[') {
		end = ++word;
		while (*end && *end != ']')
			end += end[0] == '\\' && end[1] == ']' ? 2 : 1;
	} else {
		end = word + strcspn(word, BLANKS);
	}
	*rest = *end ? end + 1 : end;
	*end = '\0';
	return word;
}

static bool is_module(struct stacks *stacks, const char *word)
{
	if (word[0] != '/')
		return !strcmp(word, PAM_MODULE);
	if (strcmp(strrchr(word, '/') + 1, PAM_MODULE) != 0 ||
	    !is_there(stacks->root, "", word, S_IFREG))
		return false;
	stacks->has_module_elsewhere = true;
	return true;
}

static int add_include(struct stacks *stacks, size_t i, const char *name)
{
	if (!name || stacks->all[i].includes.count == INCLUDES_MAX)
		return 0;
	if (string_list_add(&stacks->all[i].includes, name) < 0)
		return -ENOMEM;
	return add(stacks, name);
}

/* Words are compared as libpam does it, without regard to case but for the module's. */
static int read_line(struct stacks *stacks, size_t i, char *line)
{
	const char *type = next_word(&line), *control, *what;

	if (type && !strcasecmp(type, "@include"))
		return add_include(stacks, i, next_word(&line));
	if (!type || strcasecmp(type + (*type == '-'), "session") != 0)
		return 0;
	control = next_word(&line);
	what = next_word(&line);
	if (control && (!strcasecmp(control, "include") || !strcasecmp(control, "substack")))
		return add_include(stacks, i, what);
	if (what && is_module(stacks, what))
		stacks->all[i].level = 1;
	return 0;
}

/* The text of the first file that is there, which masks the second even if it says nothing. */
static int read_text(const char *root, const char *name, char **text)
{
	size_t places = name[0] == '/' ? 1 : DIR_COUNT;
	int r = -ENOENT;

	for (size_t i = 0; i < places; i++) {
		const char *dir = name[0] == '/' ? "" : pam_dirs[i];
		char path[PATH_SIZE];

		if ((size_t)snprintf(path, sizeof(path), "%s%s%s%s", root, dir, *dir ? "/" : "",
				     name) >= sizeof(path))
			return -ENAMETOOLONG;
		r = textfile_read(path, FILE_SIZE_MAX, text);
		if (r == 0 || r == -EINVAL || r == -EFBIG || r == -ENOMEM)
			break;
	}
	return r;
}

static int read_stack(struct stacks *stacks, size_t i)
{
	_cleanup_free_ char *text = NULL;
	int r = read_text(stacks->root, stacks->all[i].name, &text);
	char *rest = text, *line;

	if (r < 0)
		return r == -ENOMEM ? r : 0;
	while (r == 0 && (line = next_line(&rest)))
		r = read_line(stacks, i, line);
	return r;
}

/* pam.conf: the service, then what a file of pam.d has in its lines. */
static int read_pam_conf(struct stacks *stacks)
{
	_cleanup_free_ char *text = NULL;
	char path[PATH_SIZE], *rest, *line;
	int r = 0;

	if ((size_t)snprintf(path, sizeof(path), "%s/etc/pam.conf", stacks->root) >= sizeof(path) ||
	    textfile_read(path, FILE_SIZE_MAX, &text) < 0)
		return 0;
	rest = text;
	while (r == 0 && (line = next_line(&rest))) {
		const char *service = next_word(&line);
		const struct stack *stack;

		r = service ? add(stacks, service) : 0;
		stack = service ? find(stacks, service) : NULL;
		if (r == 0 && stack)
			r = read_line(stacks, (size_t)(stack - stacks->all), line);
	}
	return r;
}

/* What package managers and editors leave beside a file is nobody's service. */
static bool is_service_name(const char *name)
{
	static const char *const ends[] = {"~",		".bak",	    ".dpkg-dist", ".dpkg-new",
					   ".dpkg-old", ".rpmsave", ".rpmnew",	  ".rpmorig"};
	size_t length = strlen(name);

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		size_t end = strlen(ends[i]);

		if (length >= end && !strcmp(name + length - end, ends[i]))
			return false;
	}
	return name[0] != '.';
}

static int list_dir(struct stacks *stacks, const char *name)
{
	_cleanup_closedir_ DIR *dir = NULL;
	const struct dirent *entry;
	char path[PATH_SIZE];
	int r = 0;

	if ((size_t)snprintf(path, sizeof(path), "%s%s", stacks->root, name) < sizeof(path))
		dir = opendir(path);
	while (r == 0 && dir && (entry = readdir(dir)))
		if (is_service_name(entry->d_name))
			r = add(stacks, entry->d_name);
	return r;
}

/* One level of inclusion; only what an earlier round has reached counts. Whether any was new. */
static bool spread(struct stacks *stacks, unsigned level)
{
	bool is_any = false;

	for (size_t i = 0; i < stacks->count; i++) {
		struct stack *stack = &stacks->all[i];

		for (size_t j = 0; stack->level == 0 && j < stack->includes.count; j++) {
			const struct stack *included = find(stacks, stack->includes.items[j]);

			if (included && included->level && included->level < level)
				stack->level = level;
		}
		is_any |= stack->level == level;
	}
	return is_any;
}

static int by_name(const void *a, const void *b)
{
	const struct stack *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static int fill(struct stacks *stacks, struct pam_use *use)
{
	int r = 0;

	for (unsigned level = 2; level <= LEVELS_MAX && spread(stacks, level); level++)
		;
	if (stacks->count)
		qsort(stacks->all, stacks->count, sizeof(*stacks->all), by_name);
	for (size_t i = 0; i < stacks->count && r == 0; i++) {
		const struct stack *stack = &stacks->all[i];

		if (stack->level == 1)
			r = string_list_add(&use->loads, stack->name);
		else if (stack->level && stack->name[0] != '/')
			r = string_list_add(&use->reaches, stack->name);
	}
	use->has_module = stacks->has_module_elsewhere ||
			  is_there(stacks->root, PAMDIR, "/" PAM_MODULE, S_IFREG);
	return r;
}

int pam_use_read(const char *root, struct pam_use *use)
{
	_cleanup_(stacks_done) struct stacks stacks = {.root = root ? root : ""};
	bool has_dir = false;
	int r = 0;

	*use = (struct pam_use){0};
	for (size_t i = 0; i < DIR_COUNT && r == 0; i++) {
		has_dir |= is_there(stacks.root, pam_dirs[i], "", S_IFDIR);
		r = list_dir(&stacks, pam_dirs[i]);
	}
	use->has_pam = has_dir || is_there(stacks.root, "/etc/pam.conf", "", S_IFREG);
	if (r == 0 && !has_dir)
		r = read_pam_conf(&stacks);
	/* grows by what is included */
	for (size_t i = 0; i < stacks.count && r == 0; i++)
		r = read_stack(&stacks, i);
	return r < 0 ? r : fill(&stacks, use);
}

void pam_use_done(struct pam_use *use)
{
	string_list_done(&use->loads);
	string_list_done(&use->reaches);
}
