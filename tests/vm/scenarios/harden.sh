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
