/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Each was read in the file named, or in the vendor's document. */
#include "known_tables.h"

#include <string.h>

static const struct {
	enum sysctl_id id;
	const char *text, *whose;
} tables[] = {
	/* tuned profiles/oracle/tuned.conf, oracle-database-preinstall */
	{SYSCTL_SEM, "250 32000 100 128", "Oracle's installation guide and tuned's profile oracle"},
	{SYSCTL_SHMALL, "1073741824", "Oracle's preinstall package and tuned's profile oracle"},
	{SYSCTL_SHMMAX, "4398046511104", "Oracle's preinstall package and tuned's profile oracle"},
	/* saptune, solution BOBJ */
	{SYSCTL_SEM, "250 32000 32 1024", "SAP_BOBJ of saptune"},
	{SYSCTL_MSGMNI, "1024", "SAP_BOBJ of saptune"},
	/* Greenplum 6 and 7, and before */
	{SYSCTL_SEM, "250 2048000 200 8192", "Greenplum's guide"},
	{SYSCTL_SEM, "500 2048000 200 40960", "Greenplum's older guide"},
	{SYSCTL_MSGMNI, "2048", "Greenplum's guide"},
	/* IBM MQ, Configuring and tuning Linux */
	{SYSCTL_SEM, "500 256000 250 1024", "IBM MQ's guide"},
	{SYSCTL_SHMALL, "2097152", "IBM MQ's guide"},
	{SYSCTL_SHMMAX, "268435456", "IBM MQ's guide"},
	/* saptune, note for RHEL 7.9 */
	{SYSCTL_SEM, "1250 256000 100 1024", "SAP's note for RHEL 7.9"},
	/* Red Hat's guide for Oracle 9i and 10g, in many scripts: PROCESSES 5000 + 10 */
	{SYSCTL_SEM, "5010 641280 5010 128", "Red Hat's guide for Oracle 9i and 10g"},
	/* pigsty, tuned-*.conf */
	{SYSCTL_SEM, "4096 524288 2048 8192", "pigsty"},
	/* VPP, 80-vpp.conf */
	{SYSCTL_SHMMAX, "2147483648", "VPP's 80-vpp.conf"},
	/* MySQL Reference Manual, Enabling Large Page Support */
	{SYSCTL_SHMMAX, "1560281088", "the example of MySQL's manual"},
	{SYSCTL_SHMALL, "4194304", "the examples of MySQL's and PostgreSQL's manuals"},
	/* kernels before 3.16 */
	{SYSCTL_SHMMAX, "33554432", "Linux before 3.16"},
	{SYSCTL_SEM, "250 32000 32 128", "Linux before 3.16"},
};

const char *known_table(enum sysctl_id id, const struct parameters *values)
{
	char text[SYSCTL_TEXT_SIZE];

	sysctl_format(id, values, text);
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		if (tables[i].id == id && !strcmp(tables[i].text, text))
			return tables[i].whose;
	return NULL;
}
