/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An object as a JSON document has it: ipcaudit(8) lists the members. What is not known is null. */
#pragma once

#include "audit.h"
#include "document.h"

enum object_json_depth {
	OBJECT_JSON_LIST,
	OBJECT_JSON_SHOW, /* each semaphore, too */
};

/* Adds the object to the array that the stream is in. Returns 0 or a negative errno. */
int object_json_put(struct document_stream *stream, struct audit *audit, size_t object,
		    enum object_json_depth depth);
