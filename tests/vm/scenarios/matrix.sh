# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2154,SC2034
# The situation matrix: what ipcclean, systemd's RemoveIPC=yes, ipcrm and the usual shell line make of
# the same situations. alice has logged out (or the unit that ran as svc has stopped); bob lives on.
# Each situation says what should go and what should stay. `tests/vm/run matrix` asks ipcclean alone;
# `make matrix` all of them, and writes docs/situations.md.

CLEANERS="ipcclean removeipc ipcrm epilog"

holders=() fds=()
obj() { # user ipcobj-arguments...
	setpriv --reuid "$1" --regid "$1" --clear-groups /usr/local/bin/ipcobj "${@:2}"
}

start_holder() { # command...
	local n=${#holders[@]} line in out
	mkfifo "/run/in$n" "/run/out$n"
	"$@" <"/run/in$n" >"/run/out$n" 2>/dev/null &
	holders+=($!)
	exec {in}>"/run/in$n" {out}<"/run/out$n"
	fds+=("$in" "$out")
	rm "/run/in$n" "/run/out$n"
	IFS= read -r -t 30 -u "$out" line || fail "did not start: $*"
}

hold() { # user ipcobj-arguments...
	start_holder setpriv --reuid "$1" --regid "$1" --clear-groups /usr/local/bin/ipcobj "${@:2}"
}

release_all() {
	local fd
	for fd in "${fds[@]}"; do
		eval "exec $fd>&-"
	done
	[ ${#holders[@]} = 0 ] || kill -KILL "${holders[@]}" 2>/dev/null || true
	wait 2>/dev/null || true
	holders=() fds=()
}

exists() { # object
	case $1 in
	# one that is marked for destruction (01000) has lost its key: whoever comes next doesn't find it
	shm:*) awk -v id="${1#*:}" 'FNR > 1 && $2 == id && $3 < 1000 { found = 1 } END { exit !found }' /proc/sysvipc/shm ;;
	sem:*) awk -v id="${1#*:}" 'FNR > 1 && $2 == id { found = 1 } END { exit !found }' /proc/sysvipc/sem ;;
	msg:*) awk -v id="${1#*:}" 'FNR > 1 && $2 == id { found = 1 } END { exit !found }' /proc/sysvipc/msg ;;
	pshm:*) [ -e "/dev/shm/${1#pshm:/}" ] ;;
	psem:*) [ -e "/dev/shm/sem.${1#psem:/}" ] ;;
	pmq:*) [ -e "/dev/mqueue/${1#pmq:/}" ] ;;
	esac
}

goes=() stays=()
go() { goes+=("$@"); }
stay() { stays+=("$@"); }

# --- the situations: a logout of alice ---------------------------------------------------------------

