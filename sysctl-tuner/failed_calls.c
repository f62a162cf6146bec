/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "failed_calls.h"

#include <errno.h>
#include <string.h>
#include <systemd/sd-journal.h>

#include "cleanup.h"
#include "clock.h"
#include "optional.h"

#define US_PER_S UINT64_C(1000000)
#define READ_NS (NS_PER_S / 10)
/* The end of a longer message has no call's name any more. */
#define MESSAGE_MAX 4096

const struct failed_call failed_calls[FAILED_CALLS] = {
	{FIGURE_FAILED_SHM_EINVAL, "shmget", "EINVAL", "shmmax", 1 << SYSCTL_SHMMAX},
	{FIGURE_FAILED_SHM_ENOSPC, "shmget", "ENOSPC", "shmall or shmmni",
	 1 << SYSCTL_SHMALL | 1 << SYSCTL_SHMMNI},
	{FIGURE_FAILED_SHM_ENOMEM, "shmget", "ENOMEM", "memory or huge pages", 1 << SYSCTL_COUNT_},
	{FIGURE_FAILED_SEM_EINVAL, "semget", "EINVAL", "semmsl", 1 << SYSCTL_SEM},
	{FIGURE_FAILED_SEM_ENOSPC, "semget", "ENOSPC", "semmni or semmns", 1 << SYSCTL_SEM},
	{FIGURE_FAILED_SEM_E2BIG, "semop", "E2BIG", "semopm", 1 << SYSCTL_SEM},
	{FIGURE_FAILED_MSG_EINVAL, "msgsnd", "EINVAL", "msgmax", 1 << SYSCTL_MSGMAX},
	{FIGURE_FAILED_MSG_ENOSPC, "msgget", "ENOSPC", "msgmni", 1 << SYSCTL_MSGMNI},
	{FIGURE_FAILED_MQ_ENOSPC, "mq_open", "ENOSPC", "fs.mqueue.queues_max",
	 1 << SYSCTL_MQ_QUEUES},
};

/* What stands for a call in messages that don't name it. */
static const struct {
	const char *words, *call;
} phrases[] = {
	{"could not create shared memory segment", "shmget"}, /* PostgreSQL */
	{"could not create semaphores", "semget"},	      /* PostgreSQL */
	{"AH00023", "semget"},				      /* Apache httpd: a mutex */
	{"cannot create Semaphore", "semget"},		      /* Zabbix */
	{"ORA-27102", "shmget"},			      /* Oracle Database */
	{"ORA-27123", "shmget"},
	{"ORA-27125", "shmget"},
};

/* How an error is written: its name, strerror(3), and its number in forms that products use. */
static const struct {
	const char *words, *error;
} errors[] = {
	{"ENOSPC", "ENOSPC"},	  {"No space left on device", "ENOSPC"},
	{"status: 28", "ENOSPC"}, {"Error: 28", "ENOSPC"},
	{"EINVAL", "EINVAL"},	  {"Invalid argument", "EINVAL"},
	{"status: 22", "EINVAL"}, {"Error: 22", "EINVAL"},
	{"ENOMEM", "ENOMEM"},	  {"Cannot allocate memory", "ENOMEM"},
	{"status: 12", "ENOMEM"}, {"Error: 12", "ENOMEM"},
	{"E2BIG", "E2BIG"},	  {"Argument list too long", "E2BIG"},
};

static bool has(const char *message, size_t length, const char *words)
{
	return memmem(message, length, words, strlen(words)) != NULL;
}

static bool names_call(const char *message, size_t length, const char *call)
{
	if (has(message, length, call))
		return true;
	for (size_t i = 0; i < sizeof(phrases) / sizeof(phrases[0]); i++)
		if (!strcmp(phrases[i].call, call) && has(message, length, phrases[i].words))
			return true;
	return false;
}

static bool names_error(const char *message, size_t length, const char *error)
{
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (!strcmp(errors[i].error, error) && has(message, length, errors[i].words))
			return true;
	return false;
}

int failed_call_of(const char *message, size_t length)
{
	for (size_t i = 0; i < FAILED_CALLS; i++)
		if (names_error(message, length, failed_calls[i].error) &&
		    names_call(message, length, failed_calls[i].call))
			return (int)i;
	return -ENOENT;
}

OPTIONAL_FUNCTION(sd_journal_open);
OPTIONAL_FUNCTION(sd_journal_close);
OPTIONAL_FUNCTION(sd_journal_seek_realtime_usec);
OPTIONAL_FUNCTION(sd_journal_next);
OPTIONAL_FUNCTION(sd_journal_get_data);
OPTIONAL_FUNCTION(sd_journal_get_realtime_usec);
OPTIONAL_FUNCTION(sd_journal_set_data_threshold);

static int open_journal(sd_journal **journal)
{
	static const struct optional_symbol symbols[] = {
		OPTIONAL_SYMBOL(sd_journal_open),
		OPTIONAL_SYMBOL(sd_journal_close),
		OPTIONAL_SYMBOL(sd_journal_seek_realtime_usec),
		OPTIONAL_SYMBOL(sd_journal_next),
		OPTIONAL_SYMBOL(sd_journal_get_data),
		OPTIONAL_SYMBOL(sd_journal_get_realtime_usec),
		OPTIONAL_SYMBOL(sd_journal_set_data_threshold),
	};
	int r = optional_open("libsystemd.so.0", symbols, sizeof(symbols) / sizeof(symbols[0]));

	return r < 0 ? r : sym_sd_journal_open(journal, SD_JOURNAL_LOCAL_ONLY);
}

static void close_journal(sd_journal **journal)
{
	if (*journal)
		sym_sd_journal_close(*journal);
}

static void count_message(struct sample *sample, sd_journal *journal)
{
	static const char field[] = "MESSAGE=";
	const void *data;
	size_t length;
	int call;

	if (sym_sd_journal_get_data(journal, "MESSAGE", &data, &length) < 0 ||
	    length < strlen(field))
		return;
	call = failed_call_of((const char *)data + strlen(field), length - strlen(field));
	if (call >= 0)
		sample->figures[failed_calls[call].figure]++;
}

void failed_calls_read(struct sample *sample, time_t from, time_t until)
{
	_cleanup_(close_journal) sd_journal *journal = NULL;
	uint64_t deadline_ns = clock_now_ns() + READ_NS, us;

	if (open_journal(&journal) < 0 ||
	    sym_sd_journal_seek_realtime_usec(journal, (uint64_t)from * US_PER_S) < 0)
		return;
	sym_sd_journal_set_data_threshold(journal, MESSAGE_MAX);
	for (size_t i = 0; i < FAILED_CALLS; i++)
		sample->figures[failed_calls[i].figure] = 0;
	while (!clock_is_past(deadline_ns) && sym_sd_journal_next(journal) > 0) {
		if (sym_sd_journal_get_realtime_usec(journal, &us) < 0 ||
		    us >= (uint64_t)until * US_PER_S)
			break;
		count_message(sample, journal);
	}
}
