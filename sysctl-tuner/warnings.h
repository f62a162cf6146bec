/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an administrator should know besides the numbers. */
#pragma once

#include "recommend.h"

/* Adds them to a recommendation whose values are final. Returns 0 or -ENOMEM. */
int warnings_add(struct recommendation *result, const struct request *request);

/* Those about huge pages; part of the above. */
int warnings_add_huge(struct recommendation *result, const struct request *request);
