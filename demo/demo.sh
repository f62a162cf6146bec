#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# `make demo`: the main job on real objects, without a running systemd, in a private IPC and mount
# namespace: nothing of the host is touched. Ends with a verdict; its status is 0 only if all is right.
set -eu
cd "$(dirname "$0")/.."

if [ "${1:-}" != inside ]; then
	[ "$(id -u)" = 0 ] || exec sudo "$0"
	exec unshare --ipc --mount --propagation private "$PWD/demo/demo.sh" inside
fi

ipcclean=$PWD/build/ipcclean ipcobj=$PWD/build/tests/tools/ipcobj
service_uid=64001 other_uid=64002
mount -t tmpfs -o mode=1777 tmpfs /dev/shm
mount -t tmpfs -o mode=0755 tmpfs /run
mkdir /run/mqueue
mount -t mqueue mqueue /run/mqueue

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
as() { setpriv --reuid "$1" --regid "$1" --clear-groups "${@:2}"; }

objects() {
	awk 'FNR > 1 { print "shm:" $2, "uid " $8 }' /proc/sysvipc/shm
	awk 'FNR > 1 { print "sem:" $2, "uid " $5 }' /proc/sysvipc/sem
	awk 'FNR > 1 { print "msg:" $2, "uid " $8 }' /proc/sysvipc/msg
	find /dev/shm -type f -name 'sem.*' -printf 'psem:/%f uid %U\n' | sed 's#/sem\.#/#'
	find /dev/shm -type f ! -name 'sem.*' -printf 'pshm:/%f uid %U\n'
	find /run/mqueue -type f -printf 'pmq:/%f uid %U\n'
}

holders=()
hold() { # uid command...: a process that has something in use until the demo ends
	local n=${#holders[@]}
	mkfifo "/run/in$n" "/run/out$n"
	as "$1" "$ipcobj" "${@:2}" <"/run/in$n" >"/run/out$n" &
	holders+=($!)
	eval "exec $((20 + n))>/run/in$n"
	read -r _ <"/run/out$n"
}
trap 'kill "${holders[@]}" 2>/dev/null || true' EXIT

say "A service of uid $service_uid makes one object of each of the six kinds, and dies."
left=$(as $service_uid "$ipcobj" leak worker)
used=$(as $service_uid "$ipcobj" shm 0xcafe 1048576 0666; as $service_uid "$ipcobj" pshm /shared-cache 1048576 0666)
echo "$left"
say "Two more of its objects are in use by uid $other_uid, which also has objects of its own."
hold $other_uid attach "$(sed -n 's/^shm://p' <<<"$used")"
hold $other_uid map /shared-cache
others=$(as $other_uid "$ipcobj" leak neighbour)
echo "$used"

say "Before: everything there is"
objects | sort | tee /run/before | column -t

say "# ipcclean service --uid=$service_uid --wipe -v"
"$ipcclean" service --uid=$service_uid --wipe -v

say "After: what went, what stayed"
objects | sort >/run/after
while read -r object _ uid; do
	if grep -q "^$object " /run/after; then
		echo "$object uid $uid stayed"
	else
		echo "$object uid $uid went"
	fi
done </run/before | column -t

wrong=0
for object in $left; do
	! grep -q "^$object " /run/after || { echo "wrong: $object was left behind"; wrong=1; }
done
for object in $used $others; do
	grep -q "^$object " /run/after || { echo "wrong: $object was removed"; wrong=1; }
done
[ $wrong = 1 ] || say "As it should be: what the dead service left is gone and overwritten; what is in use, and what is another's, is there."
exit $wrong
