/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The IPC key as logs write it, and as their programs damage it. */
#pragma once

#include <stdint.h>

#include "record.h"

/*
 * A signed decimal of 32 bits, as the kernel writes it: 0, -1093557504. 0, -EINVAL or -ERANGE: a positive
 * number that needs more bits is no %d's.
 */
int keytext_read(struct span text, uint32_t *key);

/*
 * ausearch -i (for ` key=`) and laurel (for ` ipc_key=` too, 0.5.1) take a number with an even
 * count of digits for hex and print the bytes: 1644314314 becomes \026D1C\024. Turns that back. The
 * text goes from behind the '=' up to scontext=, blanks included: a byte may be one. 0 or -EINVAL.
 */
int keytext_repair(struct span text, enum record_form form, uint32_t *key);
