# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2154
# Wiping, seen from outside of the guest and where the host's kernel has what wiping must cope with.

# Asks the host how often a text stands in all of the guest's memory.
count_in_memory() { # text
	echo "@@count $1" >/dev/ttyS0
	IFS= read -r -t 120 found </dev/ttyS0 || fail "the host does not answer"
	found=${found//[^0-9]/}
}

# A segment full of a secret that stands nowhere in full before: not here, not in the program.
leave_secret() { # halves of the secret
	su -s /bin/sh svc -c "perl -e '"'my $id = shmget(0x5ec, 8 << 20, 0600 | 01000) // die;
		my $s = shift() . shift(); shmwrite($id, $s x ((1 << 20) / length $s), $_ << 20, 1 << 20) for 0 .. 7;
		'"' $1 $2"
}

scenario_secret_stays_in_memory_after_a_plain_removal() {
	leave_secret PlainSecr etOfSvc0
	ipcclean service --uid=svc -q
	expect_objects svc 0
	count_in_memory PlainSecretOfSvc0
	[ "$found" -gt 10000 ] || fail "control: only $found copies found"
}

scenario_secret_is_gone_from_memory_after_wiping() {
	leave_secret WipedSecr etOfSvc1
	ipcclean service --uid=svc -q --wipe
	expect_objects svc 0
	count_in_memory WipedSecretOfSvc1
	# the program's own heap held one block of copies, which is not the segment's to wipe
	[ "$found" -lt 200000 ] || fail "$found copies found"
}

scenario_huge_pages() {
	make_huge_segment
	ipcclean service --uid=svc --wipe=verify --json >/run/huge.json
	jq -e '.objects[0] | .action == "removed" and .wiped_bytes > 0' /run/huge.json || fail "$(cat /run/huge.json)"
	expect_objects svc 0
	sysctl -qw vm.nr_hugepages=0
}

scenario_swapped_pages() {
	dd if=/dev/zero of=/swapfile bs=1M count=256 status=none
	chmod 600 /swapfile
	mkswap -q /swapfile && swapon /swapfile || { echo "# SKIP no swap to be had"; exit 0; }
	local id peek swapped
	id=$(su -s /bin/sh svc -c '/usr/local/bin/ipcobj shm 0x5a 16777216 0600')
	mkfifo /run/peek.in /run/peek.out
	/usr/local/bin/ipcobj peek shm "${id#*:}" </run/peek.in >/run/peek.out &
	exec 8>/run/peek.in 9</run/peek.out
	read -r _ <&9
	/usr/local/bin/ipcobj pageout "${id#*:}"
	swapped=$(awk -v id="${id#*:}" '$2 == id { print $NF }' /proc/sysvipc/shm)
	[ "$swapped" -gt 0 ] || fail "nothing went to swap"
	ipcclean service --uid=svc --wipe=verify --json >/run/swap.json
	jq -e '.objects[0] | .action == "removed" and .wiped_bytes == 16777216' /run/swap.json ||
		fail "swapped $swapped: $(cat /run/swap.json)"
	exec 8>&-
	read -r peek <&9
	[ "$peek" = "data 16777216 nonzero 0" ] || fail "$peek"
	swapoff /swapfile
	rm /swapfile /run/peek.in /run/peek.out
}
