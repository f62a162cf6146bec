/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "check_command.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cleanup.h"
#include "clock.h"

#define CHECK_NS (60 * NS_PER_S)
#define CHECK_POLL_MS 20

/* Takes one word off the text into buf, which is as large as the text. NULL past the last. */
static const char *take_word(const char *text, char *buf, bool *is_broken)
{
	char quote = '\0';

	text += strspn(text, " \t");
	if (!*text)
		return NULL;
	for (; *text && (quote || !strchr(" \t", *text)); text++) {
		if (quote ? *text == quote : *text == '\'' || *text == '"')
			quote = quote ? '\0' : *text;
		else if (*text == '\\' && quote != '\'' && text[1])
			*buf++ = *++text;
		else
			*buf++ = *text;
	}
	*buf = '\0';
	*is_broken = quote != '\0';
	return text;
}

int command_words(const char *text, struct string_list *words)
{
	_cleanup_free_ char *buf = malloc(strlen(text) + 1);
	bool is_broken = false;
	int r = buf ? 0 : -ENOMEM;

	while (r == 0 && (text = take_word(text, buf, &is_broken)))
		r = is_broken ? -EINVAL : string_list_add(words, buf);
	if (r == 0 && !words->count)
		r = -EINVAL;
	if (r < 0)
		string_list_done(words);
	return r;
}

static int start(const struct watch *watch, char *const *argv, pid_t *pid)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t defaults;
	int r = posix_spawn_file_actions_init(&actions);

	if (r)
		return -r;
	r = posix_spawnattr_init(&attributes);
	if (r == 0) {
		sigemptyset(&defaults);
		sigaddset(&defaults, SIGPIPE);
		posix_spawnattr_setsigdefault(&attributes, &defaults);
		posix_spawnattr_setsigmask(&attributes, &watch->unblocked);
		posix_spawnattr_setflags(&attributes,
					 POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
		posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
		r = posix_spawnp(pid, argv[0], &actions, &attributes, argv, environ);
		posix_spawnattr_destroy(&attributes);
	}
	posix_spawn_file_actions_destroy(&actions);
	return -r;
}

static int wait_for(struct watch *watch, pid_t pid)
{
	uint64_t deadline_ns = clock_now_ns() + CHECK_NS;
	int status, r = 0;

	for (;;) {
		pid_t ended = waitpid(pid, &status, WNOHANG);

		if (ended < 0 && errno != EINTR)
			return -errno;
		if (ended == pid)
			return r < 0 ? r : status != 0;
		if (r < 0 || watch_interrupted || clock_is_past(deadline_ns)) {
			kill(pid, SIGKILL);
			waitpid(pid, &status, 0);
			return r < 0 ? r : 1;
		}
		r = watch_pump(watch, CHECK_POLL_MS);
	}
}

int command_check(struct watch *watch, const struct string_list *words)
{
	_cleanup_free_ char **argv = calloc(words->count + 1, sizeof(*argv));
	pid_t pid;
	int r;

	if (!argv)
		return -ENOMEM;
	for (size_t i = 0; i < words->count; i++)
		argv[i] = words->items[i];
	r = start(watch, argv, &pid);
	return r < 0 ? r : wait_for(watch, pid);
}
