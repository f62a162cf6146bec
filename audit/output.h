/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The document of a report: an array of objects, and one of findings. Where many namespaces are
 * looked into, each by a child, all of them write into one document: objects go out at once, findings
 * are kept apart until the last child has ended.
 */
#pragma once

#include "audit.h"
#include "document.h"

struct output_parts {
	struct document_stream objects, findings;
};

struct output {
	struct document_stream own;
	struct document_stream *objects, *findings; /* own, or those of the parts */
};

/* Begins the document, or joins the one that is open; then objects may be put. 0 or an errno. */
int output_begin(struct output *output, const struct audit *audit, const char *command);
/* Objects are over, findings may be put. */
int output_begin_findings(struct output *output);
int output_end(struct output *output);
