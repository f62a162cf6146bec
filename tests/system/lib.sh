# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# For the system tests: each runs in an IPC and mount namespace of its own, with its own /dev/shm,
# /run and queues, on real objects of throwaway uids, and asserts on the kernel's state and on JSON.

IPCCLEAN=${IPCCLEAN:-$PWD/build/ipcclean}
IPCAUDIT=${IPCAUDIT:-$PWD/build/ipcaudit}
IPCAVC=${IPCAVC:-$PWD/build/ipcavc}
IPCTUNE=${IPCTUNE:-$PWD/build/ipctune}
IPCHARDEN=${IPCHARDEN:-$PWD/build/ipcharden}
IPCOBJ=${IPCOBJ:-$PWD/build/tests/tools/ipcobj}
IPCWAIT=${IPCWAIT:-$PWD/build/tests/tools/ipcwait}
TUNE=${TUNE:-$PWD/build/tests/tools/tune}
# uids that nobody on the machine has; people's, and a system user's
# (tests run side by side, and processes are seen across namespaces: each run and slot has its own)
ALICE=$((${UID_BASE:-200000} + 10 * ${SLOT:-0})) BOB=$((ALICE + 1)) DAEMON=$((730 + ${SLOT:-0}))
work=""
holders=()
holders_started=0

# Called in the test's own namespaces, before the test.
setup() {
	mount --make-rprivate /
	mount -t tmpfs -o mode=1777 tmpfs /dev/shm
	mount -t tmpfs -o mode=0755 tmpfs /run
	# the policy of the host is not the test's
	[ ! -d /sys/fs/selinux ] || mount -t tmpfs tmpfs /sys/fs/selinux || true
	work=/run/test
	mkdir -p "$work" /run/mqueue
	mount -t mqueue mqueue /run/mqueue
	trap release_all EXIT
}

as() { # uid command...
	local uid=$1
	shift
	setpriv --reuid "$uid" --regid "$uid" --clear-groups "$@"
}

obj() { # uid ipcobj-arguments...: makes one, prints its name
	local uid=$1
	shift
	as "$uid" "$IPCOBJ" "$@"
}

# Starts a process that holds something and comes back when it does. Ends with release.
hold() { # uid ipcobj-arguments...
	start_holder setpriv --pdeathsig KILL --reuid "$1" --regid "$1" --clear-groups "$IPCOBJ" "${@:2}"
}

start_holder() { # command...
	local n=$holders_started line
	holders_started=$((holders_started + 1))
	mkfifo "$work/in$n" "$work/out$n"
	# a pipe of another holder in its hands would keep that one from seeing its end
	(
		for ((other = 0; other < n; other++)); do
			eval "exec $((100 + 2 * other))>&- $((101 + 2 * other))<&-"
		done
		exec "$@" <"$work/in$n" >"$work/out$n"
	) &
	holders[n]=$!
	eval "exec $((100 + 2 * n))>'$work/in$n' $((101 + 2 * n))<'$work/out$n'"
	IFS= read -r -u $((101 + 2 * n)) line || fail "the holder did not start: $*"
	[ "$line" = ready ] || fail "the holder said: $line"
}

# Ends the holder with that number (0 is the first); what it says then is in $said.
release() { # number
	eval "exec $((100 + 2 * $1))>&-"
	said=$(cat <&$((101 + 2 * $1)))
	wait "${holders[$1]}" || true
	eval "exec $((101 + 2 * $1))<&-"
	unset "holders[$1]"
}

release_all() {
	local n
	for n in "${!holders[@]}"; do
		kill -KILL "${holders[n]}" 2>/dev/null || true
		wait "${holders[n]}" 2>/dev/null || true
	done
	return 0
}

# Kills the holder with that number.
slay() { # number
	kill -KILL "${holders[$1]}"
	wait "${holders[$1]}" 2>/dev/null || true
	unset "holders[$1]"
}

# A process that does what ipcwait's steps say; it is there when it says ready (meet, hold, …).
steps() { # step...
	start_holder "$IPCWAIT" "$@"
}

# Lets the process go on at its "meet", and comes back when it sleeps in the call that follows.
go_to_sleep() { # number...
	local n
	for n; do
		eval "echo >&$((100 + 2 * n))"
		"$IPCWAIT" "asleep:${holders[n]}"
	done
}

# LeakSanitizer can't look for leaks in a traced program.
traced() { # strace-arguments...
	ASAN_OPTIONS=detect_leaks=0 strace "$@"
}

fail() {
	echo "# $*"
	[ ! -s "$work/json" ] || sed 's/^/# json: /' "$work/json"
	[ ! -s "$work/err" ] || sed 's/^/# stderr: /' "$work/err"
	exit 1
}

