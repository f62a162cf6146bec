# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2154
# A stopped service leaves nothing behind, however it ended.

LEAK='/usr/local/bin/ipcobj leak thing'

leaking_unit() { # unit, then more [Service] lines
	local name=$1
	shift
	unit "$name" < <(printf '%s\n' User=svc "$@")
	ipcclean enable "$name"
}

scenario_stop() {
	leaking_unit t.service "ExecStartPre=$LEAK" ExecStart='/bin/sleep infinity'
	systemctl start t
	expect_objects svc 6
	systemctl stop t
	expect_objects svc 0
}

scenario_without_the_drop_in_everything_stays() {
	leaking_unit t.service "ExecStartPre=$LEAK" ExecStart='/bin/sleep infinity'
	ipcclean disable t.service
	systemctl start t
	systemctl stop t
	expect_objects svc 6
	sweep_away svc
}

scenario_crash() {
	leaking_unit t.service Type=exec ExecStart="/bin/sh -c '$LEAK; kill -SEGV \$\$\$\$'"
	systemctl start --wait t || true
	[ "$(systemctl show -P Result t)" != success ] || fail "did not crash"
	expect_objects svc 0
	[ -n "$(events IPCGUARD_UNIT=t.service IPCGUARD_RESULT="$(systemctl show -P Result t)")" ] ||
		fail "the result is not in the journal"
}

scenario_sigkill() {
	leaking_unit t.service "ExecStartPre=$LEAK" ExecStart='/bin/sleep infinity'
	systemctl start t
	expect_objects svc 6
	systemctl kill -s KILL t
	wait_for 60 systemctl is-failed t
	expect_objects svc 0
}

scenario_failed_start() {
	leaking_unit t.service "ExecStartPre=$LEAK" ExecStartPre=/bin/false ExecStart='/bin/sleep infinity'
	! systemctl start t || fail "started"
	expect_objects svc 0
}

scenario_program_that_cannot_be_executed() {
	leaking_unit t.service "ExecStartPre=$LEAK" ExecStart=/nonexistent
	systemctl start t || true
	wait_for 60 systemctl is-failed t
	expect_objects svc 0
}

scenario_stop_timeout() {
	leaking_unit t.service TimeoutStopSec=1 "ExecStartPre=$LEAK" \
		ExecStart="/bin/sh -c 'trap \"\" TERM; while :; do sleep 1; done'"
	systemctl start t
	systemctl stop t || true
	expect_objects svc 0
}

scenario_a_hundred_restarts_do_not_grow() {
	leaking_unit t.service Restart=always RestartSec=0 Type=exec ExecStart="$LEAK"
	systemctl start t || true
	restarts() { [ "$(systemctl show -P NRestarts t)" -ge 100 ]; }
	wait_for 500 restarts
	systemctl stop t
	expect_objects svc 0
}

scenario_numeric_user() {
	unit t.service <<-EOF
		User=$(id -u svc)
		ExecStart=$LEAK
	EOF
	ipcclean enable t.service
	systemctl start --wait t
	expect_objects svc 0
}

scenario_dynamic_user() {
	unit t.service <<-EOF
		DynamicUser=yes
		ExecStartPre=$LEAK
		ExecStart=/bin/sleep infinity
	EOF
	ipcclean enable t.service
	systemctl start t
	local uid
	uid=$(systemctl show -P UID t)
	# a dynamic user's own RemoveIPC= may have been faster: what counts is that nothing is left
	expect_objects "$uid" 6
	systemctl stop t
	expect_objects "$uid" 0
}

scenario_root_is_left_alone_and_it_says_so() {
	unit t.service <<-EOF
		ExecStart=/usr/local/bin/ipcobj shm 0x77 4096 0600
		ExecStopPost=-+/usr/local/bin/ipcclean service
	EOF
	systemctl start --wait t
	[ -n "$(ipcs -m | grep 0x00000077)" ] || fail "root's segment is gone"
	ipcrm -M 0x77
	journalctl --sync
	journalctl --no-pager -u t | grep -q "root, whose objects are never removed" || fail "not said"
}

