# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2154
# ipcharden on real services: what it says of them, what it takes away, and that they go on working.

report() { # unit jq-filter
	ipcharden report "$1" --json >/run/harden.json 2>/run/harden.err || fail "report: $(cat /run/harden.err)"
	jq -r ".units[0] | $2" /run/harden.json
}

expect_report() { # unit jq-filter wanted
	local got
	got=$(report "$1" "$2")
	[ "$got" = "$3" ] || fail "$1: $2 is '$got', wanted '$3': $(cat /run/harden.json)"
}

end() { # unit...
	systemctl stop "$@" 2>/dev/null || true
	systemctl reset-failed "$@" 2>/dev/null || true
	local unit
	for unit; do
		rm -rf "/run/systemd/system/$unit" "/run/systemd/system/$unit.d" "/etc/systemd/system/$unit.d" \
			"/var/lib/ipcguard/harden/$unit.json"
	done
	systemctl daemon-reload
	sweep_away svc
	sweep_away svc2
}

# A service that makes a segment and has it attached.
segment_service() { # unit lines...
	local unit=$1
	shift
	printf '%s\n' User=svc "ExecStart=/bin/sh -c 'sleep infinity | exec /usr/local/bin/ipcobj makeshm 8192'" "$@" | unit "$unit"
	systemctl start "$unit"
	wait_for 60 has_objects "$unit"
}

has_objects() { # unit
	[ "$(report "$1" '.objects | length')" -gt 0 ]
}

scenario_report_tells_what_units_have_and_may_do() {
	segment_service t.service
	expect_report t.service '[.objects[].kind] | unique | join(" ")' shm
	expect_report t.service '.user' svc
	expect_report t.service '.private_ipc' false
	expect_report t.service '.allowed_calls | index("msgget") != null' true
	expect_report t.service '[.exposure_parts[].part] | index("msg") != null' true
	expect_report t.service '[.exposure_parts[].part] | index("shm")' null
	local before
	before=$(report t.service .exposure_tenths)
	drop_in t.service 'SystemCallFilter=~msgget msgsnd msgrcv msgctl' RestrictSUIDSGID=yes UMask=0077
	expect_report t.service '.allowed_calls | index("msgget")' null
	expect_report t.service '[.exposure_parts[].part] | index("msg")' null
	expect_report t.service '.umask' 0077
	[ "$(report t.service .exposure_tenths)" -lt "$before" ] || fail "exposure has not fallen"
	# systemd's own sets, and a list that allows
	drop_in t.service 'SystemCallFilter=@system-service' 'SystemCallFilter=~semget'
	expect_report t.service '.allowed_calls | (index("shmget") != null) and (index("semget") == null)' true
	drop_in t.service 'SystemCallFilter=~@ipc' 'SystemCallFilter='
	expect_report t.service '.allowed_calls | length' 21
	ipcclean enable t.service 2>/dev/null >&2
	expect_report t.service .ipcclean_enabled true
	ipcclean disable t.service >/dev/null
	expect_report t.service .ipcclean_enabled false
	ipcharden report -v t.service | grep -q '^    shm:[0-9]*, mode 0600, key 0x' || fail "page: $(ipcharden report -v t.service)"
	end t.service
}

scenario_report_tells_keys_of_files_in_a_private_tmp() {
	commanded_service t.service ': >/tmp/app.key; id=$(ipcobj shm $(ipcobj ftok /tmp/app.key 65) 8192 0600); sleep infinity | ipcobj attach ${id#shm:} &' PrivateTmp=yes
	wait_for 60 has_objects t.service
	expect_report t.service '.private_keys[0] | test("^shm:[0-9]+ has the key of /tmp/app.key$")' true
	end t.service
	# a key of its own
	commanded_service t.service 'id=$(ipcobj shm 0x41000001 8192 0600); sleep infinity | ipcobj attach ${id#shm:} &' PrivateTmp=yes
	wait_for 60 has_objects t.service
	expect_report t.service '.private_keys | length' 0
	end t.service
}

