/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is known of each number. Names, units and failures are those of lib/ipc_limits, so that ipcaudit
 * and ipctune say the same.
 */
#include "parameter.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ipc_limits.h"

static const struct {
	const char *name;
	enum parameter_id first;
	unsigned count;
} sysctls[SYSCTL_COUNT_] = {
	[SYSCTL_SHMMAX] = {"kernel.shmmax", PARAMETER_SHMMAX, 1},
	[SYSCTL_SHMALL] = {"kernel.shmall", PARAMETER_SHMALL, 1},
	[SYSCTL_SHMMNI] = {"kernel.shmmni", PARAMETER_SHMMNI, 1},
	[SYSCTL_SEM] = {"kernel.sem", PARAMETER_SEMMSL, 4},
	[SYSCTL_MSGMAX] = {"kernel.msgmax", PARAMETER_MSGMAX, 1},
	[SYSCTL_MSGMNB] = {"kernel.msgmnb", PARAMETER_MSGMNB, 1},
	[SYSCTL_MSGMNI] = {"kernel.msgmni", PARAMETER_MSGMNI, 1},
	[SYSCTL_MQ_QUEUES] = {"fs.mqueue.queues_max", PARAMETER_MQ_QUEUES, 1},
	[SYSCTL_MQ_MSG] = {"fs.mqueue.msg_max", PARAMETER_MQ_MSG, 1},
	[SYSCTL_MQ_MSGSIZE] = {"fs.mqueue.msgsize_max", PARAMETER_MQ_MSGSIZE, 1},
};

/* include/uapi/linux/shm.h: "it is not recommended to increase" them above */
#define SHM_MARGIN (UINT64_C(1) << 24)
#define CAP_IPCMNI 0 /* as many as there are ids */
#define CAP_SHM 1    /* ULONG_MAX - SHM_MARGIN */

static const struct {
	enum limit_id limit;
	uint64_t preset; /* CAP_SHM: that of the cap */
	uint64_t cap;
} parameters[PARAMETER_COUNT_] = {
	[PARAMETER_SHMMAX] = {LIMIT_SHMMAX, CAP_SHM, CAP_SHM},
	[PARAMETER_SHMALL] = {LIMIT_SHMALL, CAP_SHM, CAP_SHM},
	[PARAMETER_SHMMNI] = {LIMIT_SHMMNI, 4096, CAP_IPCMNI},
	/* include/uapi/linux/sem.h; what is an int there */
	[PARAMETER_SEMMSL] = {LIMIT_SEMMSL, 32000, INT32_MAX},
	[PARAMETER_SEMMNS] = {LIMIT_SEMMNS, 1024000000, INT32_MAX},
	[PARAMETER_SEMOPM] = {LIMIT_SEMOPM, 500, INT32_MAX},
	[PARAMETER_SEMMNI] = {LIMIT_SEMMNI, 32000, CAP_IPCMNI},
	/* include/uapi/linux/msg.h; ipc/ipc_sysctl.c bounds both by INT_MAX */
	[PARAMETER_MSGMAX] = {LIMIT_MSGMAX, 8192, INT32_MAX},
	[PARAMETER_MSGMNB] = {LIMIT_MSGMNB, 16384, INT32_MAX},
	[PARAMETER_MSGMNI] = {LIMIT_MSGMNI, 32000, CAP_IPCMNI},
	/* include/linux/ipc_namespace.h: HARD_MSGMAX, HARD_MSGSIZEMAX */
	[PARAMETER_MQ_QUEUES] = {LIMIT_MQ_QUEUES, 256, INT32_MAX},
	[PARAMETER_MQ_MSG] = {LIMIT_MQ_MAXMSG, 10, 65536},
	[PARAMETER_MQ_MSGSIZE] = {LIMIT_MQ_MSGSIZE, 8192, 16 * 1024 * 1024},
};

