#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# `make demo`, last part: a workload is measured, what it needs is recommended, explained and applied, and
# half as much again fits; in a private IPC and mount namespace.
set -eu
cd "$(dirname "$0")/.."

if [ "${1:-}" != inside ]; then
	[ "$(id -u)" = 0 ] || exec sudo "$0"
	exec unshare --ipc --mount --propagation private "$PWD/demo/tune.sh" inside
fi

PATH=$PWD/build:$PWD/build/tests/tools:$PATH
mount -t tmpfs tmpfs /etc/sysctl.d
mkdir -p /var/lib/ipcguard
mount -t tmpfs tmpfs /var/lib/ipcguard

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
wanted() { # what it must be, of what it is
	[ "$1" = "$2" ] || { echo "wanted '$1', got '$2'"; exit 1; }
}

say "A host with a table that was made for other kernels, and a web server that makes 100 semaphore sets."
echo 'kernel.sem = 250 32000 100 128' >/etc/sysctl.d/97-database.conf
echo 250 32000 100 128 >/proc/sys/kernel/sem
wanted "100 fine" "$(setpriv --reuid 33 --clear-groups ipcload sem 100 1)"

say "# ipctune record"
ipctune record
ipcrm --all

say "The next day it needs half as much again:"
got=$(setpriv --reuid 33 --clear-groups ipcload sem 150 1)
echo "$got"
wanted "128 ENOSPC" "$got"
ipctune record
ipcrm --all

say "# ipctune check"
ipctune check || true

say "# ipctune explain semmni"
ipctune explain semmni

say "# ipctune apply"
ipctune apply
cat /etc/sysctl.d/90-ipctune.conf

say "And now?"
got=$(setpriv --reuid 33 --clear-groups ipcload sem 150 1)
echo "$got"
wanted "150 fine" "$got"

say "A file that sorts behind ours has the last word at boot: that was said above, and is here."
ipctune explain kernel.sem | tail -n 3
