# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2154
# The AppArmor profile, enforced, in a boot of its own: ipcclean does its work and is refused nothing,
# and nothing else can be done in its profile.

with_profile() {
	[ -e /run/profile-is-loaded ] || /run/job/apparmor/apparmor_parser --base /run/job/apparmor -r -K \
		/run/job/apparmor/ipcclean
	touch /run/profile-is-loaded
	trap refused EXIT
}

refused() {
	grep -h 'apparmor="DENIED".*profile="ipcclean"' /var/log/audit/audit.log | sed 's/.*apparmor=/apparmor=/' | tail -n 40
}

# The attacker, who is refused everything, comes last.
expect_nothing_refused() {
	flush_log
	[ -z "$(refused)" ] || fail "refused"
}

expect_confined() {
	events -o json IPCGUARD_ACTION=removed | jq -r ._SELINUX_CONTEXT | sort | uniq -c >/tmp/labels
	grep -q 'ipcclean (enforce)' /tmp/labels || fail "not confined: $(cat /tmp/labels)"
}

scenario_service_enable_and_stop() {
	with_profile
	unit t.service < <(printf '%s\n' User=svc ExecStartPre='/usr/local/bin/ipcobj leak thing' ExecStart='/bin/sleep infinity')
	ipcclean enable t.service
	systemctl start t
	expect_objects svc 6
	systemctl stop t
	expect_objects svc 0
	ipcclean disable t.service
	[ ! -e /etc/systemd/system/t.service.d/50-ipcguard.conf ] || fail "the drop-in is still there"
	expect_confined
	expect_nothing_refused
}

# Without root's rights a queue is asked for by mq_open(3), and its path there is one that the profile denies.
scenario_service_as_its_own_user_keeps_queues() {
	with_profile
	unit t.service < <(printf '%s\n' User=svc ExecStart='/usr/local/bin/ipcobj leak thing')
	drop_in t.service 'ExecStopPost=-/usr/local/bin/ipcclean service -q'
	systemctl start t
	is_done() { events "MESSAGE=ipcclean service t.service: 5 removed (128.0K), 0 kept, 0 failed" | grep ipcclean; }
	wait_for 60 is_done
	expect_objects svc 1
	[ -e /dev/mqueue/thing ] || fail "$(ls /dev/mqueue /dev/shm)"
	expect_confined
	expect_nothing_refused
}

scenario_sweep_that_wipes() {
	with_profile
	leave svc
	printf '[Clean]\nMinAge=0\nWipe=verify\n' >/etc/ipcguard.conf
	systemctl start ipcguard-sweep.service
	rm /etc/ipcguard.conf
	expect_objects svc 0
	expect_confined
	expect_nothing_refused
}

scenario_logout_and_doctor() {
	with_profile
	mkdir -p /etc/systemd/logind.conf.d
	printf '%s\n' '[Login]' RemoveIPC=no UserStopDelaySec=2 >/etc/systemd/logind.conf.d/99-test.conf
	systemctl restart systemd-logind
	sweep_away alice
	DEBIAN_FRONTEND=noninteractive pam-auth-update --enable ipcguard
	$SSH alice@127.0.0.1 'ipcobj leak thing' >/dev/null
	wait_for 60 has_no_objects alice
	expect_confined
	ipcclean doctor >/tmp/doctor || true
	grep -q 'pam .*ok' /tmp/doctor || fail "$(cat /tmp/doctor)"
	expect_nothing_refused
}

ATTACKS='socket(my $s, 2, 1, 0) or exit 1
exec {"/bin/true"} "true"; exit 1
open(my $f, "<", "/etc/shadow") or exit 1
open(my $f, "<", "/root/secret") or exit 1
open(my $f, ">", "/etc/attacked") or exit 1
open(my $f, ">", "/etc/systemd/system/attacked.service") or exit 1
open(my $f, ">>", "/usr/local/bin/ipcobj") or exit 1
open(my $f, ">", "/tmp/attacked") or exit 1
open(my $f, "<", "/var/log/audit/audit.log") or exit 1
syscall(101, 16, $ENV{SLEEPER} + 0, 0, 0) == 0 or exit 1
kill(18, $ENV{SLEEPER}) or exit 1
my $name = "guest"; syscall(170, $name, 5) == 0 or exit 1
my ($from, $to, $type) = ("none", "/mnt", "tmpfs"); syscall(165, $from, $to, $type, 0, 0) == 0 or exit 1
chroot("/mnt") or exit 1'

# perl in the place of ipcclean, where the profile waits for it
scenario_attacker_in_the_profile() {
	with_profile
	local attack n=0
	echo secret >/root/secret
	sleep 600 &
	export SLEEPER=$!
	cp /usr/bin/perl /usr/bin/ipcclean
	confined() { /usr/bin/ipcclean -e "$1"; }
	leave svc
	confined "unlink('/dev/shm/thing') == 1 or exit 1" || fail "can't do its own work"
	sweep_away svc
	while IFS= read -r attack; do
		perl -e "$attack" || fail "is no attack: $attack"
		rm -f /etc/attacked /tmp/attacked /etc/systemd/system/attacked.service
		umount /mnt 2>/dev/null || true
		! confined "$attack" || fail "reached: $attack"
		n=$((n + 1))
	done <<<"$ATTACKS"
	rm /usr/bin/ipcclean
	kill "$SLEEPER"
	[ "$n" = 14 ] || fail "$n attacks"
}
