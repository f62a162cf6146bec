/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where is the memory that no list shows? Files of /dev/shm that were unlinked, and memfds, live as
 * long as somebody has them open or mapped; df(1) counts the former, nobody the latter.
 */
#include <unistd.h>

#include "cleanup.h"
#include "finders.h"
#include "words.h"

/* As much of the machine's memory in one of them is no longer a detail. */
#define WARN_SHARE 10 /* a tenth */

static uint64_t memory_bytes(void)
{
	long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);

	return pages > 0 && size > 0 ? (uint64_t)pages * (uint64_t)size : UINT64_MAX;
}

static void add_file(struct audit *audit, const struct unlinked *files, size_t count,
		     struct findings *findings)
{
	_cleanup_free_ char *name = name_escape(files[0].name);
	const struct proc *proc = procs_find(&audit->procs, files[0].pid);
	_cleanup_(text_done) struct text pids = {0};
	uint64_t bytes = files[0].bytes;
	struct finding *finding;
	char size[SIZE_TEXT_SIZE];

	for (size_t i = 0; i < count; i++) {
		if (i)
			text_add(&pids, ", ");
		words_add_process(&pids, audit, files[i].pid);
		if (files[i].bytes > bytes)
			bytes = files[i].bytes;
	}
	if (bytes < audit->options->min_size)
		return;
	finding = findings_add(
		findings, FINDING_UNLINKED_HELD,
		bytes >= memory_bytes() / WARN_SHARE ? SEVERITY_WARNING : SEVERITY_INFO, NULL,
		"%s without a name, once %s, held by %s", size_format(bytes, size),
		name ? name : "?", pids.bytes ? pids.bytes : "?");
	if (finding && proc) {
		finding->uid = proc->euid;
		finder_set_owner(finding, audit, proc->euid);
	}
	finding_set_fix(finding, "kill %d, or restart it: what holds it", files[0].pid);
	finding_text(finding, "name", name);
	finding_number(finding, "bytes", bytes);
	finding_number(finding, "inode", files[0].ino);
	finding_number(finding, "processes", count);
	finding_text(finding, "users", pids.bytes);
}

void find_unlinked(struct audit *audit, struct findings *findings)
{
	const struct holders *holders = &audit->holders;
	size_t next;

	for (size_t i = 0; i < holders->unlinked_count; i = next) {
		const struct unlinked *first = &holders->unlinked[i];

		for (next = i;
		     next < holders->unlinked_count && holders->unlinked[next].dev == first->dev &&
		     holders->unlinked[next].ino == first->ino;
		     next++)
			;
		add_file(audit, first, next - i, findings);
	}
}
