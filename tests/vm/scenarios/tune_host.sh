# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2154
# ipctune on a host that works: the unit that measures, in its sandbox; what programs complain of; and
# PostgreSQL on the huge pages that were recommended for it.

DATABASE=/var/lib/ipcguard/ipctune.db
DATA=/var/lib/postgresql/tune
PG=$(echo /usr/lib/postgresql/*/bin)

record() {
	systemctl start ipctune-record.service || {
		journalctl --no-pager -n 20 -u ipctune-record.service
		fail "the unit that measures"
	}
}

value_of() { # parameter jq-of-its-evidence
	ipctune explain "$1" --json | jq -r --arg name "$1" \
		".parameters[].evidence.values[] | select(.name == \$name) | $2"
}

scenario_the_unit_measures_and_names_who_needs_what() {
	rm -f "$DATABASE"*
	unit t.service <<-'EOF'
		User=svc
		Type=exec
		ExecStart=/bin/bash -c 'exec perl -e "shmget(0x71, 8192, 0600 | 01000) // die; shmget(0x72, 4096, 0600 | 01000) // die; open(my \$f, q(>), q(/run/t.ready)); close(\$f); sleep"'
		ExecStartPre=+/bin/install -m 0666 /dev/null /run/t.ready.not
	EOF
	touch /run/t.ready
	chown svc /run/t.ready
	systemctl start t
	made() { [ "$(objects_of svc)" = 2 ]; }
	wait_for 30 made
	record
	systemctl stop t
	sweep_away svc
	[ "$(value_of shmmni .peak)" -ge 2 ] || fail "the sample: $(ipctune explain shmmni --json)"
	[ "$(value_of shmmni '.by[] | select(.unit == "t.service") | .value')" = 2 ] ||
		fail "who: $(value_of shmmni .by)"
	[ "$(stat -c '%a %U' "$DATABASE")" = "644 root" ] || fail "$(stat -c '%a %U' "$DATABASE")"
	# and anyone may ask
	setpriv --reuid svc --clear-groups ipctune explain shmmni --json |
		jq -e '[.parameters[0].evidence.values[0].by[].unit] | index("t.service")' >/dev/null || fail "as svc"
	systemctl start ipctune-record.timer
	systemctl is-active -q ipctune-record.timer || fail "the timer"
	systemctl stop ipctune-record.timer
}

make_cluster() {
	[ ! -d $DATA ] || return 0
	install -d -o alice -g alice -m 0700 "$DATA"
	setpriv --reuid alice --regid alice --init-groups "$PG/initdb" -D "$DATA" >/dev/null
	restorecon -RF "$DATA"
}

cluster_with() { # line...
	make_cluster
	printf '%s\n' "unix_socket_directories = '/tmp'" "listen_addresses = ''" "$@" >"$DATA/postgresql.auto.conf"
	unit pgtune.service <<-EOF
		User=alice
		Type=exec
		LimitMEMLOCK=infinity
		SELinuxContext=-unconfined_u:unconfined_r:unconfined_t:s0-s0:c0.c1023
		ExecStart=/bin/bash -c 'exec $PG/postgres -D $DATA'
	EOF
}

asked() { # setting
	setpriv --reuid alice --regid alice --init-groups "$PG/postgres" -D "$DATA" -C "$1"
}

works() {
	setpriv --reuid alice --regid alice --clear-groups psql -h /tmp -d postgres -Atc 'SELECT 1' | grep -qx 1
}

failed() { systemctl is-failed -q pgtune; }

scenario_postgresql_starts_on_just_the_huge_pages_recommended() {
	local pages
	cluster_with "huge_pages = on"
	sysctl -qw vm.nr_hugepages=0
	ipctune apply --for="postgresql:shared_memory=$(asked shared_memory_size)M" || fail "apply: $?"
	pages=$(sysctl -n vm.nr_hugepages)
	[ "$pages" = "$(asked shared_memory_size_in_huge_pages)" ] ||
		fail "$pages pages, PostgreSQL says $(asked shared_memory_size_in_huge_pages)"
	systemctl start pgtune
	wait_for 180 works
	# in use, and so never to be taken away
	[ "$(ipctune recommend --tighten --json | jq -r '.parameters[] | select(.hugepage_size == 2097152) | .recommended')" = "$pages" ] ||
		fail "a running cluster's pages were given away"
	systemctl stop pgtune
	sysctl -qw vm.nr_hugepages=$((pages - 1))
	systemctl start pgtune || true
	wait_for 60 failed
	systemctl reset-failed pgtune
	ipctune revert
	sysctl -qw vm.nr_hugepages=0
	sweep_away alice
}

NODES=/sys/devices/system/node

# 2 MiB pages of a node: how many it has
of_node() { cat "$NODES/node$1/hugepages/hugepages-2048kB/nr_hugepages"; }

# A segment of so many huge pages, each touched through an attachment; 30: shmat(2), 237: mbind(2), to node 0.
touch_pages() { # pages [bound]
	rm -f /run/touched
	# shellcheck disable=SC2016
	perl -e 'my ($pages, $bound) = @ARGV;
		my $id = shmget(0x7d, $pages << 21, 0600 | 01000 | 04000) // die "shmget: $!";
		my $at = syscall(30, $id, 0, 0); $at != -1 or die "shmat: $!";
		my $mask = pack("Q", 1);
		!$bound or syscall(237, $at, $pages << 21, 2, $mask, 64, 0) == 0 or die "mbind: $!";
		unpack("P1", pack("Q", $at + ($_ << 21))) for 0 .. $pages - 1;
		open(my $f, ">", "/run/touched"); close($f); sleep' "$@" &
	holder=$!
}

let_go() {
	kill "$holder"
	wait "$holder" || true
	ipcrm -M 0x7d
}

# sysfs counts pages that only overcommit has given as the pool's; written down, they would stay for ever.
scenario_surplus_huge_pages_are_no_pool() {
	local row holder
	sysctl -qw vm.nr_hugepages=0 vm.nr_overcommit_hugepages=4
	touch_pages 3
	wait_for 60 test -e /run/touched
	[ "$(cat /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages)" = 3 ] || fail "no surplus"
	row=$(ipctune recommend --json | jq -c '.parameters[] | select(.hugepage_size == 2097152) | [.current, .recommended]')
	let_go
	sysctl -qw vm.nr_overcommit_hugepages=0
	[ "$row" = '["0","3"]' ] || fail "$row"
}

# The sysctl gives every node the same; who is bound to one is not helped by that.
scenario_huge_pages_that_lie_on_one_node() {
	local holder row status=0
	sysctl -qw vm.nr_hugepages=0
	echo 12 >"$NODES/node0/hugepages/hugepages-2048kB/nr_hugepages"
	[ "$(of_node 0) $(of_node 1)" = "12 0" ] || fail "$(of_node 0) and $(of_node 1)"
	touch_pages 8 bound
	wait_for 60 test -e /run/touched
	ipctune recommend --json >/run/recommended
	let_go
	row=$(jq -c '.parameters[] | select(.hugepage_size == 2097152) | .evidence.nodes | map([.node, .total, .in_use, .even, .share])' /run/recommended)
	[ "$row" = '[[0,"12","8","6","8"],[1,"0","0","6","4"]]' ] || fail "$row"
	jq -r '.warnings[] | select(.id == "hugepages-node") | .text' /run/recommended |
		grep -q 'boot with hugepagesz=2M hugepages=0:8,1:4$' || fail "$(jq .warnings /run/recommended)"
	# as the sysctl spreads them, it fails as it is said to
	sysctl -qw vm.nr_hugepages=0
	sysctl -qw vm.nr_hugepages=12
	[ "$(of_node 0) $(of_node 1)" = "6 6" ] || fail "$(of_node 0) and $(of_node 1)"
	touch_pages 8 bound
	wait "$holder" || status=$?
	ipcrm -M 0x7d
	[ "$status" = 135 ] || fail "no SIGBUS: $status"
	touch_pages 6 bound
	wait_for 60 test -e /run/touched
	! ipctune recommend | grep hugepages-node || fail "6 of 6 are no news"
	let_go
	sysctl -qw vm.nr_hugepages=0
}

scenario_what_programs_complain_of_is_counted() {
	local had
	rm -f "$DATABASE"*
	record
	had=$(ipcs -mu | awk '/allocated/ && !/pages/ { print $3 }')
	[ "$(value_of shmmni .peak)" = "$had" ] || fail "peak $(value_of shmmni .peak), there are $had"
	! ipctune check | grep failed-calls || fail "nothing has failed yet"
	cluster_with "huge_pages = off"
	sysctl -qw kernel.shmmni="$((had > 0 ? had : 1))"
	[ "$had" -gt 0 ] || ipcobj shm 0x7b 10 0600
	systemctl start pgtune || true
	wait_for 60 failed
	systemctl reset-failed pgtune
	sysctl -qw kernel.shmmni=4096
	journalctl --sync
	# what is said in this very second is for the next sample
	next_second() { [ "$(date +%s)" -gt "$1" ]; }
	wait_for 5 next_second "$(date +%s)"
	record
	ipctune check | grep -q "failed-calls: shmget failed with ENOSPC" || {
		journalctl --no-pager -n 30 -u pgtune
		ipctune history --json | tail -n 3
		fail "not counted: $(ipctune check)"
	}
	ipcrm -M 0x7b 2>/dev/null || true
	rm -f "$DATABASE"*
}
