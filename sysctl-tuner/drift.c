/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "drift.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "apply.h"
#include "ipc_limits.h"
#include "object.h"

static void add(struct drifts *drifts, const struct analysis *analysis, const char *name,
		const struct sysctl_line *ours, const char *current)
{
	struct drift *drift = &drifts->list[drifts->count++];
	const struct sysctl_line *winner = sysctl_files_winner(&analysis->files, name, NULL);

	*drift = (struct drift){
		.name = name, .ours = ours, .winner = winner == ours ? NULL : winner};
	snprintf(drift->current, sizeof(drift->current), "%s", current);
}

static void find_sysctl(struct drifts *drifts, const struct analysis *analysis, enum sysctl_id id)
{
	const char *name = sysctl_name(id);
	const struct sysctl_line *ours = sysctl_files_ours(&analysis->files, name, APPLY_FILE_NAME);
	struct parameters wanted = {0};
	char text[SYSCTL_TEXT_SIZE], current[SYSCTL_TEXT_SIZE];

	if (!ours || sysctl_parse(id, ours->value, &wanted) < 0)
		return;
	sysctl_format(id, &wanted, text);
	sysctl_format(id, &analysis->host.current, current);
	if (strcmp(text, current) != 0)
		add(drifts, analysis, name, ours, current);
}

static void find_hugepages(struct drifts *drifts, const struct analysis *analysis)
{
	const struct host *host = &analysis->host;
	const struct sysctl_line *ours =
		sysctl_files_ours(&analysis->files, NR_HUGEPAGES, APPLY_FILE_NAME);
	int at = host_hugepage_index(host, host->default_hugepage_size);
	uint64_t wanted;
	char current[24];

	if (!ours || at < 0 || !limit_parse(ours->value, &wanted) ||
	    host->nr_hugepages[at] == OBJECT_UNKNOWN || host->nr_hugepages[at] == wanted)
		return;
	snprintf(current, sizeof(current), "%" PRIu64, host->nr_hugepages[at]);
	add(drifts, analysis, NR_HUGEPAGES, ours, current);
}

void drifts_find(struct drifts *drifts, const struct analysis *analysis)
{
	*drifts = (struct drifts){0};
	if (!analysis->has_files)
		return;
	for (int id = 0; id < SYSCTL_COUNT_; id++)
		find_sysctl(drifts, analysis, (enum sysctl_id)id);
	find_hugepages(drifts, analysis);
}
