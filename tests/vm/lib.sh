# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# For the scenarios in the guest: real units, real users, the kernel's own tables.

fail() {
	echo "$*"
	exit 1
}

# How many objects of all kinds the uid owns or made.
objects_of() { # user
	local uid
	uid=$(id -u "$1" 2>/dev/null || echo "$1")
	{
		awk -v u="$uid" 'FNR > 1 && ($8 == u || $10 == u)' /proc/sysvipc/shm
		awk -v u="$uid" 'FNR > 1 && ($5 == u || $7 == u)' /proc/sysvipc/sem
		awk -v u="$uid" 'FNR > 1 && ($8 == u || $10 == u)' /proc/sysvipc/msg
		find /dev/shm /dev/mqueue -type f -uid "$uid"
	} | wc -l
}

expect_objects() { # user number
	local n
	n=$(objects_of "$1")
	[ "$n" = "$2" ] || {
		cat /proc/sysvipc/shm /proc/sysvipc/sem /proc/sysvipc/msg
		find /dev/shm /dev/mqueue -type f -ls
		fail "$1 has $n objects, wanted $2"
	}
}

has_no_objects() { # user
	[ "$(objects_of "$1")" = 0 ]
}

# One object of each kind, of which nobody has any hold.
leave() { # user
	setpriv --reuid "$1" --regid "$1" --clear-groups /usr/local/bin/ipcobj leak thing >/dev/null
	expect_objects "$1" 6
}

SSH="sshpass -p alice ssh -o StrictHostKeyChecking=no -o LogLevel=ERROR"

# Writes a unit; its [Service] lines come on standard input.
unit() { # name
	{
		printf '[Unit]\nStartLimitIntervalSec=0\n[Service]\n'
		cat
	} >"/run/systemd/system/$1"
	systemctl daemon-reload
}

# The drop-in that `ipcclean enable` would write, with another ExecStopPost= line.
drop_in() { # unit line...
	local unit=$1
	shift
	mkdir -p "/run/systemd/system/$unit.d"
	printf '[Service]\n' >"/run/systemd/system/$unit.d/50-test.conf"
	printf '%s\n' "$@" >>"/run/systemd/system/$unit.d/50-test.conf"
	systemctl daemon-reload
}

# Removes all objects of a user, by root's hand: what a scenario leaves must not reach the next.
sweep_away() { # user
	local uid id
	uid=$(id -u "$1")
	for id in $(awk -v u="$uid" 'FNR > 1 && ($8 == u || $10 == u) { print $2 }' /proc/sysvipc/shm); do ipcrm -m "$id"; done
	for id in $(awk -v u="$uid" 'FNR > 1 && ($5 == u || $7 == u) { print $2 }' /proc/sysvipc/sem); do ipcrm -s "$id"; done
	for id in $(awk -v u="$uid" 'FNR > 1 && ($8 == u || $10 == u) { print $2 }' /proc/sysvipc/msg); do ipcrm -q "$id"; done
	find /dev/shm /dev/mqueue -type f -uid "$uid" -delete
}

# A segment of svc's, key 0x4e6e, of three huge pages, written in its second only.
make_huge_segment() {
	sysctl -qw vm.nr_hugepages=8
	[ "$(sysctl -n vm.nr_hugepages)" -ge 4 ] || { echo "# SKIP no huge pages to be had"; exit 0; }
	sysctl -qw vm.hugetlb_shm_group="$(id -g svc)"
	# 04000 is SHM_HUGETLB
	su -s /bin/sh svc -c "perl -e '"'my $id = shmget(0x4e6e, 6 << 20, 0600 | 01000 | 04000) // die "shmget: $!";
		shmwrite($id, "x" x 4096, 2 << 20, 4096)'"'"
}

# The journal of ipcguard since the scenario began.
# not a cursor: with a filter, journalctl 252 leaves out the first entry after it
since=@$(date +%s.%6N)
events() { # journalctl arguments...
	journalctl --sync
	journalctl --no-pager --since="$since" SYSLOG_IDENTIFIER=ipcguard "$@"
}

# Until what the kernel has told is in auditd's log: a record of our own comes after it.
flush_log() {
	local mark=mark-$RANDOM$RANDOM
	auditctl -m $mark >/dev/null
	wait_for 60 grep -q $mark /var/log/audit/audit.log
}

# Waits until a command succeeds; for what the manager does by itself and announces nowhere.
wait_for() { # seconds command...
	local end=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $end ] || fail "still not so: $*"
		read -rt 0.2 <> <(:) || true
	done
}

# Each scenario begins without anything of the last one.
for user in svc svc2; do
	sweep_away $user
done
systemctl stop t.service 2>/dev/null || true
systemctl reset-failed t.service 2>/dev/null || true
rm -rf /etc/ipcguard.conf /run/systemd/system/t.service* /etc/systemd/system/t.service.d /var/lib/ipcguard/harden
