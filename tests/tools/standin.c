/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Stands in for ipcclean where the PAM module is tested: writes down what it was given, into the
 * file (or FIFO) `record` beside itself, and then does what the file `behaviour` there says: "exit
 * N", "hang", "crash", "flood".
 */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

extern char **environ;

static char dir[4096];

static FILE *open_beside(const char *name, const char *mode)
{
	char path[sizeof(dir) + 32];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return fopen(path, mode);
}

static void find_dir(void)
{
	ssize_t n = readlink("/proc/self/exe", dir, sizeof(dir) - 1);

	if (n < 0)
		exit(126);
	dir[n] = '\0';
	*strrchr(dir, '/') = '\0';
}

static void write_signals(FILE *f)
{
	FILE *status = fopen("/proc/self/status", "re");
	char line[256];

	while (status && fgets(line, sizeof(line), status))
		if (!strncmp(line, "Sig", 3) || !strncmp(line, "Groups", 6))
			fputs(line, f);
	if (status)
		fclose(status);
}

/* Those that stood open before we opened anything. */
static void list_fds(char *text, size_t size)
{
	DIR *all = opendir("/proc/self/fd");
	const struct dirent *entry;
	char target[256];
	size_t used = 0;

	while (all && (entry = readdir(all))) {
		ssize_t n = readlinkat(dirfd(all), entry->d_name, target, sizeof(target) - 1);

		if (n < 0 || atoi(entry->d_name) == dirfd(all))
			continue;
		target[n] = '\0';
		used += (size_t)snprintf(text + used, size - used, "fd %s %s\n", entry->d_name,
					 target);
	}
	if (all)
		closedir(all);
}

static void write_record(FILE *f, char **argv, const char *fds)
{
	static const int resources[] = {RLIMIT_CPU, RLIMIT_FSIZE, RLIMIT_AS};
	uid_t ruid, euid, suid;
	char cwd[4096];
	mode_t mask = umask(0);

	for (; *argv; argv++)
		fprintf(f, "arg %s\n", *argv);
	for (char **e = environ; *e; e++)
		fprintf(f, "env %s\n", *e);
	fputs(fds, f);
	write_signals(f);
	getresuid(&ruid, &euid, &suid);
	fprintf(f, "ids %u %u %u\n", ruid, euid, suid);
	fprintf(f, "cwd %s\n", getcwd(cwd, sizeof(cwd)));
	fprintf(f, "umask %03o\n", (unsigned)mask);
	fprintf(f, "session %s\n", getsid(0) == getpid() ? "own" : "another");
	for (size_t i = 0; i < sizeof(resources) / sizeof(resources[0]); i++) {
		struct rlimit limit;

		getrlimit((__rlimit_resource_t)resources[i], &limit);
		fprintf(f, "limit %d %s\n", resources[i],
			limit.rlim_cur == limit.rlim_max ? "lifted" : "set");
	}
	fputs("end\n", f);
}

static void behave(const char *what)
{
	int status;

	if (sscanf(what, "exit %d", &status) == 1)
		exit(status);
	if (!strncmp(what, "hang", 4))
		for (;;)
			pause();
	if (!strncmp(what, "crash", 5))
		abort();
	if (!strncmp(what, "flood", 5))
		for (int i = 0; i < 100000; i++)
			if (puts("a line that nobody wants to read") < 0 ||
			    fputs("nor this\n", stderr) < 0)
				exit(1);
}

int main(int argc, char **argv)
{
	char what[64] = "", fds[8192] = "";
	FILE *f;

	(void)argc;
	find_dir();
	list_fds(fds, sizeof(fds));
	/* the limits of the caller must not keep the record from being written */
	f = open_beside("record", "ae");
	if (f) {
		write_record(f, argv, fds);
		fclose(f);
	}
	f = open_beside("behaviour", "re");
	if (f && fgets(what, sizeof(what), f))
		behave(what);
	return 0;
}
