# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2154
# Every way out: real logins, with the module in Debian's common-session as pam-auth-update puts it
# there, logind running and SELinux enforcing. The table in pam_ipcclean(8) has a row for each.

configure_logind() { # lines...
	mkdir -p /etc/systemd/logind.conf.d
	printf '%s\n' '[Login]' RemoveIPC=no UserStopDelaySec=2 "$@" >/etc/systemd/logind.conf.d/99-test.conf
	systemctl restart systemd-logind
}

# Once for all scenarios here: what an administrator does.
with_module() {
	if [ ! -e /run/logout-is-set-up ]; then
		configure_logind
		touch /run/logout-is-set-up
	fi
	export DEBIAN_FRONTEND=noninteractive
	grep -q pam_ipcclean /etc/pam.d/common-session || pam-auth-update --enable ipcguard
	sweep_away alice
	grep -q pam_ipcclean /etc/pam.d/common-session || fail "pam-auth-update did not add the module"
}

without_module() {
	pam-auth-update --disable ipcguard
	! grep -q pam_ipcclean /etc/pam.d/common-session || fail "pam-auth-update left the module"
}

# Without the user manager's drop-in: what then cleans is the module.
without_drop_in() {
	mkdir -p /run/systemd/system/user@.service.d
	ln -sf /dev/null /run/systemd/system/user@.service.d/50-ipcguard.conf
	systemctl daemon-reload
	trap with_drop_in EXIT
}

with_drop_in() {
	rm -f /run/systemd/system/user@.service.d/50-ipcguard.conf
	systemctl daemon-reload
}

has_objects() { # user number
	[ "$(objects_of "$1")" = "$2" ]
}

expect_cleaned() { # user
	wait_for 60 has_objects "$1" 0 || expect_objects "$1" 0
}

is_logged_out() { # user
	! systemctl is-active -q "user@$(id -u "$1").service"
}

helper_is_gone() {
	! pgrep -x ipcclean >/dev/null
}

# The user's leftovers from before, made outside of any session.
leave_objects() { # user
	setpriv --reuid "$1" --regid "$1" --clear-groups /usr/local/bin/ipcobj leak thing >/dev/null
	expect_objects "$1" 6
}

# A session that goes on until the FIFO is closed; comes back when it has left six objects.
open_session() { # user
	mkfifo /run/session
	# shellcheck disable=SC2086
	$SSH alice@127.0.0.1 'ipcobj leak thing >/dev/null && cat >/dev/null' </run/session &
	exec 9>/run/session
	rm /run/session
	wait_for 60 has_objects alice 6
}

close_session() {
	exec 9>&-
	wait
}

scenario_without_the_module_nothing_goes() {
	with_module
	without_module
	without_drop_in
	$SSH alice@127.0.0.1 'ipcobj leak thing' >/dev/null
	wait_for 60 is_logged_out alice
	expect_objects alice 6
	sweep_away alice
}

scenario_ssh_command() {
	with_module
	without_drop_in
	$SSH alice@127.0.0.1 'ipcobj leak thing' >/dev/null
	expect_cleaned alice
	events IPCGUARD_ACTION=removed | grep -q 'Removed shared memory segment' || fail "no event"
}

scenario_ssh_shell() {
	with_module
	without_drop_in
	printf 'ipcobj leak thing\nexit\n' | $SSH -tt alice@127.0.0.1 >/dev/null
	expect_cleaned alice
}

scenario_ssh_sftp() {
	with_module
	without_drop_in
	leave_objects alice
	echo ls | sshpass -p alice sftp -q -o StrictHostKeyChecking=no alice@127.0.0.1 >/dev/null
	expect_cleaned alice
}

scenario_ssh_port_forward() {
	with_module
	without_drop_in
	leave_objects alice
	$SSH -N -L 127.0.0.1:9999:127.0.0.1:22 alice@127.0.0.1 &
	forwards() { bash -c 'exec 3<>/dev/tcp/127.0.0.1/9999' 2>/dev/null; }
	wait_for 60 forwards
	expect_objects alice 6
	pkill -f 'ssh .*9999:127.0.0.1:22'
	wait || true
	expect_cleaned alice
}

scenario_su() {
	with_module
	without_drop_in
	su alice -c 'ipcobj leak thing' >/dev/null
	expect_cleaned alice
}

scenario_su_login_shell() {
	with_module
	without_drop_in
	su - alice -c 'ipcobj leak thing' >/dev/null
	expect_cleaned alice
}

scenario_sudo_login_shell() {
	with_module
	without_drop_in
	sudo -i -u alice ipcobj leak thing >/dev/null
	expect_cleaned alice
}

