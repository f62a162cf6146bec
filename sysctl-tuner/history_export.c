/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The samples for other programs: CSV (RFC 4180) and JSON. What was not measured is empty, or null. */
#include <errno.h>
#include <inttypes.h>

#include "document.h"
#include "history.h"

static bool is_wanted(const struct history *history, int figure)
{
	return history->figure < 0 || history->figure == figure;
}

static int print_csv_row(const struct history *history, const struct sample *sample, FILE *out)
{
	fprintf(out, "%jd", (intmax_t)sample->time);
	for (int figure = 0; figure < FIGURE_COUNT_; figure++) {
		if (!is_wanted(history, figure))
			continue;
		fputc(',', out);
		if (sample->figures[figure] != OBJECT_UNKNOWN)
			fprintf(out, "%" PRIu64, sample->figures[figure]);
	}
	return fputs("\r\n", out) < 0 ? -EIO : 0;
}

int history_print_csv(const struct history *history, FILE *out)
{
	int r;

	fputs("time", out);
	for (int figure = 0; figure < FIGURE_COUNT_; figure++)
		if (is_wanted(history, figure))
			fprintf(out, ",%s", figure_name((enum figure_id)figure));
	r = fputs("\r\n", out) < 0 ? -EIO : 0;
	for (size_t i = 0; r == 0 && i < history->samples.count; i++)
		r = print_csv_row(history, &history->samples.list[i], out);
	return r;
}

static int fill(struct json_object *to, const struct history *history, const struct sample *sample)
{
	/* 1970 began with a sample, too */
	int r = document_add_int(to, "time", sample->time);

	for (int figure = 0; r == 0 && figure < FIGURE_COUNT_; figure++)
		if (is_wanted(history, figure))
			r = document_add_exact(to, figure_name((enum figure_id)figure),
					       sample->figures[figure]);
	return r;
}

int history_print_json(const struct history *history, FILE *out)
{
	struct document_stream stream;
	int r = document_stream_begin(&stream, out, "history");

	if (r == 0)
		r = document_stream_text(&stream, "place", history->place);
	if (r == 0)
		r = document_stream_array(&stream, "samples");
	for (size_t i = 0; r == 0 && i < history->samples.count; i++) {
		struct json_object *element = document_stream_element();

		if (!element || fill(element, history, &history->samples.list[i]) < 0) {
			document_free(element);
			return -ENOMEM;
		}
		r = document_stream_put(&stream, element);
	}
	return r == 0 ? document_stream_end(&stream) : r;
}