const char *sysctl_name(enum sysctl_id id)
{
	return sysctls[id].name;
}

static bool is_same_name(const char *a, const char *b)
{
	for (; *a && *b; a++, b++)
		if (*a != *b && !((*a == '.' || *a == '/') && (*b == '.' || *b == '/')))
			return false;
	return *a == *b;
}

bool sysctl_is_hugepages(const char *name)
{
	return !strcmp(name, NR_HUGEPAGES) || !strcmp(name, "nr_hugepages");
}

int sysctl_by_name(const char *name)
{
	for (int id = 0; id < SYSCTL_COUNT_; id++)
		if (is_same_name(sysctls[id].name, name))
			return id;
	return -ENOENT;
}

enum parameter_id sysctl_parameters(enum sysctl_id id, unsigned *count)
{
	*count = sysctls[id].count;
	return sysctls[id].first;
}

enum sysctl_id parameter_sysctl(enum parameter_id id)
{
	enum sysctl_id at = SYSCTL_SHMMAX;

	while (id >= sysctls[at].first + sysctls[at].count)
		at++;
	return at;
}

const char *parameter_name(enum parameter_id id)
{
	return limit_name(parameters[id].limit);
}

int parameter_by_name(const char *name)
{
	for (int id = 0; id < PARAMETER_COUNT_; id++)
		if (!strcasecmp(parameter_name((enum parameter_id)id), name))
			return id;
	return -ENOENT;
}

const char *parameter_unit(enum parameter_id id)
{
	return limit_unit(parameters[id].limit);
}

const char *parameter_failure(enum parameter_id id)
{
	return limit_failure(parameters[id].limit);
}

static uint64_t shm_cap(unsigned long_bits)
{
	return (long_bits == 32 ? UINT32_MAX : UINT64_MAX) - SHM_MARGIN;
}

uint64_t parameter_default(enum parameter_id id, unsigned long_bits)
{
	return parameters[id].preset == CAP_SHM ? shm_cap(long_bits) : parameters[id].preset;
}

uint64_t parameter_cap(enum parameter_id id, unsigned long_bits, uint64_t ipcmni)
{
	if (parameters[id].cap == CAP_IPCMNI)
		return ipcmni;
	return parameters[id].cap == CAP_SHM ? shm_cap(long_bits) : parameters[id].cap;
}

const char *sysctl_format(enum sysctl_id id, const struct parameters *values,
			  char buf[SYSCTL_TEXT_SIZE])
{
	size_t length = 0;

	for (unsigned i = 0; i < sysctls[id].count; i++) {
		enum parameter_id at = sysctls[id].first + i;
		const char *blank = i ? " " : "";
		size_t room = SYSCTL_TEXT_SIZE - length;
		int n = parameter_is_known(values, at) ? snprintf(buf + length, room, "%s%" PRIu64,
								  blank, values->value[at])
						       : snprintf(buf + length, room, "%s-", blank);

		length += (size_t)n;
	}
	return buf;
}

static int parse_number(const char **text, uint64_t *value)
{
	const char *at = *text + strspn(*text, " \t");
	char *end;

	if (!isdigit((unsigned char)*at))
		return -EINVAL;
	errno = 0;
	*value = strtoull(at, &end, 10);
	if (errno)
		return -errno;
	if (*end && !isspace((unsigned char)*end))
		return -EINVAL;
	*text = end;
	return 0;
}

int sysctl_parse(enum sysctl_id id, const char *text, struct parameters *values)
{
	uint64_t numbers[4];

	for (unsigned i = 0; i < sysctls[id].count; i++) {
		int r = parse_number(&text, &numbers[i]);

		if (r < 0)
			return r;
	}
	if (text[strspn(text, " \t\n")])
		return -EINVAL;
	for (unsigned i = 0; i < sysctls[id].count; i++)
		parameter_set(values, sysctls[id].first + i, numbers[i]);
	return 0;
}