# A getty on a terminal of its own; the login shell is done as soon as it runs.
scenario_login_on_a_terminal() {
	with_module
	without_drop_in
	printf 'ipcobj leak thing >/dev/null\nexit\n' >/home/alice/.bash_profile
	mkdir -p /run/systemd/system/getty@tty8.service.d
	printf '[Service]\nExecStart=\nExecStart=-/sbin/agetty -o "-p -f -- alice" -a alice --noclear tty8 linux\nRestart=no\n' \
		>/run/systemd/system/getty@tty8.service.d/test.conf
	systemctl daemon-reload
	systemctl start getty@tty8.service
	was_there() { journalctl --sync; journalctl --no-pager --since="$since" | grep -q 'login.*session closed for user alice'; }
	wait_for 60 was_there || fail "no login"
	rm -r /run/systemd/system/getty@tty8.service.d /home/alice/.bash_profile
	expect_cleaned alice
	events IPCGUARD_ACTION=removed | grep -q 'Removed shared memory segment' || fail "no event"
}

scenario_cron() {
	with_module
	without_drop_in
	printf '* * * * * alice /usr/local/bin/ipcobj leak thing >/dev/null; touch /tmp/cron-was-here\n' >/etc/cron.d/leak
	systemctl restart cron
	cron_was_here() { [ -e /tmp/cron-was-here ]; }
	wait_for 150 cron_was_here
	rm /etc/cron.d/leak /tmp/cron-was-here
	expect_cleaned alice
}

scenario_login_program_killed() {
	with_module
	open_session
	pkill -KILL -u root -f 'sshd: alice \[priv\]'
	close_session || true
	expect_cleaned alice
}

scenario_login_program_crashes() {
	with_module
	open_session
	pkill -SEGV -u root -f 'sshd: alice \[priv\]'
	close_session || true
	expect_cleaned alice
}

scenario_terminate_user() {
	with_module
	open_session
	loginctl terminate-user alice
	close_session || true
	expect_cleaned alice
}

scenario_kill_user_processes() {
	with_module
	configure_logind KillUserProcesses=yes
	trap configure_logind EXIT
	$SSH alice@127.0.0.1 'ipcobj leak thing >/dev/null; nohup sleep 600 >/dev/null 2>&1 & sleep 1'
	expect_cleaned alice
}

scenario_two_sessions_of_which_one_ends() {
	with_module
	open_session
	$SSH alice@127.0.0.1 true
	# the helper that the second logout has started waits for processes for 5 s, and gives up
	wait_for 60 helper_is_gone
	expect_objects alice 6
	close_session
	expect_cleaned alice
}

scenario_processes_left_behind() {
	with_module
	printf '[Clean]\nMinAge=0\n' >/etc/ipcguard.conf
	$SSH alice@127.0.0.1 'ipcobj leak thing >/dev/null; nohup sleep 600 >/dev/null 2>&1 & tmux new-session -d; sleep 1'
	wait_for 60 helper_is_gone
	systemctl start ipcguard-sweep.service
	expect_objects alice 6
	pkill -u alice tmux
	pkill -u alice sleep
	wait_for 60 is_logged_out alice
	systemctl start ipcguard-sweep.service
	expect_objects alice 0
	rm /etc/ipcguard.conf
}

scenario_lingering() {
	with_module
	loginctl enable-linger alice
	$SSH alice@127.0.0.1 'ipcobj leak thing' >/dev/null
	wait_for 60 helper_is_gone
	expect_objects alice 6
	loginctl disable-linger alice
	expect_cleaned alice
}

scenario_user_service_still_stopping() {
	with_module
	install -d -o alice -g alice /home/alice/.config/systemd/user
	printf '[Service]\nExecStart=/bin/sleep infinity\nExecStop=/bin/sleep 5\nExecStop=/usr/local/bin/ipcobj leak late\n' \
		>/home/alice/.config/systemd/user/slow.service
	$SSH alice@127.0.0.1 'systemctl --user start slow; ipcobj leak thing' >/dev/null
	wait_for 90 is_logged_out alice
	expect_cleaned alice
	rm -r /home/alice/.config
}

scenario_host_without_logind() {
	with_module
	without_drop_in
	systemctl mask --runtime --now systemd-logind dbus-org.freedesktop.login1.service 2>/dev/null
	$SSH alice@127.0.0.1 'ipcobj leak thing' >/dev/null
	systemctl unmask --runtime systemd-logind dbus-org.freedesktop.login1.service 2>/dev/null
	systemctl start systemd-logind
	expect_cleaned alice
}

# As (sd-pam) does, where systemd doesn't kill it first: the session is closed by the user's own
# process, and no root comes near.
scenario_unprivileged_close() {
	with_module
	without_drop_in
	printf 'session required pam_ipcclean.so\n' >/etc/pam.d/ipcguard-test
	leave_objects alice
	setpriv --reuid alice --regid alice --init-groups pamtester ipcguard-test alice open_session close_session
	expect_cleaned alice
	rm /etc/pam.d/ipcguard-test
}

