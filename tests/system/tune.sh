# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2154,SC2034
# For the topics about apply and revert.

FILE=/etc/sysctl.d/90-ipctune.conf
STATE=/var/lib/ipcguard/ipctune
SEM='32000 1024000000 500'

# Nobody's /etc/sysctl.d and /var/lib but ours; more arguments are for the first one's mount.
private() { # mount-arguments...
	mount -t tmpfs -o mode=0755 "$@" tmpfs /etc/sysctl.d
	mount -t tmpfs -o mode=0755 tmpfs /var/lib
	: >"$work/empty"
	mount --bind "$work/empty" /etc/sysctl.conf
}

# Runs a part of ipctune; what it prints is in $work/out, the result, its last line, in $result.
tune() { # command arguments...
	"$TUNE" "$@" >"$work/out" 2>"$work/err" || true
	result=$(tail -n 1 "$work/out")
}

tune_injected() { # injection command arguments...
	local injection=$1
	shift
	traced -o /dev/null -e trace="${injection%%:*}" -e inject="$injection" "$TUNE" "$@" >"$work/out" \
		2>"$work/err" || true
	result=$(tail -n 1 "$work/out")
}

expect_result() { # word
	[ "$result" = "$1" ] || {
		sed 's/^/# out: /' "$work/out"
		fail "the result is '$result', wanted '$1'"
	}
}

value() { # name
	tr '\t' ' ' <"/proc/sys/${1//.//}"
}

expect_value() { # name value
	[ "$(value "$1")" = "$2" ] || fail "$1 is '$(value "$1")', wanted '$2'"
}

expect_said() { # text
	grep -qF -- "$1" "$work/err" || fail "not said: $1"
}

expect_shown() { # line
	grep -qxF -- "$1" "$work/out" || fail "not shown: $1, but $(cat "$work/out")"
}

# Whatever apply and revert may change.
everything() {
	local name
	for name in shmmax shmall shmmni sem msgmax msgmnb msgmni; do
		echo "$name $(value "kernel.$name")"
	done
	for name in queues_max msg_max msgsize_max; do
		echo "$name $(value "fs.mqueue.$name")"
	done
	find /etc/sysctl.d /var/lib -type f -exec sha256sum {} + | sort
}

# What follows must change nothing.
unchanged() { # command...
	local before
	before=$(everything)
	"$@"
	[ "$(everything)" = "$before" ] || fail "changed: $(diff <(echo "$before") <(everything))"
}