logout_01_left_by_a_crashed_program() {
	local o
	for o in $(obj alice leak thing); do go "$o"; done
}
logout_02_segment_attached_by_another_user() {
	stay "$(obj alice shm 0x11 4096 0666)"
	hold bob attach "${stays[0]#*:}"
}
logout_03_segment_attached_read_only() {
	stay "$(obj alice shm 0x11 4096 0644)"
	hold bob attach "${stays[0]#*:}" ro
}
logout_04_shared_memory_mapped_after_close() {
	stay "$(obj alice pshm /mapped 4096 0666)"
	hold bob map /mapped
}
logout_05_shared_memory_open() {
	stay "$(obj alice pshm /opened 4096 0666)"
	hold bob open /opened
}
logout_06_named_semaphore_open() {
	stay "$(umask 0; obj alice psem /lock 0666)"
	hold bob opensem /lock
}
logout_07_posix_queue_open() {
	stay "$(umask 0; obj alice pmq /queue 0666)"
	hold bob openmq /queue
}
logout_08_posix_queue_waited_on() {
	stay "$(umask 0; obj alice pmq /queue 0666)"
	hold bob waitmq /queue
}
logout_09_semaphore_waited_on() {
	stay "$(obj alice sem 0x11 2 0666)"
	hold bob waitsem "${stays[0]#*:}"
}
logout_10_queue_waited_on() {
	stay "$(obj alice msg 0x11 0666)"
	hold bob waitmsg "${stays[0]#*:}"
}
logout_11_last_user_of_a_semaphore_lives() {
	stay "$(obj alice sem 0x11 2 0666)"
	hold bob usesem "${stays[0]#*:}"
}
logout_12_last_user_of_a_queue_lives() {
	stay "$(obj alice msg 0x11 0666)"
	hold bob usemsg "${stays[0]#*:}"
}
logout_13_attached_in_another_pid_namespace() {
	stay "$(obj alice shm 0x11 4096 0666)"
	start_holder unshare --pid --fork --kill-child /usr/local/bin/ipcobj attach "${stays[0]#*:}"
}
logout_14_mapped_in_another_pid_namespace() {
	stay "$(obj alice pshm /mapped 4096 0666)"
	start_holder unshare --pid --fork --kill-child /usr/local/bin/ipcobj map /mapped
}
logout_15_waited_on_in_another_pid_namespace() {
	stay "$(obj alice sem 0x11 1 0666)"
	start_holder unshare --pid --fork --kill-child --mount-proc /usr/local/bin/ipcobj waitsem "${stays[0]#*:}"
}
logout_16_a_daemon_of_hers_lives_on() {
	local o
	for o in $(obj alice leak thing); do stay "$o"; done
	hold alice live
}
logout_17_her_main_thread_has_ended() {
	stay "$(obj alice shm 0 4096 0600)" "$(obj alice pshm /threads 4096 0600)"
	hold alice headless
}
logout_18_she_lingers() {
	stay "$(obj alice shm 0x11 4096 0600)" "$(obj alice pshm /linger 4096 0600)"
	mkdir -p /var/lib/systemd/linger
	touch /var/lib/systemd/linger/alice
}
logout_19_given_to_someone_who_lives() {
	stay "$(obj alice shm 0x11 4096 0600)"
	obj alice give shm "${stays[0]#*:}" "$(id -u bob)"
	hold bob live
}
logout_20_given_to_someone_who_is_gone() {
	go "$(obj alice shm 0x11 4096 0600)"
	obj alice give shm "${goes[0]#*:}" "$(id -u bob)"
}
logout_21_made_by_root_for_her() {
	go "$(ipcobj sem 0 1 0600)"
	ipcobj give sem "${goes[0]#*:}" "$(id -u alice)"
}
logout_22_same_group_other_user() {
	local o
	for o in $(setpriv --reuid bob --regid alice --clear-groups ipcobj leak other); do stay "$o"; done
}
logout_23_another_users_leftovers() {
	local o
	for o in $(obj bob leak other); do stay "$o"; done
}
logout_24_roots_objects() {
	local o
	for o in $(ipcobj leak roots); do stay "$o"; done
}
logout_25_odd_names() {
	local name
	for name in 'a b' $'new\nline' 'ümläut' '-rf' '*' "$(printf 'x%.0s' {1..255})"; do
		obj alice pshm "/$name" 4096 0600 >/dev/null
		go "pshm:/$name"
	done
}
logout_26_below_a_directory() {
	install -d -o alice -g alice /dev/shm/app
	obj alice pshm /app/state 4096 0600 >/dev/null
	go pshm:/app/state
}
logout_27_link_planted_to_another_users_file() {
	obj bob pshm /victim 4096 0600 >/dev/null
	stay pshm:/victim
	setpriv --reuid alice --regid alice --clear-groups ln -s /dev/shm/victim /dev/shm/planted
}
logout_28_directory_link_planted() {
	install -d -o bob -g bob /dev/shm/bobs
	obj bob pshm /bobs/state 4096 0600 >/dev/null
	stay pshm:/bobs/state
	setpriv --reuid alice --regid alice --clear-groups ln -s /dev/shm/bobs /dev/shm/planted
}
logout_29_private_key() { go "$(obj alice shm 0 4096 0600)" "$(obj alice sem 0 1 0600)" "$(obj alice msg 0 0600)"; }
logout_30_negative_key() { go "$(obj alice shm 0x80000001 4096 0600)" "$(obj alice sem 0xffffffff 1 0600)"; }
logout_31_mode_0000() { go "$(obj alice shm 0x11 4096 0)" "$(obj alice sem 0x12 1 0)" "$(obj alice msg 0x13 0)"; }
logout_32_locks_of_podman() {
	stay "$(obj alice pshm /libpod_rootless_lock_1000 4096 0600)"
	go "$(obj alice pshm /something_else 4096 0600)"
}
logout_33_group_with_one_member_open() {
	stay "$(obj alice pshm /fastrtps_port1 10 0666)" "$(obj alice pshm /fastrtps_port1_el 10 0600)" \
		"$(obj alice psem /fastrtps_port1_mutex 0600)"
	go "$(obj alice pshm /fastrtps_port2_el 10 0600)"
	hold bob open /fastrtps_port1
}
logout_34_kept_by_the_administrator() {
	printf '[Clean]\nKeepKeys=0x11\nKeepNames=/mine*\n' >/etc/ipcguard.conf
	stay "$(obj alice shm 0x11 4096 0600)" "$(obj alice pshm /mine 4096 0600)"
	go "$(obj alice shm 0x12 4096 0600)" "$(obj alice pshm /other 4096 0600)"
}
logout_35_unread_messages_that_count() {
	printf '[Clean]\nKeepUnread=yes\n' >/etc/ipcguard.conf
	stay "$(obj alice msg 0x11 0600 1)"
	go "$(obj alice msg 0x12 0600)"
}
logout_36_only_a_zombie_is_left() {
	go "$(obj alice shm 0 4096 0600)"
	start_holder perl -e '
		$| = 1; my $pid = fork // die; my ($u) = (getpwnam "alice")[2];
		if (!$pid) { syscall(117, $u, $u, $u); exit 0 }
		my $state = ""; until ($state =~ /^State:\tZ.*\n(.*\n)*Uid:\t$u/m) {
			open(my $f, "<", "/proc/$pid/status"); local $/; $state = <$f>; }
		print "ready\n"; <STDIN>;'
}

