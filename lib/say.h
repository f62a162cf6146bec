/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Diagnostics of the programs: `program: what: why`, one line each, on standard error or to syslog.
 * For programs only: what else is in lib/ returns its errors.
 */
#pragma once

/* From now on what is said goes to syslog(3): started by a login program, nobody reads the rest. */
void say_to_syslog(void);

void say_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Tells what was done, where it is told at all: in syslog only. */
void say_done(const char *format, ...) __attribute__((format(printf, 1, 2)));
