/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Diagnostics of ipcclean: `ipcclean: what: why`, one line each, on standard error. */
#pragma once

void say_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
