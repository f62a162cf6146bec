/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What `ipcaudit show --ftok` says. */
#pragma once

#include "document.h"
#include "ftok.h"
#include "text.h"

/* What an answer about that key means, one line, safe for any terminal. */
void show_ftok_write(struct text *text, const struct ftok_answer *answer, uint32_t key);

/* Adds the array "ftok". Returns 0 or a negative errno. */
int show_ftok_put_json(struct document_stream *stream, const struct ftok_answers *answers);
