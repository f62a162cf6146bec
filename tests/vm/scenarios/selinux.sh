# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2154
# The policy module, enforcing. ipcclean does all of its work confined, and nothing else can be done
# in its domain; ipcavc finds the object of every denial that the kernel knows. That none of
# ipcguard's domains is denied anything is looked at once more when all topics have run (guest-main).

contexts() { # of what has removed
	events -o json IPCGUARD_ACTION=removed | jq -r ._SELINUX_CONTEXT | sort | uniq -c
}

expect_confined() {
	local seen
	seen=$(contexts)
	[[ $seen == *:ipcclean_t:* ]] || fail "nothing was removed in ipcclean_t: $seen"
	[[ $seen != *:initrc_t:* && $seen != *:unconfined_t:* && $seen != *:sshd_t:* ]] || fail "not confined: $seen"
}

scenario_service_stop_confined() {
	unit t.service < <(printf '%s\n' User=svc ExecStartPre='/usr/local/bin/ipcobj leak thing' ExecStart='/bin/sleep infinity')
	ipcclean enable t.service
	systemctl start t
	expect_objects svc 6
	systemctl stop t
	expect_objects svc 0
	expect_confined
}

scenario_service_with_baseline_as_its_own_user_confined() {
	unit t.service < <(printf '%s\n' User=svc ExecStart='/usr/local/bin/ipcobj leak thing')
	drop_in t.service 'ExecStartPre=+/usr/local/bin/ipcclean baseline' 'ExecStopPost=-/usr/local/bin/ipcclean service -q'
	systemctl start t
	wait_for 60 has_no_objects svc
	expect_confined
}

scenario_logout_confined() {
	mkdir -p /etc/systemd/logind.conf.d
	printf '%s\n' '[Login]' RemoveIPC=no UserStopDelaySec=2 >/etc/systemd/logind.conf.d/99-test.conf
	systemctl restart systemd-logind
	sweep_away alice
	DEBIAN_FRONTEND=noninteractive pam-auth-update --enable ipcguard
	$SSH alice@127.0.0.1 'ipcobj leak thing' >/dev/null
	wait_for 60 has_no_objects alice
	expect_confined
	rm /etc/systemd/logind.conf.d/99-test.conf
}

scenario_sweep_that_wipes_confined() {
	leave svc
	printf '[Clean]\nMinAge=0\nWipe=verify\n' >/etc/ipcguard.conf
	systemctl start ipcguard-sweep.service
	rm /etc/ipcguard.conf
	expect_objects svc 0
	expect_confined
	[ -n "$(events IPCGUARD_ACTION=removed IPCGUARD_KIND=pshm)" ] || fail "no event"
}

# Which queue somebody sleeps on is for those who may trace: without that, all queues are kept.
scenario_sleeper_on_a_queue() {
	local one other
	sweep_away alice
	one=$(setpriv --reuid alice --regid alice --clear-groups ipcobj msg 0 0666)
	other=$(setpriv --reuid alice --regid alice --clear-groups ipcobj msg 0 0666)
	coproc setpriv --reuid bob --regid bob --clear-groups ipcobj waitmsg "${one#*:}"
	read -r _ <&"${COPROC[0]}"
	# the file that all output goes to here is none of its own
	clean() { runcon -u system_u -r system_r -t ipcclean_t ipcclean user alice --json 2>&1 | cat; }
	reason() { jq -r --arg id "${1#*:}" '.objects[] | select(.id == ($id | tonumber)) | .reason'; }
	clean >/tmp/plan
	[ "$(reason "$one" </tmp/plan) $(reason "$other" </tmp/plan)" = "not-visible not-visible" ] || fail "$(cat /tmp/plan)"
	setsebool ipcguard_ptrace on
	clean >/tmp/plan
	setsebool ipcguard_ptrace off
	[ "$(reason "$one" </tmp/plan) $(reason "$other" </tmp/plan)" = "waiters unused" ] || fail "$(cat /tmp/plan)"
	kill "$COPROC_PID"
	sweep_away alice
}

# By themselves they run as they are, so that enable can write its drop-in; the boolean confines them.
scenario_administrator() {
	sweep_away alice
	leave alice
	ipcclean user alice >/dev/null
	[[ $(contexts) == *:unconfined_t:* ]] || fail "$(contexts)"
	leave alice
	since=@$(date +%s.%6N)
	setsebool ipcclean_confine_admin on
	ipcclean user alice 2>&1 | cat
	setsebool ipcclean_confine_admin off
	expect_objects alice 0
	expect_confined
}

