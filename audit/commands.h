/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The commands of ipcaudit. Each returns the exit status. */
#pragma once

#include "audit.h"

int command_list(const struct command_context *context);
int command_show(const struct command_context *context);
/* The report, whole or restricted to a group of findings. */
int command_report(const struct command_context *context);
int command_limits(const struct command_context *context);
int command_namespaces(const struct command_context *context);
int command_check(const struct command_context *context);
int command_metrics(const struct command_context *context);
int command_why(const struct command_context *context);
int command_watch(const struct command_context *context);
/* fix-mode and chown. */
int command_change(const struct command_context *context);