# What lives in a namespace of its own is there, and not in the host's.
scenario_report_looks_into_private_namespaces() {
	commanded_service t.service 'ipcobj shm 0x4e01 8192 0600; ipcobj pmq /q 0600' PrivateIPC=yes
	commanded_service t2.service 'ipcobj sem 0x4e02 1 0600' PrivateIPC=yes
	wait_for 60 has_objects t.service
	wait_for 60 has_objects t2.service
	expect_report t.service '[.objects[].kind] | sort | join(" ")' 'pmq shm'
	expect_report t.service '[.objects[].namespace] | unique | join(" ")' "$(stat -Lc %i "/proc/$(systemctl show -P MainPID t.service)/ns/ipc")"
	expect_report t.service '[.exposure_parts[].part] | (index("shm") == null) and (index("mq") == null) and (index("sem") != null)' true
	expect_report t2.service '[.objects[].kind] | join(" ")' sem
	expect_report t2.service '.used_with | length' 0
	[ "$(objects_of svc)" = 0 ] || fail "they are in the host's"
	end t2.service
	# one that joins it
	printf '%s\n' '[Unit]' JoinsNamespaceOf=t.service '[Service]' User=svc2 PrivateIPC=yes 'ExecStart=/bin/sleep infinity' >/run/systemd/system/t2.service
	systemctl daemon-reload
	systemctl start t2.service
	wait_for 60 has_objects t2.service
	expect_report t2.service '.used_with | join(" ")' t.service
	expect_report t.service '.used_with | join(" ")' t2.service
	end t.service t2.service
}

scenario_report_sorts_all_services_and_takes_masked_and_unknown_units() {
	ipcharden report --json >/run/harden.json
	[ "$(jq '.units | length' /run/harden.json)" -ge 5 ] || fail "few units"
	jq -e '[.units[].exposure_tenths] | . == (sort | reverse)' /run/harden.json >/dev/null || fail "not sorted"
	jq -e '[.units[].unit] | index("auditd.service") != null' /run/harden.json >/dev/null || fail "auditd is missing"
	ipcharden report >/run/harden.txt
	grep -q '^auditd.service ' /run/harden.txt || fail "the table"
	ipcharden report no-such.service 2>/run/harden.err && fail "an unknown unit"
	grep -q 'no-such.service: no such unit' /run/harden.err || fail "$(cat /run/harden.err)"
	ipcharden host --json >/run/harden.json || true
	[ "$(jq '.checks | length' /run/harden.json)" = 10 ] || fail "host"
}

# --- observe, propose, try, apply

STATE=/var/lib/ipcguard/harden

# A service that does what is written into its FIFO, one command a line, until it is stopped. Its own IPC
# is that of its first command.
commanded_service() { # unit first-command lines...
	local unit=$1 first=$2
	shift 2
	rm -f "/run/$unit.in" "/run/$unit.out"
	mkfifo -m 0666 "/run/$unit.in"
	: >"/run/$unit.out"
	chmod 0666 "/run/$unit.out"
	cat >"/run/$unit.sh" <<-END
		$first
		exec 3<>/run/$unit.in
		while read -r line <&3; do
			eval "\$line" >>/run/$unit.out 2>&1
			echo "status \$?" >>/run/$unit.out
		done
	END
	printf '%s\n' User=svc "ExecStart=/bin/bash /run/$unit.sh" "$@" | unit "$unit"
	systemctl start "$unit"
}

answered() { # unit times
	[ "$(grep -c '^status ' "/run/$1.out")" -ge "$2" ]
}