scenario_as_the_services_own_user() {
	unit t.service <<-EOF
		User=svc
		ExecStart=$LEAK
	EOF
	drop_in t.service "ExecStopPost=-/usr/local/bin/ipcclean service -v"
	systemctl start --wait t
	expect_objects svc 0
}

scenario_two_instances_of_a_template_one_stopped() {
	unit t@.service <<-EOF
		User=svc
		ExecStart=/bin/sh -c 'I=%i; /usr/local/bin/ipcobj pshm /%i 4096 0600; exec /usr/local/bin/ipcobj shm 0x10%i 4096 0600'
		RemainAfterExit=yes
	EOF
	# the second one lives on in a process
	unit keeper@.service <<-EOF
		User=svc
		ExecStart=/bin/sleep infinity
	EOF
	ipcclean enable t@1.service
	grep -q baseline /etc/systemd/system/t@1.service.d/50-ipcguard.conf || fail "no baseline for an instance"
	systemctl start keeper@2
	su -s /bin/sh svc -c '/usr/local/bin/ipcobj shm 0x999 4096 0600'
	systemctl start t@1
	systemctl stop t@1
	ipcs -m | grep -q 0x00000999 || fail "another's segment is gone"
	! ipcs -m | grep -q 0x00000101 || fail "the instance's own segment stayed"
	[ -e /dev/shm/1 ] || fail "a file that nobody can show to be the instance's went"
	systemctl stop keeper@2
	ipcclean disable t@1.service
	sweep_away svc
}

scenario_private_ipc() {
	leaking_unit t.service PrivateIPC=yes "ExecStart=/usr/local/bin/ipcobj shm 1 4096 0600"
	systemctl start --wait t
	expect_objects svc 0
	ipcclean service -v t.service 2>&1 | grep -q PrivateIPC || fail "not said"
}

scenario_baseline_keeps_what_was_there() {
	leaking_unit t.service "ExecStart=/usr/local/bin/ipcobj shm 0x22 4096 0600"
	drop_in t.service "ExecStartPre=-+/usr/local/bin/ipcclean baseline %n"
	su -s /bin/sh svc -c '/usr/local/bin/ipcobj shm 0x11 4096 0600'
	systemctl start --wait t
	ipcs -m | grep -q 0x00000011 || fail "what was there before is gone"
	! ipcs -m | grep -q 0x00000022 || fail "the unit's own stayed"
	rm -r /run/systemd/system/t.service.d
	systemctl daemon-reload
	sweep_away svc
}

scenario_deadline_hit_does_not_delay_the_stop() {
	leaking_unit t.service "ExecStartPre=/usr/local/bin/ipcobj many 2000" ExecStart='/bin/sleep infinity'
	mkdir -p /etc/ipcguard.conf.d
	printf '[Clean]\nDeadline=1ms\n' >/etc/ipcguard.conf.d/test.conf
	systemctl start t
	local start=$SECONDS
	systemctl stop t
	[ $((SECONDS - start)) -lt 10 ] || fail "the stop took $((SECONDS - start)) s"
	rm /etc/ipcguard.conf.d/test.conf
	[ "$(objects_of svc)" -gt 0 ] || fail "nothing was left: the deadline was not hit"
	ipcclean service t.service
	expect_objects svc 0
}

scenario_broken_configuration_removes_nothing() {
	leaking_unit t.service "ExecStartPre=$LEAK" ExecStart='/bin/sleep infinity'
	mkdir -p /etc/ipcguard.conf.d
	printf '[Clean]\nKeepUser=svc\n' >/etc/ipcguard.conf.d/test.conf
	systemctl start t
	systemctl stop t || fail "the stop failed"
	[ "$(systemctl show -P Result t)" = success ] || fail "the unit failed"
	rm /etc/ipcguard.conf.d/test.conf
	expect_objects svc 6
	journalctl --sync
	journalctl --no-pager -u t | grep -q '/etc/ipcguard.conf.d/test.conf:2:.*KeepUser' || fail "no clear error"
	sweep_away svc
}

