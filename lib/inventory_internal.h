/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Between the files of the inventory: one for each place where objects live. */
#pragma once

#include "inventory.h"

struct scan {
	struct inventory *inv;
	unsigned kinds;
	const uid_t *owner_only;
};

/* Appends an object if its owner is asked for. Takes obj->name in any case. 0 or -ENOMEM. */
int inventory_add(struct scan *scan, struct ipc_object *obj);

/* Notes why a kind can't be listed; the first error stays. */
void inventory_note_unseen(struct inventory *inv, enum ipc_kind kind, int error);

/* Each lists one kind or place. 0 or -ENOMEM; what can't be read is noted. */
int inventory_scan_sysv(struct scan *scan, enum ipc_kind kind);
int inventory_scan_dev_shm(struct scan *scan);
int inventory_scan_mqueue(struct scan *scan);

/* Reads a row of /proc/sysvipc/shm, in bytes. false if it is none. */
bool inventory_parse_shm_line(const char *line, int *shmid, uint64_t *rss, uint64_t *swap);