# --- a unit of svc stops ---------------------------------------------------------------------------

service_37_left_by_a_crashed_service() {
	local o
	for o in $(obj svc leak thing); do go "$o"; done
}
service_38_a_client_has_its_segment_attached() {
	stay "$(obj svc shm 0x11 4096 0666)"
	hold bob attach "${stays[0]#*:}"
}
service_39_a_client_waits_on_its_queue() {
	stay "$(obj svc msg 0x11 0666)"
	hold bob waitmsg "${stays[0]#*:}"
}
service_40_another_service_of_the_same_user_runs() {
	local o
	for o in $(obj svc leak others); do stay "$o"; done
	hold svc live
}
service_41_another_user_of_the_same_group() {
	local o
	for o in $(setpriv --reuid bob --regid "$(id -g svc)" --clear-groups ipcobj leak other); do stay "$o"; done
}
service_42_leases_are_switched_off() {
	sysctl -qw fs.leases-enable=0
	stay "$(obj svc pshm /unknown 4096 0666)"
	go "$(obj svc shm 0x11 4096 0600)"
	hold bob map /unknown
}

# --- the cleaners -------------------------------------------------------------------------------------

clean_ipcclean() { # context
	if [ "$1" = logout ]; then
		ipcclean user -q alice
	else
		systemd-run -q --wait -p User=svc -p 'ExecStopPost=-+/usr/local/bin/ipcclean service -q' /bin/true
	fi
}

clean_removeipc() {
	if [ "$1" = logout ]; then
		su alice -c true
		is_gone() { ! systemctl is-active -q "user@$(id -u alice).service" && ! loginctl user-status alice >/dev/null 2>&1; }
		[ -e /var/lib/systemd/linger/alice ] || wait_for 60 is_gone
	else
		systemd-run -q --wait -p User=svc -p RemoveIPC=yes /bin/true
	fi
}

clean_ipcrm() {
	ipcrm --all
}

