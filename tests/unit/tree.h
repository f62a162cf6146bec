/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A directory of its own for a test's files, with the modes that root's files have. */
#pragma once

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TREE_PATH_SIZE 512

struct tree {
	char root[64];
};

static inline char *tree_path(const struct tree *tree, const char *name, char path[TREE_PATH_SIZE])
{
	assert_true(snprintf(path, TREE_PATH_SIZE, "%s/%s", tree->root, name) < TREE_PATH_SIZE);
	return path;
}

static inline void tree_make_parents(const struct tree *tree, const char *name)
{
	char path[TREE_PATH_SIZE];

	tree_path(tree, name, path);
	for (char *slash = path + strlen(tree->root) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		mkdir(path, 0755);
		*slash = '/';
	}
}

static inline void tree_write_bytes(const struct tree *tree, const char *name, const void *bytes,
				    size_t size)
{
	char path[TREE_PATH_SIZE];
	int fd;

	tree_make_parents(tree, name);
	fd = open(tree_path(tree, name, path), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	assert_true(fd >= 0);
	assert_int_equal(fchmod(fd, 0644), 0);
	assert_int_equal(write(fd, bytes, size), (ssize_t)size);
	close(fd);
}

static inline void tree_write(const struct tree *tree, const char *name, const char *text)
{
	tree_write_bytes(tree, name, text, strlen(text));
}

static inline int tree_setup(void **state)
{
	struct tree *tree = calloc(1, sizeof(*tree));

	if (!tree)
		return -1;
	strcpy(tree->root, "/tmp/ipcguard-test-XXXXXX");
	*state = tree;
	return mkdtemp(tree->root) ? 0 : -1;
}

static inline int tree_remove_one(const char *path, const struct stat *st, int type,
				  struct FTW *where)
{
	(void)st;
	(void)type;
	(void)where;
	return remove(path);
}

static inline int tree_teardown(void **state)
{
	struct tree *tree = *state;
	int r = nftw(tree->root, tree_remove_one, 8, FTW_DEPTH | FTW_PHYS);

	free(tree);
	return r;
}
