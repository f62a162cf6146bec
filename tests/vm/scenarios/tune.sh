# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2154
# ipctune on a host that boots: which line decides, as systemd-sysctl.service itself does it, and what has
# been applied is what the next boot brings.

FILE=/etc/sysctl.d/90-ipctune.conf
MADE=/run/made-by-scenarios
FULL=/run/full-by-scenarios

put() { # file line...
	local file=$1
	shift
	mkdir -p "${file%/*}"
	rm -f "$file"
	printf '%s\n' "$@" >"$file"
	echo "$file" >>"$MADE"
	# in /run, SELinux's policy keeps files of no known kind from systemd-sysctl
	chcon -t etc_t "$file"
}

mask() { # file
	ln -s /dev/null "$1"
	echo "$1" >>"$MADE"
}

# Also what a scenario that failed has left.
clear_away() {
	! mountpoint -q "$FULL" || umount "$FULL"
	[ ! -e "$MADE" ] || xargs rm -f <"$MADE"
	rm -f "$MADE" "$FILE"
	sysctl -qw kernel.shmmni=4096 kernel.msgmax=8192 kernel.msgmnb=16384 kernel.msgmni=32000 \
		kernel.sem='32000 1024000000 500 32000' kernel.shmmax=18446744073692774399 kernel.shmall=18446744073692774399
}

boot_sysctls() {
	# a boot starts it once: so often in ten seconds, systemd would not
	systemctl reset-failed systemd-sysctl 2>/dev/null || true
	systemctl restart systemd-sysctl || true
}

