# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2154
# What ipcaudit says of units, sessions and containers, by real systemd; and its findings about units,
# each with the nearest case where it stays silent.

report() { # arguments...
	ipcaudit "$@" --json >/run/audit.json 2>/run/audit.err || true
}

# How bad a finding is, for each there is: "warning".
severity_of() { # finding
	jq -r --arg id "$1" '[.findings[] | select(.id == $id) | .severity] | join(" ")' /run/audit.json
}

evidence_of() { # finding member
	jq -r --arg id "$1" --arg member "$2" '.findings[] | select(.id == $id) | .evidence[$member]' /run/audit.json
}

expect() { # finding severity
	report
	[ "$(severity_of "$1")" = "$2" ] || fail "$1 is '$(severity_of "$1")', not '$2': $(jq -c .findings /run/audit.json) $(</run/audit.err)"
}

# A service that has a segment attached until it is stopped; lines for [Service] as arguments.
worker() { # unit lines...
	local unit=$1
	shift
	printf '%s\n' 'id=$(/usr/local/bin/ipcobj shm ${KEY:-0} 8192 0600)' \
		'sleep infinity | exec /usr/local/bin/ipcobj attach ${id#shm:}' >/run/worker.sh
	printf '%s\n' "User=svc" "ExecStart=/bin/sh /run/worker.sh" "$@" | unit "$unit"
	systemctl start "$unit"
	wait_for 60 has_attached "$unit"
}

has_attached() { # unit
	report list shm
	jq -e --arg unit "$1" '.objects[] | select(.users[] | .unit == $unit)' /run/audit.json
}

end() { # unit...
	systemctl stop "$@" 2>/dev/null || true
	systemctl reset-failed "$@" 2>/dev/null || true
	local unit
	for unit; do rm -rf "/run/systemd/system/$unit" "/run/systemd/system/$unit.d"; done
	systemctl daemon-reload
	sweep_away svc
	sweep_away svc2
}

creator_in() { # user jq-condition
	report list shm
	jq -e --argjson uid "$(id -u "$1")" ".objects[] | select(.uid == \$uid) | .creator | select($2)" /run/audit.json
}

scenario_units_sessions_and_containers_have_names() {
	sweep_away alice
	printf '%s\n' User=svc "ExecStart=/bin/sh -c 'sleep infinity | exec /usr/local/bin/ipcobj makeshm 8192'" | unit t.service
	systemctl start t.service
	wait_for 60 creator_in svc '.comm == "ipcobj" and .unit == "t.service" and .container == null and .alive'
	ipcaudit list --unit=t.service --raw --no-headings -o COMMAND,UNIT 2>/dev/null | grep -qx 'ipcobj t.service' || fail "--unit="
	end t.service
	creator_in svc '.' && fail "its objects are swept away"
	# a login
	$SSH alice@127.0.0.1 'sleep infinity | ipcobj makeshm 4096' </dev/null >/dev/null 2>&1 &
	wait_for 60 creator_in alice '.comm == "ipcobj" and (.unit | test("^session-[0-9]+\\.scope$")) and .alive'
	pkill -u alice sleep
	wait
	wait_for 60 creator_in alice '.alive == false and .unit == null and .comm == null'
	sweep_away alice
	# the scope that systemd-machined gives a container
	systemd-run -q --scope --unit=machine-web.scope --uid=svc2 /bin/sh -c 'sleep infinity | exec /usr/local/bin/ipcobj makeshm 4096' \
		</dev/null >/dev/null 2>&1 &
	wait_for 60 creator_in svc2 '.container == "web" and .unit == "machine-web.scope"'
	systemctl stop machine-web.scope
	wait
	sweep_away svc2
}

scenario_shared_user() {
	worker t.service
	expect shared-user ''
	worker t2.service
	expect shared-user warning
	[ "$(evidence_of shared-user units | tr -d , | tr ' ' '\n' | sort | paste -sd ' ')" = "t.service t2.service" ] || fail "units"
	end t2.service
	# in an IPC namespace of its own it shares nothing
	worker t.service
	printf '%s\n' User=svc PrivateIPC=yes 'ExecStart=/bin/sleep infinity' | unit t2.service
	systemctl start t2.service
	expect shared-user ''
	end t2.service
	# nor does another user
	worker t.service
	printf '%s\n' User=svc2 'ExecStart=/bin/sleep infinity' | unit t2.service
	systemctl start t2.service
	expect shared-user ''
	end t.service t2.service
}