scenario_enable_and_disable() {
	unit t.service <<-EOF
		User=svc
		ExecStart=$LEAK
	EOF
	ipcclean enable t.service
	systemctl cat t | grep -q 'ipcclean service' || fail "not in the unit"
	systemctl start --wait t
	expect_objects svc 0
	ipcclean disable t.service
	! systemctl cat t | grep -q ipcclean || fail "still in the unit"
	[ ! -e /etc/systemd/system/t.service.d ] || fail "the directory is still there"
	local status=0
	ipcclean enable no-such-unit.service || status=$?
	[ $status = 2 ] || fail "unknown unit: exit status $status"
}

scenario_enable_all_of_a_user() {
	local name
	for name in u1 u2; do
		printf '[Service]\nUser=svc2\nExecStart=/bin/true\n' >/etc/systemd/system/$name.service
	done
	systemctl daemon-reload
	ipcclean enable --all-of-user=svc2
	for name in u1 u2; do
		systemctl cat $name | grep -q 'ipcclean service' || fail "$name: not enabled"
	done
	ipcclean disable --all-of-user=svc2
	! systemctl cat u1 | grep -q ipcclean || fail "not disabled"
	rm /etc/systemd/system/u?.service
	systemctl daemon-reload
}

scenario_sweep_timer() {
	systemctl cat ipcguard-sweep.timer >/dev/null
	printf '[Clean]\nMinAge=0\n' >/etc/ipcguard.conf
	su -s /bin/sh svc -c "$LEAK"
	expect_objects svc 6
	systemctl start ipcguard-sweep.timer
	systemctl is-active -q ipcguard-sweep.timer || fail "the timer is not active"
	# what the timer starts, at once: with all of its sandbox
	systemctl start ipcguard-sweep.service
	rm /etc/ipcguard.conf
	systemctl stop ipcguard-sweep.timer
	expect_objects svc 0
}

scenario_journal_tells_of_each_object_and_the_catalog_explains() {
	leaking_unit t.service ExecStart="$LEAK"
	systemctl start --wait t
	[ "$(events -o json IPCGUARD_ACTION=removed | wc -l)" = 6 ] || fail "not six events"
	events -o json IPCGUARD_KIND=shm | jq -e '.IPCGUARD_UID == "'"$(id -u svc)"'" and
		.IPCGUARD_BYTES == "65536" and .IPCGUARD_REASON == "unused" and
		.IPCGUARD_UNIT == "t.service"' >/dev/null || fail "fields: $(events -o json IPCGUARD_KIND=shm)"
	events -x IPCGUARD_KIND=pshm | grep -q 'Nobody had it attached' || fail "no catalog text"
	journalctl --no-pager -u t --since="$since" SYSLOG_IDENTIFIER=ipcguard | grep -q Removed ||
		fail "journalctl -u doesn't show it"
}

scenario_audit_record() {
	leaking_unit t.service ExecStart="$LEAK"
	systemctl start --wait t
	found() { ausearch -m TRUSTED_APP --raw | grep 'op=ipc-remove' | grep -q 'target-unit="t.service".*removed=6'; }
	wait_for 60 found
}

scenario_no_leases_keeps_posix_objects() {
	leaking_unit t.service "ExecStartPre=$LEAK" ExecStart='/bin/sleep infinity'
	systemctl start t
	sysctl -qw fs.leases-enable=0
	systemctl stop t
	sysctl -qw fs.leases-enable=1
	expect_objects svc 3
	ipcclean service t.service
	expect_objects svc 0
}