scenario_module_arguments() {
	with_module
	without_drop_in
	sed -i 's/pam_ipcclean.so.*/pam_ipcclean.so dry_run debug odd wait/' /etc/pam.d/common-session
	leave_objects alice
	su alice -c true
	expect_objects alice 6
	journalctl --sync
	journalctl --no-pager --since="$since" | grep -q 'ipcclean.*would-remove: shm:' || fail "no plan in the log"
	journalctl --no-pager --since="$since" | grep -q 'pam_ipcclean(su:session): odd: no such argument' || fail "not told of"
	sed -i 's/pam_ipcclean.so.*/pam_ipcclean.so wait/' /etc/pam.d/common-session
	su alice -c true
	expect_objects alice 0
	pam-auth-update --disable ipcguard
}

scenario_broken_configuration() {
	with_module
	without_drop_in
	printf '[Clean]\nMinAge=soon\n' >/etc/ipcguard.conf
	su alice -c 'ipcobj leak thing' >/dev/null
	said() { journalctl --sync; journalctl --no-pager --since="$since" | grep -q 'ipcclean.*/etc/ipcguard.conf:2: .*nothing is removed'; }
	wait_for 60 said
	expect_objects alice 6
	rm /etc/ipcguard.conf
	su alice -c true
	expect_cleaned alice
}

scenario_missing_helper() {
	with_module
	without_drop_in
	mv /usr/local/bin/ipcclean /usr/local/bin/away
	su alice -c true || fail "the login fails"
	mv /usr/local/bin/away /usr/local/bin/ipcclean
	journalctl --sync
	journalctl --no-pager --since="$since" | grep -q "pam_ipcclean(su:session): .*can't be started.*No such file" || fail "not told of"
}

scenario_200_logins_of_20_users() {
	with_module
	local n user
	for n in {1..20}; do
		id "user$n" >/dev/null 2>&1 || useradd "user$n"
	done
	one_user() {
		local i
		for i in {1..10}; do
			su "$1" -c "ipcobj leak $1" >/dev/null 2>&1 || true
			# names may still be there from the time before: the objects without a name are new
		done
	}
	# two of them stay logged in
	for n in 1 2; do
		su "user$n" -c 'exec sleep infinity' &
	done
	local logins=()
	for n in {1..20}; do
		one_user "user$n" &
		logins+=($!)
	done
	wait "${logins[@]}"
	echo "all have logged out after $SECONDS s"
	all_gone() {
		for n in {3..20}; do
			has_objects "user$n" 0 || return 1
		done
	}
	# what this load has kept from the module and the managers is for the sweep
	swept_all() {
		systemctl start ipcguard-sweep.service
		all_gone
	}
	if ! (wait_for 60 all_gone); then
		echo "left for the sweep: $(for n in {3..20}; do objects_of "user$n"; done | paste -sd+)"
		printf '[Clean]\nMinAge=0\n' >/etc/ipcguard.conf
		wait_for 90 swept_all
		rm /etc/ipcguard.conf
	fi
	for user in user1 user2; do
		[ "$(objects_of $user)" -ge 6 ] || fail "$user is logged in, and has lost objects"
	done
	pkill -u user1,user2 sleep
	wait
	journalctl --sync
	! journalctl --no-pager --since="$since" | grep -E 'pam_ipcclean\(|ipcclean\[' ||
		fail "more in the journal than the events"
	# a busy machine may reach the deadline, and go on with the next run
	! events -p warning -o json | jq -r '.IPCGUARD_REASON // "deadline"' | grep -v '^deadline$' || fail "warnings"
}

scenario_doctor_sees_what_is_wired() {
	with_module
	rm -f /etc/systemd/logind.conf.d/99-test.conf
	systemctl restart systemd-logind
	systemctl start ipcguard-sweep.timer
	doctor() { ipcclean doctor --json | jq -r '.checks | map(select(.state == "miss") | .name) | join(" ")'; }
	[ "$(doctor)" = "" ] || fail "missing: $(doctor)"
	ipcclean doctor || fail "exit status of one that misses nothing"
	ipcclean doctor | grep -q 'pam .*ok .*common-session.*sshd' || fail "$(ipcclean doctor)"
	systemctl stop ipcguard-sweep.timer
	[ "$(doctor)" = sweep ] || fail "timer stopped: $(doctor)"
	without_module
	[ "$(doctor)" = "pam sweep" ] || fail "no module: $(doctor)"
	mkdir -p /etc/systemd/logind.conf.d
	printf '[Login]\nRemoveIPC=yes\n' >/etc/systemd/logind.conf.d/99-test.conf
	[ "$(doctor)" = "pam removeipc sweep" ] || fail "RemoveIPC=: $(doctor)"
	# the file is right again, and the logind that runs does not know it
	systemctl restart systemd-logind
	rm /etc/systemd/logind.conf.d/99-test.conf
	[ "$(doctor)" = "pam removeipc sweep" ] || fail "the running logind: $(doctor)"
	systemctl restart systemd-logind
	[ "$(doctor)" = "pam sweep" ] || fail "logind restarted: $(doctor)"
}