# Records as its unit has it, in its domain: what it was is told by the record of its execve(2).
scenario_recorder_confined() {
	leave svc
	auditctl -a always,exit -F path=/usr/local/bin/ipctune -F perm=x -k ran-ipctune >/dev/null
	rm -rf /var/lib/ipcguard/ipctune.db*
	systemctl start ipctune-record.service || fail "$(journalctl --no-pager -n 5 -u ipctune-record.service)"
	systemctl start ipctune-record.service || fail "again: $(journalctl --no-pager -n 5 -u ipctune-record.service)"
	auditctl -d always,exit -F path=/usr/local/bin/ipctune -F perm=x -k ran-ipctune >/dev/null
	flush_log
	[ "$(grep -a '^type=SYSCALL.*ran-ipctune' /var/log/audit/audit.log | grep -c 'subj=system_u:system_r:ipctune_t:s0')" = 2 ] ||
		fail "$(grep -a ran-ipctune /var/log/audit/audit.log)"
	# two of one second are one
	[ "$(ipctune history --csv | tail -n +2 | wc -l)" -ge 1 ] || fail "$(ipctune history --csv)"
	# by itself it is in nobody's way: whoever runs it is what they were
	[[ $(ls -Z /var/lib/ipcguard/ipctune.db) == *:ipcguard_var_lib_t:* ]] || fail "$(ls -Z /var/lib/ipcguard)"
	sweep_away svc
}

# As it is installed, but for the word that turns it on: a denial of this moment is told in the system's log.
scenario_plugin_of_auditd_confined() {
	local key=0x61fff
	sed -i 's/^active = no/active = yes/' /etc/audit/plugins.d/ipcavc.conf
	pkill -HUP -x auditd
	in_its_domain() { grep -qa ':ipcavc_t:' "/proc/$(pgrep -x ipcavc)/attr/current"; }
	wait_for 60 in_its_domain
	install /run/job/selinux/ask /usr/local/bin/ask
	echo "shm_getattr $((key))" | runcon system_u:system_r:ipctest_owner_t:s0 /usr/local/bin/ask make | cat
	echo "ipctest_shm_getattr_t shm_getattr $((key))" |
		runcon system_u:system_r:ipctest_owner_t:s0 /usr/local/bin/ask | grep -q ' 13$' || fail "not denied"
	is_told() {
		journalctl --sync
		journalctl --no-pager --since="$since" -t ipcavc | grep -q "denied { getattr }.*0x00061fff"
	}
	wait_for 60 is_told
	sed -i 's/^active = yes/active = no/' /etc/audit/plugins.d/ipcavc.conf
	pkill -HUP -x auditd
	has_ended() { ! pgrep -x ipcavc; }
	wait_for 60 has_ended
	sweep_away alice
}

# A program of an attacker's, started as ipcclean is. Each of these works for root (that is tried
# first), and not in ipcclean's domain.
ATTACKS='socket(my $s, 2, 1, 0) or exit 1
exec {"/bin/true"} "true"; exit 1
exec {"/usr/local/bin/ipcclean"} "ipcclean", "--version"; exit 1
open(my $f, "<", "/etc/shadow") or exit 1
open(my $f, "<", "/root/secret") or exit 1
open(my $f, ">", "/etc/attacked") or exit 1
open(my $f, ">", "/usr/local/bin/attacked") or exit 1
open(my $f, ">", "/tmp/attacked") or exit 1
open(my $f, ">", "/dev/shm/attacked") or exit 1
open(my $f, ">>", "/etc/systemd/system/attacked.service") or exit 1
open(my $f, ">", "/proc/sys/kernel/hostname") or exit 1
open(my $f, "<", "/var/log/audit/audit.log") or exit 1
opendir(my $d, "/root") or exit 1
syscall(101, 16, $ENV{SLEEPER} + 0, 0, 0) == 0 or exit 1
my $pid = $ENV{SLEEPER}; open(my $f, "<", "/proc/$pid/mem") or exit 1
my $pid = $ENV{SLEEPER}; kill(18, $pid) or exit 1
my $name = "guest"; syscall(170, $name, 5) == 0 or exit 1
my ($from, $to) = ("none", "/mnt"); my $type = "tmpfs"; syscall(165, $from, $to, $type, 0, 0) == 0 or exit 1
chroot("/mnt") or exit 1
mkdir("/mnt/attacked") or exit 1
open(my $f, ">", "/proc/self/attr/exec") or exit 1; syswrite($f, "unconfined_u:unconfined_r:unconfined_t:s0") or exit 1
open(my $f, ">", "/sys/fs/selinux/enforce") or exit 1; syswrite($f, "1") or exit 1
defined shmget(0x6174, 4096, 01600) or exit 1'

