/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "output.h"

#include "printed.h"

int output_begin(struct output *output, const struct audit *audit, const char *command)
{
	int r;

	if (audit->parts) {
		output->objects = &audit->parts->objects;
		output->findings = &audit->parts->findings;
		return 0;
	}
	output->objects = output->findings = &output->own;
	r = document_stream_begin(&output->own, stdout, command);
	return r == 0 ? document_stream_array(&output->own, "objects") : r;
}

int output_begin_findings(struct output *output)
{
	return output->findings == &output->own ? document_stream_array(&output->own, "findings")
						: 0;
}

int output_end(struct output *output)
{
	int r;

	if (output->objects == &output->own)
		return document_stream_end(&output->own);
	r = printed_all(output->objects->out);
	return r < 0 ? r : printed_all(output->findings->out);
}
