/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Is every byte gone? Zeros are written over the pages that hold data, and over no others: a fault
 * on a hole of shared memory would allocate a page (mm/shmem.c), a sparse segment could take the
 * host's memory.
 *
 * A file tells its data by SEEK_DATA. A segment has no file that an unprivileged owner may open, so
 * mincore(2) is asked which of its pages are in the page cache (mm/mincore.c looks there for pages
 * that are not mapped); pages in swap are brought there first with MADV_WILLNEED. Huge pages are
 * mapped one by one: mincore doesn't know those that aren't.
 */
#include "wipe.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include "cleanup.h"

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23 /* Linux 5.14 */
#endif

/* What mincore is asked about at once: 64 Ki pages. */
#define WINDOW_PAGES 65536
/* Swapped pages may be sent out again while others come in. */
#define SWAP_PASSES 16
#define FILE_BLOCK (1024 * 1024)

static size_t page_size(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

static bool is_zero(const void *memory, size_t size)
{
	const unsigned char *bytes = memory;

	return size == 0 || (bytes[0] == 0 && !memcmp(bytes, bytes + 1, size - 1));
}

/*
 * A part that starts one small page into a huge one is no unit of a hugetlb mapping: the kernel
 * answers EINVAL (mm/madvise.c: madvise_dontneed_free_valid_vma). On small pages it only drops page
 * table entries, or ENOMEM tells that the mapping ends there.
 */
static bool is_hugetlb(void *addr)
{
	size_t page = page_size();

	return madvise((char *)addr + page, page, MADV_DONTNEED) < 0 && errno == EINVAL;
}

/*
 * Makes page table entries for pages that exist, many at a time; a kernel without it does it
 * anyway.
 */
static void premap(void *addr, size_t size)
{
	(void)madvise(addr, size, MADV_POPULATE_WRITE);
}

struct window {
	char *addr;
	size_t size;
	unsigned char *resident; /* a byte a page, from mincore */
};

/* The run of resident (or absent) pages that begins at `from`. Returns the page after it. */
static size_t run_end(const struct window *window, size_t from, size_t pages)
{
	bool is_resident = window->resident[from] & 1;

	while (from < pages && (window->resident[from] & 1) == is_resident)
		from++;
	return from;
}

typedef int (*page_action)(char *addr, size_t size, uint64_t *total);

static int zero_pages(char *addr, size_t size, uint64_t *total)
{
	premap(addr, size);
	memset(addr, 0, size);
	/* the mapping ends with the function: the compiler must not think the stores dead */
	__asm__ volatile("" : : "r"(addr) : "memory");
	*total += size;
	return 0;
}

static int check_pages(char *addr, size_t size, uint64_t *total)
{
	(void)total;
	return is_zero(addr, size) ? 0 : -EIO;
}

static int for_resident_pages(const struct window *window, page_action action, uint64_t *total)
{
	size_t page = page_size(), pages = (window->size + page - 1) / page;

	if (mincore(window->addr, window->size, window->resident) < 0)
		return -errno;
	for (size_t from = 0; from < pages;) {
		size_t end = run_end(window, from, pages);

		if (window->resident[from] & 1) {
			int r = action(window->addr + from * page, (end - from) * page, total);

			if (r < 0)
				return r;
		}
		from = end;
	}
	return 0;
}

static int for_each_window(char *addr, size_t size, page_action action, uint64_t *total)
{
	size_t step = WINDOW_PAGES * page_size();
	_cleanup_free_ unsigned char *resident = malloc(WINDOW_PAGES);
	int r = 0;

	if (!resident)
		return -ENOMEM;
	for (size_t at = 0; at < size && r == 0; at += step) {
		struct window window = {addr + at, size - at < step ? size - at : step, resident};

		r = for_resident_pages(&window, action, total);
	}
	return r;
}

/* The bytes of the mapping at addr that are in swap, by /proc/self/smaps (proc(5)). */
static int read_swapped(const void *addr, uint64_t *bytes)
{
	_cleanup_fclose_ FILE *f = fopen("/proc/self/smaps", "re");
	_cleanup_free_ char *line = NULL;
	size_t size = 0;
	bool is_ours = false;

	if (!f)
		return -errno;
	while (getline(&line, &size, f) > 0) {
		unsigned long start, end, kib;

		if (sscanf(line, "%lx-%lx ", &start, &end) == 2)
			is_ours = start <= (unsigned long)addr && (unsigned long)addr < end;
		else if (is_ours && sscanf(line, "Swap: %lu kB", &kib) == 1) {
			*bytes = (uint64_t)kib * 1024;
			return 0;
		}
	}
	return -ENODATA;
}

static bool host_swaps(void)
{
	struct sysinfo info;

	return sysinfo(&info) < 0 || info.freeswap < info.totalswap;
}

/* Small pages: what is resident, then what was in swap, until nothing is left there. */
static int wipe_small_pages(char *addr, size_t size, uint64_t *total)
{
	int r = for_each_window(addr, size, zero_pages, total);

	for (int pass = 0; r == 0 && host_swaps(); pass++) {
		uint64_t swapped = 0, again = 0;
		size_t step = WINDOW_PAGES * page_size();

		r = read_swapped(addr, &swapped);
		if (r < 0 || !swapped)
			break;
		if (pass == SWAP_PASSES)
			return -EBUSY;
		for (size_t at = 0; at < size && r == 0; at += step) {
			size_t part = size - at < step ? size - at : step;

			(void)madvise(addr + at, part, MADV_WILLNEED);
			r = for_each_window(addr + at, part, zero_pages, &again);
		}
		*total += swapped < again ? swapped : again;
	}
	return r;
}

/*
 * Huge pages that exist can't be told from holes without privilege; those of a hole come from the
 * segment's own reservation (SHM_NORESERVE apart: then mapping may fail, and so do we).
 */
static int wipe_huge_pages(char *addr, size_t size, uint64_t *total)
{
	if (madvise(addr, size, MADV_POPULATE_WRITE) < 0 && errno != EINVAL)
		return -errno;
	memset(addr, 0, size);
	__asm__ volatile("" : : "r"(addr) : "memory");
	*total += size;
	return 0;
}

int wipe_attached(void *addr, size_t size, bool verify, uint64_t *wiped_bytes)
{
	bool is_huge = is_hugetlb(addr);
	uint64_t total = 0;
	int r = is_huge ? wipe_huge_pages(addr, size, &total)
			: wipe_small_pages(addr, size, &total);

	if (r == 0 && verify)
		r = is_huge ? check_pages(addr, size, NULL)
			    : for_each_window(addr, size, check_pages, NULL);
	/* whole pages were written; the object has no more than its size */
	*wiped_bytes = total < size ? total : size;
	return r;
}

typedef int (*block_action)(int fd, char *block, size_t size, off_t at);

static int write_block(int fd, char *block, size_t size, off_t at)
{
	ssize_t n = pwrite(fd, block, size, at);

	if (n < 0)
		return errno == EINTR ? 0 : -errno;
	return n == 0 ? -EIO : (int)n;
}

static int check_block(int fd, char *block, size_t size, off_t at)
{
	ssize_t n = pread(fd, block, size, at);

	if (n < 0)
		return errno == EINTR ? 0 : -errno;
	return n == 0 || !is_zero(block, (size_t)n) ? -EIO : (int)n;
}

static int for_extent(int fd, char *block, off_t from, off_t to, block_action action)
{
	while (from < to) {
		size_t size = to - from < FILE_BLOCK ? (size_t)(to - from) : FILE_BLOCK;
		int n = action(fd, block, size, from);

		if (n < 0)
			return n;
		from += n;
	}
	return 0;
}

/* Calls action for each data extent of the file below its size; holes are left alone. */
static int for_each_extent(int fd, block_action action, uint64_t *total)
{
	_cleanup_free_ char *block = calloc(1, FILE_BLOCK);
	off_t at = 0;

	if (!block)
		return -ENOMEM;
	for (;;) {
		off_t from = lseek(fd, at, SEEK_DATA), to;
		int r;

		/* ENXIO: no data beyond */
		if (from < 0)
			return errno == ENXIO ? 0 : -errno;
		to = lseek(fd, from, SEEK_HOLE);
		if (to < 0)
			return -errno;
		r = for_extent(fd, block, from, to, action);
		if (r < 0)
			return r;
		*total += (uint64_t)(to - from);
		at = to;
	}
}

int wipe_file(int fd, bool verify, uint64_t *wiped_bytes)
{
	uint64_t checked = 0;
	int r;

	*wiped_bytes = 0;
	r = for_each_extent(fd, write_block, wiped_bytes);
	if (r == 0 && verify)
		r = for_each_extent(fd, check_block, &checked);
	return r;
}

int wipe_kernel_inits_on_free(void)
{
	_cleanup_close_ int fd = open("/proc/cmdline", O_RDONLY | O_CLOEXEC);
	char text[4096];
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	const char *found = NULL;

	if (n < 0)
		return -errno;
	text[n] = '\0';
	for (const char *at = text; (at = strstr(at, "init_on_free=")); at++)
		if (at == text || at[-1] == ' ')
			found = at + strlen("init_on_free=");
	return found ? *found == '1' || *found == 'y' || !strncmp(found, "on", 2) : 0;
}