scenario_attacker_in_the_domain() {
	cp /usr/bin/perl /usr/local/bin/attacker
	chcon -t ipcclean_exec_t /usr/local/bin/attacker
	echo secret >/root/secret
	sleep 600 &
	export SLEEPER=$!
	local attack n=0
	confined() { runcon -u system_u -r system_r -t ipcclean_t /usr/local/bin/attacker -e "$1"; }
	# what it is for works: the program is not just broken in there
	leave svc
	confined "\$( = \$) = $(id -g svc); \$< = \$> = $(id -u svc); unlink('/dev/shm/thing') == 1 or exit 1" || fail "can't do its own work"
	sweep_away svc
	while IFS= read -r attack; do
		perl -e "$attack" || fail "is no attack: $attack"
		rm -rf /etc/attacked /usr/local/bin/attacked /tmp/attacked /dev/shm/attacked /mnt/attacked /etc/systemd/system/attacked.service
		umount /mnt 2>/dev/null || true
		ipcrm -M 0x6174 2>/dev/null || true
		! confined "$attack" || fail "reached: $attack"
		n=$((n + 1))
	done <<<"$ATTACKS"
	rm /usr/local/bin/attacker
	kill "$SLEEPER"
	[ "$n" = 23 ] || fail "$n attacks"
}

# --- ipcavc: every permission, cases.sh -----------------------------------------------------------

# Prints the cases of which not this came: 13 is EACCES.
ask_all() { # status what: own or neighbour
	local case
	for case in $CASES; do
		if [ "$2" = own ]; then
			echo "ipctest_${case}_t $case ${keys[$case]}"
		else
			echo "ipctest_${case}_t $(case_neighbour "$case") ${keys[$case]}"
		fi
	done | runcon system_u:system_r:ipctest_owner_t:s0 /usr/local/bin/ask | grep -v " $1\$" | sed "s/^/not $1 but: /" || true
}

# Each case has one denial, and it is the case's own, on the case's own object. Prints those that don't.
check_denials() {
	local case domain
	for case in $CASES; do
		domain=ipctest_${case}_t
		# who asks to be put into a queue is the message
		[ "$case" != msgq_enqueue ] || domain=ipctest_message_t
		printf '%s %s %s %s 0x%08x /ask-%d\n' "$case" $domain "$(case_class "$case")" "${case#*_}" \
			"${keys[$case]}" "${keys[$case]}"
	done >/tmp/cases
	jq -r --rawfile cases /tmp/cases --argjson uid "$(id -u alice)" '.denials as $all | $cases | split("\n")[] |
		select(length > 0) | split(" ") as [$case, $domain, $class, $permission, $key, $name] |
		[$all[] | select(.scontext | contains(":" + $domain + ":"))] as $found |
		select(($found | length == 1) and ($found[0] | .class == $class and .permissions == [$permission] and
			if $permission == "create" then .object == null
			else .match != "none" and .object.uid == $uid and
				if $class == "file" then .object.name == $name else .object.key == $key and .key == $key end
			end) | not) | "\($case): \($found | tojson)"' /tmp/denials
}

scenario_every_permission_is_explained_and_its_rule_is_enough() {
	. /run/job/selinux/cases.sh
	local case wrong='' n=0x61000
	declare -A keys
	export LC_ALL=C
	for case in $CASES; do
		keys[$case]=$((n++))
	done
	install /run/job/selinux/ask /usr/local/bin/ask
	for case in $CASES; do
		echo "$case ${keys[$case]}"
	done | runcon system_u:system_r:ipctest_owner_t:s0 /usr/local/bin/ask make | cat

	wrong=$(ask_all 13 own)
	flush_log
	ipcavc --json --since="${since%.*}" >/tmp/denials || [ $? = 1 ]
	wrong+=$(check_denials)
	[ -z "$wrong" ] || fail "$wrong"

	ipcavc --suggest --since="${since%.*}" | grep -oE '\(allow ipctest_.*\)$' | sort -u >/tmp/suggested.cil
	[ "$(wc -l </tmp/suggested.cil)" = "$(wc -w <<<"$CASES")" ] || fail "$(cat /tmp/suggested.cil)"
	semodule -i /tmp/suggested.cil
	# the neighbours first: what may be destroyed is gone after it
	wrong=$(ask_all 13 neighbour)$(ask_all 0 own)
	[ -z "$wrong" ] || fail "$wrong"
	semodule -r suggested
	sweep_away alice
}