# What ipctune says decides on it: "FILE:LINE VALUE", or "nobody".
named_winner() { # sysctl
	local at
	at=$(ipctune explain "$1" --json | jq -r '.parameters[0].evidence.set_by | if . then "\(.file) \(.line)" else "nobody" end')
	if [ "$at" = nobody ]; then
		echo nobody
	else
		echo "${at/ /:} $(sed -n "${at#* }p" "${at% *}" | tr -d '\r' | sed 's/^[^=]*=[ \t]*//; s/[ \t]*$//')"
	fi
}

compare() { # sysctl value-if-nobody-sets-it
	local winner value
	winner=$(named_winner "$1")
	value=$(sysctl -n "$1" | tr '\t' ' ')
	[ "$winner" != nobody ] || winner="nobody $2"
	[ "${winner#* }" = "$value" ] || fail "$1: in force is $value, and the winner is said to be $winner"
	echo "$1 is $value, by ${winner%% *}"
}

a_dozen_files() {
	put /usr/lib/sysctl.d/10-vendor.conf 'kernel.shmmni = 101' 'kernel.msgmni = 102' 'kernel.msgmnb = 103'
	put /usr/lib/sysctl.d/60-same.conf 'kernel.shmmni = 111'
	put /usr/local/lib/sysctl.d/60-same.conf 'kernel.msgmax = 122'
	put /run/sysctl.d/50-run.conf 'kernel/sem=131 32000 32 128' 'kernel.shmmni=132'
	put /etc/sysctl.d/20-etc.conf '# kernel.shmmni = 1' ' ; kernel.shmmni = 2' 'kernel.shmall = 143' 'kernel.shmmni'
	put /etc/sysctl.d/30-glob.conf 'kernel.msg* = 151' 'kernel.msgmni = 152' '-kernel.msgmax'
	put /etc/sysctl.d/40-globs.conf 'kernel.shmma? = 10000161' 'kernel.sh[m]max = 10000162' 'kernel.shmma? = 10000161'
	put /etc/sysctl.d/9-first.conf 'kernel.sem = 171 32000 32 128'
	put /etc/sysctl.d/99-windows.conf $'kernel.msgmnb = 181\r' $'\r'
	put /etc/sysctl.d/A-capital.conf 'kernel.shmall = 191'
	put /etc/sysctl.d/z-last.conf '-kernel.shmall = 201'
	put /etc/sysctl.d/not-read.txt 'kernel.shmmni = 211'
}

scenario_precedence_is_systemds() {
	clear_away
	a_dozen_files
	boot_sysctls
	compare kernel.shmmni 4096
	compare kernel.msgmni 32000
	compare kernel.msgmnb 16384
	compare kernel.msgmax 8192
	compare kernel.sem '32000 1024000000 500 32000'
	compare kernel.shmall 18446744073692774399
	compare kernel.shmmax 18446744073692774399
	# the cases that the files were made for
	[ "$(sysctl -n kernel.shmmni kernel.msgmni kernel.msgmnb kernel.msgmax kernel.shmall kernel.shmmax | xargs)" = \
		'132 152 181 122 201 10000162' ] || fail "the files say something else"
	clear_away
}

scenario_masks_and_procps_file() {
	local saved
	clear_away
	saved=$(cat /etc/sysctl.conf)
	put /usr/lib/sysctl.d/50-x.conf 'kernel.shmmni = 301'
	boot_sysctls
	compare kernel.shmmni 4096
	clear_away
	put /usr/lib/sysctl.d/50-x.conf 'kernel.shmmni = 301'
	mask /etc/sysctl.d/50-x.conf
	boot_sysctls
	compare kernel.shmmni 4096
	[ "$(sysctl -n kernel.shmmni)" = 4096 ] || fail "the mask masks nothing"
	echo 'kernel.shmmni = 302' >>/etc/sysctl.conf
	rm -f /etc/sysctl.d/99-sysctl.conf
	boot_sysctls
	compare kernel.shmmni 4096
	ln -s ../sysctl.conf /etc/sysctl.d/99-sysctl.conf
	boot_sysctls
	compare kernel.shmmni 4096
	[ "$(sysctl -n kernel.shmmni)" = 302 ] || fail "the link leads nowhere"
	printf '%s\n' "$saved" >/etc/sysctl.conf
	clear_away
}

scenario_applied_is_what_the_next_boot_brings() {
	local n applied
	clear_away
	put /etc/sysctl.d/50-table.conf 'kernel.shmmni = 8'
	boot_sysctls
	for n in 1 2 3 4 5 6 7 8; do
		ipcobj shm "0x7a$n" 10 0600
	done >/run/segments
	ipctune apply || fail "status $?"
	applied=$(sysctl -n kernel.shmmni)
	[ "$applied" -gt 8 ] || fail "shmmni is $applied"
	sysctl -qw kernel.shmmni=8
	boot_sysctls
	[ "$(sysctl -n kernel.shmmni)" = "$applied" ] || fail "the boot brought $(sysctl -n kernel.shmmni)"
	put /etc/sysctl.d/95-later.conf 'kernel.shmmni = 9'
	ipctune apply 2>&1 | grep -q '/etc/sysctl.d/95-later.conf:1: sets kernel.shmmni to 9' || fail "not named"
	rm /etc/sysctl.d/95-later.conf
	ipctune revert || fail "revert: status $?"
	[ ! -e "$FILE" ] || fail "the file is there"
	[ "$(sysctl -n kernel.shmmni)" = 8 ] || fail "revert left $(sysctl -n kernel.shmmni)"
	sed 's/shm://' /run/segments | xargs -n 1 ipcrm -m
	clear_away
}

# Memory that is full, of which a product asks for more than is left; but not for more than 70 % of all.
scenario_huge_pages_in_part_are_no_silent_success() {
	local status=0 granted memory pages
	clear_away
	sysctl -qw vm.nr_hugepages=0
	memory=$(awk '/^MemTotal:/ { print int($2 / 1024) }' /proc/meminfo)
	mkdir -p "$FULL"
	mount -t tmpfs -o size=90% full "$FULL"
	head -c $((memory / 2))M /dev/zero >"$FULL/file"
	pages=$((memory * 65 / 100 / 2))
	ipctune apply --for=jvm:bytes=$((pages * 2))M >/run/out 2>/run/err || status=$?
	cat /run/out /run/err
	[ "$status" = 1 ] || fail "status $status"
	granted=$(sysctl -n vm.nr_hugepages)
	[ "$granted" -gt 0 ] && [ "$granted" -lt "$pages" ] || fail "granted $granted of $pages"
	grep -q "vm.nr_hugepages: granted $granted of $pages" /run/err || fail "not said"
	grep -qx "vm.nr_hugepages = $pages" "$FILE" || fail "the file lacks it"
	ipctune revert || fail "revert: status $?"
	[ "$(sysctl -n vm.nr_hugepages)" = 0 ] || fail "$(sysctl -n vm.nr_hugepages) are left"
	umount "$FULL"
	ipctune apply --for=jvm:bytes=8M || fail "few pages: status $?"
	[ "$(sysctl -n vm.nr_hugepages)" = 4 ] || fail "$(sysctl -n vm.nr_hugepages) of 4"
	ipctune revert
	clear_away
}

# What would leave no memory to boot with is neither tried nor written.
scenario_more_huge_pages_than_memory_are_refused() {
	local status=0
	clear_away
	sysctl -qw vm.nr_hugepages=0
	ipctune apply --for=jvm:bytes=8G >/run/out 2>/run/err || status=$?
	[ "$status" = 1 ] || fail "status $status"
	grep -q 'vm.nr_hugepages: more is wanted than memory bears; nothing is changed' /run/err || fail "$(cat /run/err)"
	[ "$(sysctl -n vm.nr_hugepages)" = 0 ] || fail "$(sysctl -n vm.nr_hugepages) pages"
	[ ! -e "$FILE" ] || fail "there is a file"
	clear_away
}
