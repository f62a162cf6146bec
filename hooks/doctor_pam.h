/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which logins end in pam_ipcclean.so, by PAM's own configuration (pam.conf(5)). */
#pragma once

#include <stdbool.h>

#include "stringlist.h"

#define PAM_MODULE "pam_ipcclean.so"

struct pam_use {
	bool has_pam;		    /* there is a pam.d or a pam.conf */
	bool has_module;	    /* the module's file is where a line, or PAM by itself, looks */
	struct string_list loads;   /* files whose own session lines load it, by name */
	struct string_list reaches; /* services that come to one of these by including it */
};

/*
 * Reads what is below root (tests), or NULL for "/". What can't be read says nothing. Returns 0 or
 * -ENOMEM; pam_use_done() for both.
 */
int pam_use_read(const char *root, struct pam_use *use);
void pam_use_done(struct pam_use *use);
