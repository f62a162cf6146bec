/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Samples of another host: a mistake has its text; what is read is written so that it reads the same; and
 * whatever it tells, a recommendation for it stands by its rules and can be shown.
 */
#include <string.h>
#include <sys/mman.h>

#include "fuzz.h"
#include "plan_make.h"
#include "print.h"
#include "saturate.h"

static int read_samples(struct analysis *analysis, const void *text, size_t size,
			struct parse_error *error)
{
	int fd = memfd_create("samples", MFD_CLOEXEC), r;

	if (fd < 0 || write(fd, text, size) != (ssize_t)size || lseek(fd, 0, SEEK_SET) < 0)
		abort();
	r = samples_read_json(fd, "fuzz", &analysis->host, &analysis->samples, error);
	close(fd);
	return r;
}

static char *write_samples(const struct analysis *analysis, size_t *size)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, size);

	if (!out || samples_print_json(out, &analysis->host, &analysis->samples) < 0 ||
	    fclose(out) != 0)
		abort();
	return text;
}

static void write_again(const struct analysis *analysis)
{
	size_t first_size, second_size;
	char *first = write_samples(analysis, &first_size), *second;
	struct analysis again = {0};
	struct parse_error error = {0};

	if (read_samples(&again, first, first_size, &error) < 0)
		abort();
	second = write_samples(&again, &second_size);
	if (first_size != second_size || memcmp(first, second, first_size) != 0)
		abort();
	free(first);
	free(second);
	samples_done(&again.samples);
	host_done(&again.host);
}

static void check(const struct value *value)
{
	uint64_t enough = value->wanted < value->cap ? value->wanted : value->cap;

	if (value->recommended < enough ||
	    (value->action != ACTION_LOWER && value->recommended < value->current) ||
	    (value->recommended > value->cap && value->recommended > value->current))
		abort();
}

static void show(struct analysis *analysis)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	struct plan plan;

	if (!out || print_json(out, analysis, NULL, NULL) < 0 || print_text(out, analysis) < 0 ||
	    fclose(out) != 0)
		abort();
	free(text);
	for (int target = PLAN_HOST; target <= PLAN_NEW_NAMESPACE; target++) {
		if (plan_make(&plan, analysis, (enum plan_target)target) < 0)
			abort();
		plan_done(&plan);
	}
}

static void advise(struct analysis *analysis, const struct options *options)
{
	struct request request = {
		.host = &analysis->host,
		.window = {&analysis->samples, NULL},
		.needs = &analysis->needs,
		.headroom = options->headroom,
		.is_tightening = options->is_tightening,
		.has_huge_pages = options->has_huge_pages,
	};

	if (recommend(&analysis->result, &request) < 0)
		abort();
	for (int id = 0; id < PARAMETER_COUNT_; id++)
		check(&analysis->result.values[id]);
	for (size_t i = 0; i < analysis->result.huge_count; i++)
		check(&analysis->result.huge[i].value);
	show(analysis);
	recommendation_done(&analysis->result);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct options options = {.from = "-", .headroom = 25};
	struct analysis analysis = {.options = &options};
	struct parse_error error = {0};

	if (read_samples(&analysis, data, size, &error) == 0) {
		write_again(&analysis);
		advise(&analysis, &options);
		options = (struct options){
			.from = "-", .headroom = 0, .is_tightening = true, .has_huge_pages = true};
		advise(&analysis, &options);
	} else if (!error.what || !error.file) {
		abort();
	}
	parse_error_done(&error);
	samples_done(&analysis.samples);
	host_done(&analysis.host);
	return 0;
}