scenario_syscall_filter() {
	worker t.service
	expect syscall-filter ''
	# the process runs on without it
	drop_in t.service 'SystemCallFilter=~shmat msgget'
	expect syscall-filter warning
	[ "$(evidence_of syscall-filter calls)" = shmat ] || fail "calls: $(evidence_of syscall-filter calls)"
	jq -e '.findings[] | select(.id == "syscall-filter") | .owner == "t.service" and (.object | startswith("shm:"))' /run/audit.json ||
		fail "whose it is"
	drop_in t.service 'SystemCallFilter=~msgget semget'
	expect syscall-filter ''
	drop_in t.service 'SystemCallFilter=@basic-io'
	expect syscall-filter warning
	[ "$(evidence_of syscall-filter calls)" = "shmget, shmat" ] || fail "calls: $(evidence_of syscall-filter calls)"
	drop_in t.service 'SystemCallFilter=@system-service'
	expect syscall-filter ''
	end t.service
}

scenario_ftok_private_tmp() {
	rm -f /tmp/app.key
	cat >/run/app.sh <<-'END'
		: >/tmp/app.key
		id=$(/usr/local/bin/ipcobj shm $(/usr/local/bin/ipcobj ftok /tmp/app.key 65) 8192 0600)
		sleep infinity | exec /usr/local/bin/ipcobj attach ${id#shm:}
	END
	printf '%s\n' User=svc PrivateTmp=yes "ExecStart=/bin/sh /run/app.sh" | unit t.service
	systemctl start t.service
	wait_for 60 has_attached t.service
	expect ftok-private-tmp info
	[ "$(evidence_of ftok-private-tmp file) $(evidence_of ftok-private-tmp project)" = "app.key 65" ] || fail "file"
	# who asks for it outside gets another key
	: >/tmp/app.key
	expect ftok-private-tmp warning
	rm /tmp/app.key
	end t.service
	# a key of its own, and a /tmp that all share
	worker t.service PrivateTmp=yes Environment=KEY=0x41000001
	expect ftok-private-tmp ''
	end t.service
	printf '%s\n' User=svc "ExecStart=/bin/sh /run/app.sh" | unit t.service
	systemctl start t.service
	wait_for 60 has_attached t.service
	expect ftok-private-tmp ''
	end t.service
	rm -f /tmp/app.key
}

scenario_removeipc_risk() {
	local yes
	su -s /bin/sh alice -c 'ipcobj shm 0 4096 0600' >/dev/null
	for yes in yes no; do
		mkdir -p /etc/systemd/logind.conf.d
		printf '%s\n' '[Login]' "RemoveIPC=$yes" >/etc/systemd/logind.conf.d/98-audit.conf
		# what stands there for other scenarios says no, and comes later
		[ "$yes" = no ] || mv /etc/systemd/logind.conf.d/98-audit.conf /etc/systemd/logind.conf.d/zz-audit.conf
		systemctl restart systemd-logind
		[ "$yes" = yes ] && expect removeipc-risk warning || expect removeipc-risk ''
		rm -f /etc/systemd/logind.conf.d/zz-audit.conf /etc/systemd/logind.conf.d/98-audit.conf
	done
	systemctl restart systemd-logind
	sweep_away alice
}

scenario_metrics_service_in_its_sandbox() {
	local file=/var/lib/prometheus/node-exporter/ipcguard.prom
	mkdir -p "${file%/*}"
	rm -f "$file"
	worker t.service
	systemctl start ipcguard-metrics.service || { journalctl --no-pager -u ipcguard-metrics.service; fail "it fails"; }
	[ "$(tail -n 1 "$file")" = '# EOF' ] || fail "$(tail -n 3 "$file")"
	grep -q '^ipcguard_objects{kind="shm".*} 1$' "$file" || fail "$(grep ^ipcguard_objects "$file")"
	systemctl start ipcguard-metrics.timer
	systemctl is-active -q ipcguard-metrics.timer || fail "the timer"
	systemctl stop ipcguard-metrics.timer
	end t.service
}

scenario_resident_bytes_of_huge_pages() {
	make_huge_segment
	printf '%s\n' "ExecStart=/bin/sh -c 'sleep infinity | exec /usr/local/bin/ipcobj attach $(awk '$7 == 0 && $4 == 6291456 { print $2 }' /proc/sysvipc/shm)'" |
		unit t.service
	systemctl start t.service
	wait_for 60 has_attached t.service
	jq -e '.objects[] | select(.key == "0x00004e6e") | .hugepage_size == 2097152 and .rss == 2097152 and .bytes == 6291456' /run/audit.json ||
		fail "$(jq -c .objects /run/audit.json)"
	end t.service
	sysctl -qw vm.nr_hugepages=0
}
