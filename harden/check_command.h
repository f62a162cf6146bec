/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The administrator's own check of a service: a program that succeeds while the service works. */
#pragma once

#include "stringlist.h"
#include "watch.h"

/*
 * Cuts a command line into words: blanks separate, '…' and "…" keep them together, a backslash takes the
 * next character as it is. No shell, nothing else is special. Returns 0 and at least one word, or -EINVAL.
 */
int command_words(const char *text, struct string_list *words);

/*
 * Runs it, while the watch goes on; what it prints goes to standard error. Returns 0 if it succeeded; 1 if it
 * failed, was killed, or had not ended within a minute; or a negative errno where it can't be run.
 */
int command_check(struct watch *watch, const struct string_list *words);