# Has a service do something; its exit status is $said.
tell() { # unit command
	local before
	before=$(grep -c '^status ' "/run/$1.out" || true)
	echo "$2" >"/run/$1.in"
	wait_for 60 answered "$1" $((before + 1))
	said=$(tail -n 1 "/run/$1.out")
	said=${said#status }
}

# Observes it while a command is run that makes it work, and is over when that is.
observe() { # unit command...
	local unit=$1 observer
	shift
	ipcharden observe "$unit" --until-stopped >/run/observe.out 2>/run/observe.err &
	observer=$!
	wait_for 120 grep -q "observing $unit" /run/observe.err
	"$@" || fail "its work: $* $(cat /run/observe.err)"
	kill -TERM $observer
	wait $observer || fail "observe: $(cat /run/observe.err)"
	[ -e "$STATE/$unit.json" ] || fail "nothing is kept"
}

seen() { # unit jq-filter
	jq -r "$2" "$STATE/$1.json"
}

propose() { # unit jq-filter
	ipcharden propose "$1" --json >/run/proposal.json 2>/run/proposal.err || fail "propose: $(cat /run/proposal.err)"
	jq -r "$2" /run/proposal.json
}

proposes() { # unit directive: whether it is proposed; a filter by one of its calls
	propose "$1" '.proposed[].directive' | sed 's/^SystemCallFilter=~//' | tr ' ' '\n' | grep -qxF "$2"
}

property() { # unit property
	systemctl show -P "$2" "$1"
}

# By another main process than $before.
runs_anew() { # unit
	systemctl is-active -q "$1" && [ "$(property "$1" MainPID)" != "$before" ]
}

is_logged() { # unit
	property "$1" SystemCallLog | grep -q shmget
}

nothing_temporary_of() { # unit
	[ ! -e "/run/systemd/system/$1.d/50-ipcharden-observe.conf" ] && [ ! -e "/run/systemd/system/$1.d/50-ipcharden-try.conf" ]
}

scenario_observe_sees_calls_and_objects_and_leaves_nothing() {
	local pid
	commanded_service t.service 'ipcobj shm 0x4e01 8192 0600 >/dev/null'
	pid=$(property t.service MainPID)
	# who requires it stops with it, and works on while it is observed and thereafter
	printf '%s\n' '[Unit]' Requires=t.service After=t.service '[Service]' 'ExecStart=/bin/sleep infinity' >/run/systemd/system/t2.service
	systemctl daemon-reload
	systemctl start t2.service
	use() { wait_for 60 systemctl is-active -q t2.service; tell t.service 'ipcobj sem 0x4e02 1 0600'; }
	ipcrm -M 0x4e01
	observe t.service use
	wait_for 60 systemctl is-active -q t2.service
	[ "$(property t.service MainPID)" != "$pid" ] || fail "it was not restarted"
	systemctl is-active -q t.service || fail "it doesn't run again"
	[ "$(seen t.service '(.calls.shmget // 0) + (.calls_of_unknown.shmget // 0) > 0')" = true ] || fail "shmget: $(cat /run/observe.err) $(seen t.service .)"
	[ "$(seen t.service '(.calls.semget // 0) + (.calls_of_unknown.semget // 0) > 0')" = true ] || fail "semget: $(seen t.service .)"
	[ "$(seen t.service '(.calls.msgget // .calls_of_unknown.msgget)')" = null ] || fail "msgget: $(seen t.service .)"
	nothing_temporary_of t.service || fail "the drop-in is there"
	! is_logged t.service || fail "it is logged"
	# what it has made in the meantime is in its way when it starts
	ipcrm -M 0x4e01
	ipcrm -S 0x4e02
	end t2.service t.service
}

# A process that leaves the unit for a session or a container has its filter all the same.
scenario_observe_sees_what_leaves_the_unit() {
	commanded_service t.service : User=
	use() { tell t.service 'systemd-run --scope -q ipcobj sem 0x4e02 1 0600'; }
	observe t.service use
	ipcrm -S 0x4e02
	[ "$(seen t.service '(.calls.semget // 0) + (.calls_of_unknown.semget // 0)')" = 1 ] || fail "semget: $(cat /run/observe.err) $(seen t.service .)"
	use() {
		tell t.service 'systemd-run --scope -q sleep infinity &'
		escaped() { systemctl list-units --no-legend --state=running 'run-*.scope' | grep .; }
		# the last look is taken when it is told to end
		wait_for 60 escaped
	}
	observe t.service use
	systemctl stop 'run-*.scope'
	[ "$(seen t.service .saw_escape)" = true ] || fail "$(seen t.service .)"
	propose t.service '.not_proposed[] | select(.directive == "SystemCallFilter=") | .reason' | grep -q 'leave it' || fail "$(cat /run/proposal.json)"
	end t.service
	# what is made for that says so
	observe ssh.service true
	propose ssh.service '.not_proposed[] | select(.directive == "PrivateIPC=yes") | .reason' | grep -q 'KillMode=' || fail "$(cat /run/proposal.json)"
	systemctl is-active -q ssh.service || fail "sshd doesn't run"
	rm "$STATE/ssh.service.json"
}

scenario_observe_trusts_no_overridden_log() {
	commanded_service t.service :
	mkdir -p /run/systemd/system/t.service.d
	printf '%s\n' '[Service]' SystemCallLog= >/run/systemd/system/t.service.d/60-later.conf
	systemctl daemon-reload
	use() { tell t.service 'ipcobj sem 0x4e02 1 0600'; }
	observe t.service use
	ipcrm -S 0x4e02
	[ "$(seen t.service .has_calls)" = false ] || fail "$(seen t.service .)"
	grep -q 'its calls are not logged' /run/observe.err || fail "$(cat /run/observe.err)"
	end t.service
}

scenario_observe_without_auditd_reads_the_journal() {
	# its unit refuses a manual stop
	kill "$(pidof auditd)"
	wait_for 60 eval '! pidof auditd'
	systemctl start systemd-journald-audit.socket
	systemctl restart systemd-journald
	# whatever makes a record, so that the journal has one
	printf '%s\n' User=svc 'ExecStart=/bin/sleep infinity' SystemCallLog=nanosleep | unit t2.service
	systemctl start t2.service
	in_journal() { journalctl -q -n 1 _TRANSPORT=audit | grep .; }
	wait_for 60 in_journal
	commanded_service t.service :
	use() { tell t.service 'ipcobj sem 0x4e02 1 0600'; }
	observe t.service use
	[ "$(seen t.service '(.calls.semget // 0) + (.calls_of_unknown.semget // 0)')" = 1 ] || fail "semget: $(cat /run/observe.err) $(seen t.service .)"
	systemctl start auditd
	systemctl stop systemd-journald-audit.socket
	end t.service t2.service
}

# Silence is not taken for a unit that makes no calls.
scenario_observe_without_records_proposes_no_filter() {
	auditctl -a always,exclude -F msgtype=SECCOMP >/dev/null
	commanded_service t.service :
	use() { tell t.service 'ipcobj sem 0x4e02 1 0600'; }
	observe t.service use
	auditctl -d always,exclude -F msgtype=SECCOMP >/dev/null
	[ "$(seen t.service .has_calls)" = false ] || fail "$(seen t.service .)"
	grep -q "t.service: its calls can't be seen, only its objects" /run/observe.err || fail "$(cat /run/observe.err)"
	propose t.service '.not_proposed[] | select(.directive == "SystemCallFilter=") | .reason' | grep -q 'not seen' ||
		fail "the reason: $(cat /run/proposal.json)"
	propose t.service '.proposed[].directive' >/run/harden.out
	! grep -q 'SystemCallFilter=' /run/harden.out || fail "a filter: $(cat /run/harden.out)"
	end t.service
}

scenario_observe_counts_what_the_kernel_drops() {
	commanded_service t.service :
	# the kernel writes one record a second
	use() {
		auditctl -r 1 >/dev/null
		tell t.service 'for i in 1 2 3 4 5 6 7 8; do ipcobj sem 0 1 0600; done'
		auditctl -r 0 >/dev/null
	}
	observe t.service use
	[ "$(seen t.service .lost)" -gt 0 ] || fail "$(seen t.service .)"
	propose t.service '.not_proposed[] | select(.directive == "SystemCallFilter=") | .reason' | grep -q 'lost' ||
		fail "the reason: $(cat /run/proposal.json)"
	end t.service
}

scenario_observe_survives_sigkill() {
	local observer
	printf '%s\n' User=svc 'ExecStart=/bin/sleep infinity' | unit t.service
	systemctl start t.service
	ipcharden observe t.service --for=1h >/dev/null 2>/run/observe.err &
	observer=$!
	wait_for 120 grep -q "observing t.service" /run/observe.err
	is_logged t.service || fail "it is not logged"
	# another one keeps its hands off
	ipcharden observe t.service 2>/run/harden.err && fail "two at once"
	grep -q 'another ipcharden' /run/harden.err || fail "$(cat /run/harden.err)"
	kill -KILL $observer
	wait $observer || true
	systemctl is-active -q t.service || fail "it has stopped"
	# the next one, whatever it is about, clears up
	ipcharden revert ssh.service 2>/run/harden.err || fail "$(cat /run/harden.err)"
	nothing_temporary_of t.service || fail "the drop-in is there"
	! is_logged t.service || fail "it is logged"
	grep -q 't.service: removed what an interrupted' /run/harden.err || fail "$(cat /run/harden.err)"
	end t.service
}

scenario_what_was_not_seen_is_refused_and_reverted() {
	commanded_service t.service :
	# a mqueue service
	use() { tell t.service 'ipcobj pmq /q 0600 2 && ipcobj pmq /q2 0600'; rm -f /dev/mqueue/q /dev/mqueue/q2; }
	observe t.service use
	proposes t.service mq_open && fail "mq_open: it is used"
	local call
	for call in shmget shmat semget semop msgget msgsnd PrivateIPC=yes RestrictSUIDSGID=yes; do
		proposes t.service $call || fail "$call is not proposed: $(cat /run/proposal.json)"
	done
	ipcharden try t.service --watch=3s --check='systemctl is-active -q t.service' >/run/try.out 2>&1 || fail "try: $(cat /run/try.out)"
	nothing_temporary_of t.service || fail "the trial's drop-in is there"
	ipcharden apply t.service || fail apply
	[ ! -e /run/systemd/system/t.service.d/50-ipcharden.conf ] || fail "the one below /run"
	systemd-analyze verify t.service 2>&1 | grep . && fail "verify"
	systemctl restart t.service
	# what it needs works, the stand-in for an exploit doesn't
	tell t.service 'ipcobj pmq /q 0600 1'
	[ "$said" = 0 ] || fail "mq_open: $said $(cat /run/t.service.out)"
	for call in 'ipcobj shm 0x4e05 4096 0600' 'ipcobj msg 0x4e05 0600' 'ipcobj sem 0x4e05 1 0600'; do
		tell t.service "$call"
		[ "$said" = 159 ] || fail "$call: $said $(cat /run/t.service.out)"
	done
	local id
	id=$(setpriv --reuid svc2 --regid svc2 --clear-groups ipcobj shm 0 4096 0666)
	tell t.service "ipcobj attach ${id#shm:} </dev/null"
	[ "$said" = 159 ] || fail "another's segment: $said $(cat /run/t.service.out)"
	expect_report t.service .private_ipc true
	ipcharden diff t.service || fail "diff: no drift"
	# a drop-in that is read later has the last word
	mkdir -p /run/systemd/system/t.service.d
	printf '%s\n' '[Service]' PrivateIPC=no SystemCallFilter=msgget >/run/systemd/system/t.service.d/60-later.conf
	systemctl daemon-reload
	ipcharden diff t.service >/run/harden.out && fail "diff: what has no effect"
	[ "$(grep -c '^!' /run/harden.out)" = 2 ] && grep -qxF '!PrivateIPC=yes' /run/harden.out &&
		grep -qxF '!SystemCallFilter=~msgget' /run/harden.out || fail "diff: $(cat /run/harden.out)"
	rm /run/systemd/system/t.service.d/60-later.conf
	systemctl daemon-reload
	ipcharden diff t.service || fail "diff: no drift any more"
	ipcharden revert t.service
	[ ! -e /etc/systemd/system/t.service.d ] || fail "reverted"
	systemctl restart t.service
	tell t.service 'ipcobj shm 0x4e05 4096 0600'
	[ "$said" = 0 ] || fail "after revert: $said $(cat /run/t.service.out)"
	end t.service
}

scenario_exposure_falls() {
	local before after
	mkdir -p /run/www
	echo 'a page' >/run/www/index.html
	printf '%s\n' User=svc "ExecStart=/bin/busybox httpd -f -p 8099 -h /run/www" | unit t.service
	systemctl start t.service
	fetched() { busybox wget -qO- http://127.0.0.1:8099/index.html | grep -qx 'a page'; }
	use() { wait_for 60 fetched; }
	before=$(systemd-analyze security t.service --no-pager | sed -n 's/.*Overall exposure level for t.service: \([0-9.]*\).*/\1/p')
	observe t.service use
	# a web server without any IPC: all of it goes
	[ "$(seen t.service '.calls | length')" = 0 ] || fail "$(seen t.service .calls)"
	local call
	for call in shmget shmat shmdt shmctl semget semop semtimedop semctl msgget msgsnd msgrcv msgctl mq_open mq_unlink; do
		proposes t.service $call || fail "$call is not proposed: $(cat /run/proposal.json)"
	done
	ipcharden try t.service --watch=3s >/run/try.out 2>&1 || fail "try: $(cat /run/try.out)"
	ipcharden apply t.service
	systemctl restart t.service
	wait_for 60 fetched
	systemd-analyze verify t.service 2>&1 | grep . && fail "verify"
	after=$(systemd-analyze security t.service --no-pager | sed -n 's/.*Overall exposure level for t.service: \([0-9.]*\).*/\1/p')
	awk "BEGIN { exit !($after < $before) }" || fail "exposure $before, then $after"
	[ "$(report t.service .exposure_tenths)" -lt 40 ] || fail "$(cat /run/harden.json)"
	end t.service
}

scenario_a_pair_is_not_torn_apart() {
	commanded_service t.service 'id=$(ipcobj shm 0x4e07 8192 0600); sleep infinity | ipcobj attach ${id#shm:} &'
	commanded_service t2.service 'id=$(ipcs -m | sed -n "s/^0x00004e07 *\([0-9]*\).*/\1/p"); sleep infinity | ipcobj attach $id &'
	wait_for 60 has_objects t2.service
	expect_report t2.service '.used_with | join(" ")' t.service
	use() { wait_for 60 has_objects t2.service; sleepless_look; }
	# one look at its objects is enough, and comes at once
	sleepless_look() { wait_for 60 has_objects t2.service; }
	observe t2.service use
	[ "$(seen t2.service '.objects[0].others | index("t.service") != null')" = true ] || fail "$(seen t2.service .)"
	proposes t2.service PrivateIPC=yes && fail "PrivateIPC=yes for a pair"
	propose t2.service '.not_proposed[] | select(.directive == "PrivateIPC=yes") | .reason' | grep -q 'used by others, too: t.service' ||
		fail "the reason: $(cat /run/proposal.json)"
	proposes t2.service shmat && fail "shmat: it is used"
	proposes t2.service semget || fail "semget: $(cat /run/proposal.json)"
	ipcharden try t2.service --watch=2s >/run/try.out 2>&1 || fail "try: $(cat /run/try.out)"
	ipcharden apply t2.service >/dev/null
	systemctl restart t2.service
	wait_for 60 has_objects t2.service
	expect_report t2.service '.used_with | join(" ")' t.service
	systemd-analyze verify t2.service 2>&1 | grep . && fail "verify"
	tell t2.service 'ipcobj pmq /stand-in 0600 2>&1'
	[ "$said" = 159 ] || fail "a queue that it never used: $said $(cat /run/t2.service.out)"
	end t.service t2.service
}

scenario_a_wrong_proposal_is_rolled_back() {
	commanded_service t.service 'id=$(ipcobj sem 0x4e08 1 0600)'
	use() { tell t.service 'ipcrm -S 0x4e08'; }
	observe t.service use
	ipcrm -S 0x4e08 2>/dev/null || true
	# the hook: an observation that has not seen what the unit does
	jq -c '.calls = {} | .calls_of_unknown = {}' "$STATE/t.service.json" >/run/wrong.json
	cat /run/wrong.json >"$STATE/t.service.json"
	local start=$SECONDS
	if ipcharden try t.service --watch=60s >/run/try.out 2>&1; then fail "a wrong proposal: $(cat /run/try.out)"; fi
	[ $((SECONDS - start)) -lt 60 ] || fail "not within the watch time"
	grep -q '^t.service: rolled back: .*semget' /run/try.out || fail "$(cat /run/try.out)"
	systemctl is-active -q t.service || fail "it doesn't run"
	nothing_temporary_of t.service || fail "the trial's drop-in is there"
	ipcrm -S 0x4e08 2>/dev/null || true
	# also where systemd was executed anew in the meantime, which drops all connections
	local trial before
	: >/run/t.service.in.first
	sed -i '1s#.*#[ -e /run/t.service.in.first ] || ipcobj sem 0x4e08 1 0600#' /run/t.service.sh
	before=$(property t.service MainPID)
	ipcharden try t.service --watch=60s >/run/try.out 2>&1 &
	trial=$!
	wait_for 60 runs_anew t.service
	systemctl daemon-reexec
	wait_for 60 systemctl is-active -q t.service
	tell t.service 'ipcobj sem 0x4e08 1 0600'
	if wait $trial; then fail "a wrong proposal: $(cat /run/try.out)"; fi
	grep -q '^t.service: rolled back: .*semget' /run/try.out || fail "daemon-reexec: $(cat /run/try.out)"
	nothing_temporary_of t.service || fail "the trial's drop-in is there"
	rm /run/t.service.in.first
	ipcrm -S 0x4e08 2>/dev/null || true
	# and one whose check fails
	jq -c '.calls = {"semget": 1, "semctl": 1, "semtimedop": 1}' /run/wrong.json >"$STATE/t.service.json"
	rm -f /run/checked
	printf '%s\n' '#!/bin/sh' '[ ! -e /run/checked ] && touch /run/checked' >/run/check.sh
	chmod +x /run/check.sh
	if ipcharden try t.service --watch=60s --check='/bin/sh /run/check.sh' >/run/try.out 2>&1; then fail "the check"; fi
	grep -q '^t.service: rolled back: the check fails' /run/try.out || fail "$(cat /run/try.out)"
	systemctl is-active -q t.service || fail "it doesn't run"
	# a check that fails anyhow changes nothing
	local pid
	pid=$(property t.service MainPID)
	ipcharden try t.service --check=false >/run/try.out 2>&1 && fail "false"
	[ "$(property t.service MainPID)" = "$pid" ] || fail "restarted"
	end t.service
}

# Where a refused call fails with an errno, it leaves no record: the trial makes it end the process.
scenario_a_wrong_proposal_is_rolled_back_where_refused_calls_fail_quietly() {
	local filter trial before
	for filter in '' SystemCallFilter=@system-service; do
		commanded_service t.service ':' SystemCallErrorNumber=EPERM "$filter"
		use() { :; }
		observe t.service use
		before=$(property t.service MainPID)
		ipcharden try t.service --watch=60s >/run/try.out 2>&1 &
		trial=$!
		wait_for 60 runs_anew t.service
		# the main process lives on, and has seen its helper end
		tell t.service 'ipcobj sem 0x4e08 1 0600'
		if wait $trial; then fail "a wrong proposal: $(cat /run/try.out)"; fi
		grep -q '^t.service: rolled back: .*semget' /run/try.out || fail "$(cat /run/try.out)"
		nothing_temporary_of t.service || fail "the trial's drop-in is there"
		# and a right one stays, as it was proposed: with the errno that the unit has set
		ipcharden try t.service --watch=2s >/run/try.out 2>&1 || fail "try: $(cat /run/try.out)"
		! grep -q ':kill' /run/systemd/system/t.service.d/50-ipcharden.conf || fail "it kills"
		tell t.service 'ipcobj sem 0x4e08 1 0600'
		[ "$said" = 1 ] && grep -q 'Operation not permitted' /run/t.service.out || fail "refused: $said $(cat /run/t.service.out)"
		ipcharden revert t.service >/dev/null
		end t.service
	done
}

scenario_bad_input_changes_nothing() {
	local before
	printf '%s\n' User=svc 'ExecStart=/bin/sleep infinity' | unit t.service
	systemctl start t.service
	before=$(property t.service MainPID)
	refused() { # text arguments...
		local text=$1
		shift
		if ipcharden "$@" >/dev/null 2>/run/harden.err; then fail "$*: no error"; fi
		grep -q "$text" /run/harden.err || fail "$*: $(cat /run/harden.err)"
	}
	refused 'no such unit' observe no-such.service
	refused 'a template' observe 'getty@.service'
	refused 'not the name' observe ssh.socket
	refused 'is masked' try postgresql.service
	systemd-run -q --unit=transient.service /bin/sleep infinity
	refused 'transient unit' observe transient.service
	systemctl stop transient.service
	systemctl stop t.service
	refused "doesn't run, so there is nothing to watch" try t.service
	systemctl start t.service
	before=$(property t.service MainPID)
	refused 'not observed yet' propose t.service
	refused 'not observed yet' try t.service
	refused 'not observed yet' apply t.service
	refused 'nothing is applied' diff t.service
	# a user's manager has units of its own
	refused 'no such unit' observe app-of-a-user.service
	# damaged, and written by another user
	mkdir -p "$STATE"
	echo '{"unit":"t.service"' >"$STATE/t.service.json"
	chmod 0600 "$STATE/t.service.json"
	refused damaged apply t.service
	chown svc "$STATE/t.service.json"
	refused 'Operation not permitted' apply t.service
	rm "$STATE/t.service.json"
	# as nobody
	su -s /bin/sh svc -c 'ipcharden observe t.service' 2>/run/harden.err && fail "as svc"
	grep -q 'only root' /run/harden.err || fail "$(cat /run/harden.err)"
	# /etc that can't be written
	use() { :; }
	observe t.service use
	before=$(property t.service MainPID)
	mount --bind /etc/systemd/system /etc/systemd/system
	mount -o remount,bind,ro /etc/systemd/system
	refused 'Read-only file system' apply t.service
	umount /etc/systemd/system
	[ ! -e /etc/systemd/system/t.service.d ] || fail "something was written"
	# somebody else's file of that name
	mkdir -p /etc/systemd/system/t.service.d
	echo '[Service]' >/etc/systemd/system/t.service.d/50-ipcharden.conf
	systemctl daemon-reload
	refused 'was not written by ipcharden' apply t.service
	refused 'was not written by ipcharden' revert t.service
	[ "$(cat /etc/systemd/system/t.service.d/50-ipcharden.conf)" = '[Service]' ] || fail "it was changed"
	[ "$(property t.service MainPID)" = "$before" ] || fail "it was restarted"
	rm -r /etc/systemd/system/t.service.d
	end t.service
}

# --- real services

# What the README shows is what is printed, but for numbers; the host has it in build/vm/console.log, too.
shown=/run/shown
as_shown() {
	tee -a $shown >/dev/ttyS0
}

without_numbers() {
	sed -E 's/[0-9]+(\.[0-9]+)?/N/g; s/ +/ /g'
}

readme_shows_it() {
	local line
	sed -n '/^## Harden/,/^## /p' /run/job/README.md | awk '/^```/ { inside = !inside; next } inside' | without_numbers >/run/readme
	[ -s /run/readme ] || fail "the README shows nothing"
	while IFS= read -r line; do
		grep -qxF -- "$line" <(without_numbers <$shown) || fail "the README shows \"$line\", and printed was: $(cat $shown)"
	done </run/readme
}

apache_works() {
	busybox wget -qO- http://127.0.0.1:80/ | grep -q 'Apache2' && busybox wget -qO- http://127.0.0.1:8080/ | grep -q 'Apache2'
}

apache_works_hard() {
	local n
	for ((n = 0; n < 40; n++)); do apache_works || return; done
}

scenario_apache2_from_report_to_apply() {
	# worker processes that take turns by a System V semaphore
	a2dismod -q -f mpm_event >/dev/null
	a2enmod -q mpm_prefork >/dev/null
	echo 'Listen 8080' >/etc/apache2/conf-enabled/zz-test.conf
	echo 'Mutex sysvsem default' >>/etc/apache2/conf-enabled/zz-test.conf
	echo 'ServerName guest' >>/etc/apache2/conf-enabled/zz-test.conf
	systemctl start apache2
	wait_for 60 apache_works
	wait_for 60 has_objects apache2.service
	rm -f $shown
	ipcharden report apache2 | as_shown
	observe apache2.service apache_works_hard
	as_shown </run/observe.out
	proposes apache2.service semget && fail "semget: it is used: $(cat /run/proposal.json)"
	proposes apache2.service semop && fail "semop: it is used"
	proposes apache2.service msgget || fail "msgget: $(cat /run/proposal.json)"
	ipcharden propose apache2 | as_shown
	ipcharden try apache2 --watch=5s --check='busybox wget -qO /dev/null http://127.0.0.1/' >/run/try.out 2>&1 || fail "try: $(cat /run/try.out)"
	as_shown </run/try.out
	ipcharden apply apache2 | as_shown
	readme_shows_it
	systemctl restart apache2
	wait_for 60 apache_works
	apache_works_hard || fail "it doesn't work"
	systemd-analyze verify apache2.service 2>&1 | grep -i ipcharden && fail "verify"
	ipcharden diff apache2 || fail "drift"
	ipcharden revert apache2
	systemctl stop apache2
	end apache2.service 2>/dev/null || true
}

scenario_postgresql_keeps_working() {
	local data=/var/lib/postgresql/harden pg
	pg=$(echo /usr/lib/postgresql/*/bin)
	install -d -o postgres -g postgres -m 0700 "$data"
	setpriv --reuid postgres --regid postgres --init-groups "$pg/initdb" -D "$data" >/dev/null
	printf '%s\n' 'shared_memory_type = sysv' "unix_socket_directories = '/tmp'" "listen_addresses = ''" >>"$data/postgresql.conf"
	restorecon -RF "$data"
	unit pg.service <<-EOF
		User=postgres
		Type=notify
		SELinuxContext=-unconfined_u:unconfined_r:unconfined_t:s0-s0:c0.c1023
		ExecStart=/bin/bash -c 'exec $pg/postgres -D $data'
	EOF
	sed -i 's/^Type=.*/Type=exec/' /run/systemd/system/pg.service
	systemctl daemon-reload
	systemctl start pg
	works() { setpriv --reuid postgres --regid postgres --clear-groups psql -h /tmp -d postgres -Atc 'SELECT sum(g) FROM generate_series(1, 1000) g' | grep -qx 500500; }
	wait_for 180 works
	use() { wait_for 180 works; wait_for 60 has_objects pg.service; }
	observe pg.service use
	[ "$(seen pg.service '[.objects[].kind] | (index("shm") != null) and (index("pshm") != null)')" = true ] || fail "$(seen pg.service .)"
	proposes pg.service shmget && fail "shmget: it is used"
	proposes pg.service msgget || fail "msgget: $(cat /run/proposal.json)"
	ipcharden try pg --watch=5s >/run/try.out 2>&1 || fail "try: $(cat /run/try.out)"
	ipcharden apply pg
	systemctl restart pg
	wait_for 180 works
	systemd-analyze verify pg.service 2>&1 | grep . && fail "verify"
	end pg.service
	rm -rf "$data"
}