# Runs ipcclean with --json; its status is in $status, its output in $work/json and $work/err.
clean() { # arguments...
	status=0
	"$IPCCLEAN" "$@" --json >"$work/json" 2>"$work/err" || status=$?
}

# The same with ipcaudit.
audit() { # arguments...
	status=0
	"$IPCAUDIT" "$@" --json >"$work/json" 2>"$work/err" || status=$?
}

# Of the findings in the last report.
severity_of() { # finding object
	jq -r --arg id "$1" --arg object "$2" '[.findings[] | select(.id == $id and
		(.object // "") == $object) | .severity] | join(" ")' "$work/json"
}

evidence_of() { # finding object member
	jq -r --arg id "$1" --arg object "$2" --arg member "$3" '[.findings[] | select(.id == $id and
		(.object // "") == $object) | .evidence[$member] | tostring] | join(" ")' "$work/json"
}

expect_finding() { # finding object severity
	local got
	got=$(severity_of "$1" "$2")
	[ "$got" = "$3" ] || fail "$1 of $2: got '$got', wanted '$3'"
}

expect_no_finding() { # finding object
	local got
	got=$(severity_of "$1" "$2")
	[ -z "$got" ] || fail "$1 of $2: there is one: $got"
}

expect_fix() { # finding object text
	local got
	got=$(jq -r --arg id "$1" --arg object "$2" '.findings[] | select(.id == $id and
		.object == $object) | .fix' "$work/json")
	[ "$got" = "$3" ] || fail "$1 of $2: the fix is '$got', wanted '$3'"
}

expect_status() { # number
	[ "$status" = "$1" ] || fail "exit status $status, wanted $1"
}

# The object's action and reason in the last report: "removed unused".
verdict() { # object
	local kind=${1%%:*} rest=${1#*:}
	jq -r --arg kind "$kind" --arg rest "$rest" '.objects[] | select(.kind == $kind and
		((.id != null and (.id | tostring) == $rest) or .name == $rest)) |
		"\(.action) \(.reason)"' "$work/json"
}

expect() { # object action reason
	local got
	got=$(verdict "$1")
	[ "$got" = "$2 $3" ] || fail "$1: got '$got', wanted '$2 $3'"
}

exists() { # object
	case $1 in
	shm:*) ipcs -m -i "${1#*:}" 2>/dev/null | grep -q "shmid=" ;;
	sem:*) ipcs -s -i "${1#*:}" 2>/dev/null | grep -q "semid=" ;;
	msg:*) ipcs -q -i "${1#*:}" 2>/dev/null | grep -q "msqid=" ;;
	pshm:*) [ -e "/dev/shm/${1#pshm:/}" ] ;;
	psem:*) [ -e "/dev/shm/sem.${1#psem:/}" ] ;;
	pmq:*) [ -e "/run/mqueue/${1#pmq:/}" ] ;;
	esac
}

expect_kept() { # object reason
	expect "$1" kept "$2"
	exists "$1" || fail "$1 was kept, says the report, and is gone"
}

expect_removed() { # object
	expect "$1" removed unused
	! exists "$1" || fail "$1 was removed, says the report, and is there"
}

# Everything that the kernel tells of all objects.
state_of_all() {
	cat /proc/sysvipc/shm /proc/sysvipc/sem /proc/sysvipc/msg
	find /dev/shm /run/mqueue -printf '%p %i %u %m %s %T@ %C@\n' | sort
}

# An AVC record in $work/log. key is the record's own text, such as "ipc_key=2577 ".
record() { # class permissions key [seconds] [source type] [pid]
	printf 'type=AVC msg=audit(%s.001:%d): avc:  denied  { %s } for  pid=%d comm="app" %s scontext=system_u:system_r:%s:s0 tcontext=system_u:system_r:db_t:s0 tclass=%s permissive=0\n' \
		"${4:-1700000000}" "$((serial++))" "$2" "${6:-4711}" "$3" "${5:-web_t}" "$1" >>"$work/log"
}

serial=1

# A /dev of our own, with somebody who reads /dev/log; what comes there is read from descriptor 7.
listen_to_syslog() {
	mkdir "$work/dev"
	mount -t tmpfs -o mode=0755 tmpfs "$work/dev"
	cp -a /dev/null /dev/zero /dev/urandom "$work/dev"
	mkdir "$work/dev/shm"
	mount --move /dev/shm "$work/dev/shm"
	mount --rbind "$work/dev" /dev
	mkfifo "$work/syslog"
	socat -u UNIX-RECV:/dev/log,mode=0666 - >"$work/syslog" &
	exec 7<"$work/syslog"
	until [ -S /dev/log ]; do :; done
}
