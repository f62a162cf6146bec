/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "alignment.h"

#include "object.h"
#include "saturate.h"

static struct alignment align(const struct sample_segments *group, uint64_t size, bool is_huge)
{
	uint64_t pages = pages_of(group->bytes, size);
	struct alignment row = {.bytes = group->bytes,
				.count = group->count,
				.is_huge = is_huge,
				.size = size,
				.pages = pages,
				.aligned = saturate_mul(pages, size)};

	row.waste = row.aligned - group->bytes;
	return row;
}

size_t alignments_find(struct alignment rows[ALIGNMENTS_MAX], const struct analysis *analysis)
{
	const struct peak *peak = &analysis->result.values[PARAMETER_SHMALL].peak;
	uint64_t preset = analysis->host.default_hugepage_size;
	const struct sample *sample;
	size_t count = 0;

	if (!peak->is_measured)
		return 0;
	sample = &analysis->samples.list[peak->sample];
	for (size_t i = 0; i < sample->segment_count && count < ALIGNMENTS_MAX; i++) {
		const struct sample_segments *group = &sample->segments[i];
		bool is_huge = group->hugepage_size && group->hugepage_size != OBJECT_UNKNOWN;
		uint64_t size = is_huge ? group->hugepage_size : preset;

		/* a small segment of ordinary pages would only lose */
		if (size && group->count && (is_huge || group->bytes >= size))
			rows[count++] = align(group, size, is_huge);
	}
	return count;
}
