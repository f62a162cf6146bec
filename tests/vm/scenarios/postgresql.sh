# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2154
# PostgreSQL run by an ordinary user: logind takes live objects from it, ipcguard doesn't, and cleans
# up when it has crashed.

DATA=/var/lib/postgresql/alice
PG=$(echo /usr/lib/postgresql/*/bin)

start_cluster() {
	if [ ! -d $DATA ]; then
		# where SELinux's policy lets PostgreSQL have its data
		install -d -o alice -g alice -m 0700 "$DATA"
		setpriv --reuid alice --regid alice --init-groups "$PG/initdb" -D "$DATA" >/dev/null
		echo "shared_memory_type = sysv
			unix_socket_directories = '/tmp'
			listen_addresses = ''" >>"$DATA/postgresql.conf"
		restorecon -RF "$DATA"
	fi
	unit pg.service <<-EOF
		User=alice
		Type=exec
		# as an administrator's own cluster runs, not in the distribution's domain for its own
		SELinuxContext=-unconfined_u:unconfined_r:unconfined_t:s0-s0:c0.c1023
		ExecStart=/bin/bash -c 'exec $PG/postgres -D $DATA'
	EOF
	systemctl start pg
	wait_for 180 works
	[ "$(find /dev/shm -name 'PostgreSQL.*' -user alice | wc -l)" -ge 1 ] || fail "no /dev/shm file of the cluster"
}

works() {
	setpriv --reuid alice --regid alice --clear-groups psql -h /tmp -d postgres -Atc 'SELECT 1' | grep -qx 1
}

log_in_and_out() {
	sshpass -p alice ssh -o StrictHostKeyChecking=no -o LogLevel=ERROR alice@127.0.0.1 true
}

# logind ends the user's manager some seconds after the last logout; then comes what cleans.
user_manager_is_gone() {
	! systemctl is-active -q "user@$(id -u alice).service" && ! loginctl user-status alice >/dev/null 2>&1
}

set_removeipc() { # yes|no
	mkdir -p /etc/systemd/logind.conf.d
	printf '[Login]\nRemoveIPC=%s\nUserStopDelaySec=1\n' "$1" >/etc/systemd/logind.conf.d/99-test.conf
	systemctl restart systemd-logind
}

scenario_logind_takes_a_live_object_from_the_cluster() {
	set_removeipc yes
	start_cluster
	log_in_and_out
	wait_for 120 user_manager_is_gone
	gone() { [ "$(find /dev/shm -name 'PostgreSQL.*' -user alice | wc -l)" = 0 ]; }
	wait_for 60 gone
	systemctl stop pg
	sweep_away alice
}

scenario_with_ipcguard_the_cluster_keeps_everything_and_its_crash_is_cleaned() {
	set_removeipc no
	start_cluster
	ipcclean enable pg.service
	local before
	before=$(objects_of alice)
	log_in_and_out
	wait_for 120 user_manager_is_gone
	expect_objects alice "$before"
	works || fail "the cluster does not answer"
	ipcclean user alice -v
	expect_objects alice "$before"
	works || fail "the cluster does not answer after ipcclean user"
	systemctl kill -s KILL pg
	wait_for 60 systemctl is-failed pg
	expect_objects alice 0
	systemctl reset-failed pg
	systemctl start pg
	wait_for 180 works
	systemctl stop pg
	expect_objects alice 0
	ipcclean disable pg.service
}
