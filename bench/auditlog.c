/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writes an audit log of mixed records, the same one each time: logins, commands, file accesses with
 * their paths, SELinux denials on files and, one record in a hundred, on IPC objects. Types are those of the
 * reference policy, so that a distribution's knows them.
 *
 *   auditlog MIB >FILE
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* xorshift64*: no library's generator, which another machine may have another of */
static uint64_t next(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * UINT64_C(0x2545f4914f6cdd1d);
}

static int syscall_event(FILE *out, const char *id, uint64_t random, int number)
{
	unsigned pid = (unsigned)(random % 60000 + 300);

	return fprintf(
		out,
		"type=SYSCALL msg=audit(%s): arch=c000003e syscall=%d success=%s exit=%d a0=%x "
		"a1=7ffd%08x a2=%x a3=0 items=1 ppid=%u pid=%u auid=1000 uid=0 gid=0 euid=0 suid=0 "
		"fsuid=0 egid=0 sgid=0 fsgid=0 tty=(none) ses=3 comm=\"worker\" "
		"exe=\"/usr/libexec/app/worker\" subj=system_u:system_r:httpd_t:s0 "
		"key=\"access\"\n",
		id, number, random & 1 ? "yes" : "no", random & 1 ? 3 : -13,
		(unsigned)(random >> 40), (unsigned)random, (unsigned)(random >> 52) & 0xfff,
		pid / 2, pid);
}

/* An open of a file: five records, as most of a busy log is. */
static int file_event(FILE *out, const char *id, uint64_t random, int is_denied)
{
	int n = 0;

	if (is_denied)
		n += fprintf(out,
			     "type=AVC msg=audit(%s): avc:  denied  { read } for  pid=%u "
			     "comm=\"worker\" "
			     "name=\"data-%u\" dev=\"dm-0\" ino=%u "
			     "scontext=system_u:system_r:httpd_t:s0 "
			     "tcontext=system_u:object_r:var_t:s0 tclass=file permissive=0\n",
			     id, (unsigned)(random % 60000 + 300), (unsigned)(random >> 48),
			     (unsigned)(random >> 32));
	n += syscall_event(out, id, random, 257);
	return n +
	       fprintf(out,
		       "type=CWD msg=audit(%s): cwd=\"/srv/app\"\n"
		       "type=PATH msg=audit(%s): item=0 name=\"/srv/app/data-%u\" inode=%u "
		       "dev=fd:00 "
		       "mode=0100640 ouid=0 ogid=0 rdev=00:00 obj=system_u:object_r:var_t:s0 "
		       "nametype=NORMAL cap_fp=0 cap_fi=0 cap_fe=0 cap_fver=0 cap_frootid=0\n"
		       "type=PROCTITLE msg=audit(%s): "
		       "proctitle="
		       "2F7573722F6C6962657865632F6170702F776F726B6572002D2D71756575653D6D61696E\n",
		       id, id, (unsigned)(random >> 48), (unsigned)(random >> 32), id);
}

static int session_event(FILE *out, const char *id, uint64_t random)
{
	return fprintf(
		out,
		"type=USER_ACCT msg=audit(%s): pid=%u uid=0 auid=4294967295 ses=4294967295 "
		"subj=system_u:system_r:crond_t:s0-s0:c0.c1023 msg='op=PAM:accounting "
		"grantors=pam_access,pam_unix acct=\"root\" exe=\"/usr/sbin/crond\" hostname=? "
		"addr=? "
		"terminal=cron res=success'\n"
		"type=CRED_ACQ msg=audit(%s): pid=%u uid=0 auid=4294967295 ses=4294967295 "
		"subj=system_u:system_r:crond_t:s0-s0:c0.c1023 msg='op=PAM:setcred "
		"grantors=pam_env,pam_unix acct=\"root\" exe=\"/usr/sbin/crond\" hostname=? addr=? "
		"terminal=cron res=success'\n",
		id, (unsigned)(random % 60000 + 300), id, (unsigned)(random % 60000 + 300));
}

static int ipc_event(FILE *out, const char *id, uint64_t random)
{
	static const char *const classes[] = {"shm", "sem", "msgq"};
	unsigned class = (unsigned)(random >> 60) % 3, key = (unsigned)(random >> 32) % 500 + 1;

	return fprintf(out,
		       "type=AVC msg=audit(%s): avc:  denied  { unix_read unix_write } for  pid=%u "
		       "comm=\"php-fpm\" ipc_key=%u  scontext=system_u:system_r:httpd_t:s0 "
		       "tcontext=system_u:system_r:system_cronjob_t:s0 tclass=%s permissive=0\n",
		       id, (unsigned)(random % 60000 + 300), key, classes[class]) +
	       fprintf(out,
		       "type=SYSCALL msg=audit(%s): arch=c000003e syscall=%d success=no exit=-13 "
		       "a0=%x a1=1 "
		       "a2=1b0 a3=0 items=0 ppid=1 pid=%u auid=4294967295 uid=33 gid=33 euid=33 "
		       "suid=33 "
		       "fsuid=33 egid=33 sgid=33 fsgid=33 tty=(none) ses=4294967295 "
		       "comm=\"php-fpm\" "
		       "exe=\"/usr/sbin/php-fpm\" subj=system_u:system_r:httpd_t:s0 key=(null)\n"
		       "type=PROCTITLE msg=audit(%s): proctitle=7068702D66706D\n",
		       id, (int[]){29, 64, 68}[class], key, (unsigned)(random % 60000 + 300), id);
}

int main(int argc, char **argv)
{
	uint64_t wanted = argc == 2 ? strtoull(argv[1], NULL, 10) << 20 : 0, written = 0;
	uint64_t state = 88172645463325252;

	for (uint64_t serial = 1; written < wanted; serial++) {
		uint64_t random = next(&state);
		unsigned kind = (unsigned)(random >> 24) % 1000;
		char id[64];
		int n;

		snprintf(id, sizeof(id), "%" PRIu64 ".%03u:%" PRIu64, 1700000000 + serial / 50,
			 (unsigned)(serial % 50) * 20, serial);
		/* of records one in a hundred: an event has four, most of the time */
		if (kind < 38)
			n = ipc_event(stdout, id, random);
		else if (kind < 200)
			n = session_event(stdout, id, random);
		else
			n = file_event(stdout, id, random, kind < 300);
		written += (uint64_t)n;
	}
	return fflush(stdout) != 0 || !wanted;
}