clean_epilog() {
	local user=alice
	[ "$1" = logout ] || user=svc
	ipcs -m | awk -v u=$user '$3 == u { print $2 }' | xargs -rn1 ipcrm -m
	ipcs -s | awk -v u=$user '$3 == u { print $2 }' | xargs -rn1 ipcrm -s
	ipcs -q | awk -v u=$user '$3 == u { print $2 }' | xargs -rn1 ipcrm -q
	find /dev/shm /dev/mqueue -user $user -type f -delete
}

# What was made of it: "right", or what was taken from somebody and what was left.
verdict() {
	local o taken="" left=""
	for o in "${stays[@]}"; do
		exists "$o" || taken+=" ${o%%:*}"
	done
	for o in "${goes[@]}"; do
		! exists "$o" || left+=" ${o%%:*}"
	done
	[ -z "$taken" ] || taken="**takes**$(tr ' ' '\n' <<<"$taken" | sort -u | tr '\n' ' ')"
	[ -z "$left" ] || left="leaves$(tr ' ' '\n' <<<"$left" | sort -u | tr '\n' ' ')"
	[ -n "$taken$left" ] && echo "${taken% }${taken:+${left:+, }}${left% }" || echo right
}

tear_down() {
	release_all
	sysctl -qw fs.leases-enable=1
	rm -f /var/lib/systemd/linger/alice /etc/ipcguard.conf
	rm -rf /dev/shm/* /dev/mqueue/*
	ipcrm --all 2>/dev/null || true
}

try() { # situation cleaner
	goes=() stays=()
	"$1"
	"clean_$2" "${1%%_*}" >/dev/null 2>&1 || true
	verdict
	tear_down
}

wanted() { # after a try
	local text=""
	[ ${#goes[@]} = 0 ] || text="${#goes[@]} go"
	[ ${#stays[@]} = 0 ] || text+="${text:+, }${#stays[@]} stay"
	echo "$text"
}

situations() { declare -F | sed -n 's/^declare -f \(\(logout\|service\)_[0-9].*\)$/\1/p'; }

in_words() { # situation
	local text=${1#*_}
	text=${text#*_}
	echo "${text//_/ }"
}

scenario_ipcclean_is_right_in_every_situation() {
	local situation got wrong=0 n=0
	tear_down
	for situation in $(situations); do
		try "$situation" ipcclean >/run/verdict
		got=$(cat /run/verdict)
		n=$((n + 1))
		[ "$got" = right ] || { echo "$situation: $got"; wrong=1; }
	done
	[ $n -ge 40 ] || fail "only $n situations"
	return $wrong
}

# For `make matrix`: a row of the table a situation, on the console.
matrix() {
	local situation cleaner row n=0
	declare -A right=()
	pam-auth-update --disable ipcguard 2>/dev/null || true
	mkdir -p /etc/systemd/logind.conf.d
	printf '[Login]\nRemoveIPC=yes\nUserStopDelaySec=0\n' >/etc/systemd/logind.conf.d/99-test.conf
	mkdir -p /run/systemd/system/user@.service.d
	ln -sf /dev/null /run/systemd/system/user@.service.d/50-ipcguard.conf
	systemctl daemon-reload
	systemctl restart systemd-logind
	tear_down
	echo '| | situation | should | ipcclean | RemoveIPC=yes | ipcrm --all | ipcs, awk, ipcrm |'
	echo '| --- | --- | --- | --- | --- | --- | --- |'
	for situation in $(situations); do
		n=$((n + 1))
		row=""
		for cleaner in $CLEANERS; do
			try "$situation" "$cleaner" >/run/verdict
			row+=" $(cat /run/verdict) |"
			if [ "$(cat /run/verdict)" = right ]; then
				right[$cleaner]=$((${right[$cleaner]:-0} + 1))
			fi
		done
		echo "| ${situation%%_*} | $(in_words "$situation") | $(wanted) |$row"
	done
	row=""
	for cleaner in $CLEANERS; do
		row+=" ${right[$cleaner]:-0} of $n |"
	done
	echo "| | **right** | |$row"
}
