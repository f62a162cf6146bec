/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What does the file say? Per sysctl the evidence as comments, then the assignment. No date, no
 * host name: the same plan makes the same bytes, so that configuration management sees no change
 * where there is none.
 */
#include "apply_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "formats.h"
#include "textfile.h"

/* systemd-sysctl and procps read what ends with .conf */
#define TEMPORARY_NAME ".90-ipctune.conf.new"
#define FILE_SIZE_MAX (1024 * 1024)

int apply_file_make(const struct plan *plan, struct apply_text *text)
{
	_cleanup_fclose_ FILE *f = NULL;

	*text = (struct apply_text){0};
	if (!plan->count)
		return 0;
	f = open_memstream(&text->bytes, &text->size);
	if (!f)
		return -ENOMEM;
	return format_plan(f, FORMAT_SYSCTL, plan) < 0 ? -ENOMEM : 0;
}

int apply_file_open_dir(const char *root, bool create)
{
	_cleanup_free_ char *path = NULL;
	int fd;

	if (asprintf(&path, "%s" APPLY_DIR, root) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	if (create && mkdir(path, 0755) < 0 && errno != EEXIST)
		return -errno;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int apply_file_try(int dir)
{
	return faccessat(dir, ".", W_OK | X_OK, AT_EACCESS) < 0 ? -errno : 0;
}

int apply_file_read(int dir, struct apply_text *text)
{
	int r = textfile_read_at(dir, APPLY_FILE_NAME, FILE_SIZE_MAX, &text->bytes, &text->size);

	return r == -ENOENT ? 0 : r;
}

int apply_file_install(int dir, const struct apply_text *text)
{
	if (text->bytes)
		return textfile_replace(dir, APPLY_FILE_NAME, TEMPORARY_NAME, 0644, text->bytes,
					text->size);
	if (unlinkat(dir, APPLY_FILE_NAME, 0) < 0 && errno != ENOENT)
		return -errno;
	return fsync(dir) < 0 ? -errno : 0;
}
