/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Between the table of causes and the questions that it asks. */
#pragma once

#include "why_causes.h"

/* Writes what was found and what to do; says nothing where the cause is absent. */
typedef enum certainty why_ask_fn(const struct why *why, struct text *evidence, struct text *fix);

why_ask_fn ask_shmmni, ask_shmall, ask_semmni, ask_semmns, ask_msgmni, ask_queues_max;
why_ask_fn ask_shm_bytes, ask_shm_inodes, ask_shmmax, ask_semmsl, ask_semopm, ask_msgmax;
why_ask_fn ask_mq_maxmsg, ask_negative, ask_smaller, ask_mode, ask_selinux, ask_apparmor;
why_ask_fn ask_owner, ask_hugetlb_group, ask_removeipc, ask_removed, ask_exists;
why_ask_fn ask_in_use, ask_huge_pages, ask_overcommit, ask_memory, ask_rlimit, ask_always;
