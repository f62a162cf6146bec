# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2154 source=/dev/null
# How fast is ipcharden, in an emulated guest? Figures into the console, no verdict: run when asked for by name,
# tests/vm/run harden_figures.

. /run/job/scenarios/harden.sh

say_figure() { # text
	echo "# vm harden: $*" >/dev/ttyS0
}

now_ms() {
	local us=${EPOCHREALTIME/[.,]/}
	echo $((us / 1000))
}

scenario_report_over_200_units() {
	local start
	printf '%s\n' Type=oneshot RemainAfterExit=yes 'ExecStart=/bin/true' | unit bench@.service
	systemctl start --no-block bench@{1..200}.service
	all_run() { [ "$(ipcharden report --json | jq '[.units[] | select(.unit | startswith("bench@"))] | length')" = 200 ]; }
	wait_for 300 all_run
	start=$(now_ms)
	ipcharden report >/dev/null
	say_figure "report over 200 units and those of the guest: $(($(now_ms) - start)) ms, emulated"
	systemctl stop 'bench@*.service'
	end bench@.service
}

# Turns of a semaphore for six seconds, each of two calls, with a pause between them or as fast as it goes:
# prints turns, and microseconds of processor time of the service.
turns() { # seconds-of-pause lines...
	local pause=$1
	shift
	cat >/run/turns.pl <<-'END'
		my $id = semget(0, 1, 0600 | 01000);
		my ($turns, $end) = (0, time + 6);
		while (time < $end) {
			semop($id, pack("s!3", 0, 1, 0));
			semop($id, pack("s!3", 0, -1, 0));
			$turns++;
			select(undef, undef, undef, $ARGV[0]) if $ARGV[0];
		}
		semctl($id, 0, 0, 0);
		my ($user, $system) = times;
		open(my $f, ">", "/run/turns.out");
		printf $f "%d %d\n", $turns, ($user + $system) * 1e6;
	END
	: >/run/turns.out
	chmod 0666 /run/turns.out
	printf '%s\n' User=svc Type=oneshot "ExecStart=/usr/bin/perl /run/turns.pl $pause" "$@" | unit t.service
	systemctl start t.service
	cat /run/turns.out
}

scenario_what_observation_costs() {
	local log='SystemCallLog=shmget shmat semget semop semtimedop semctl' pause without with
	for pause in 0.01 0; do
		without=$(turns "$pause")
		with=$(turns "$pause" "$log")
		[ "${without%% *}" -gt 10 ] && [ "${with%% *}" -gt 10 ] || fail "no work: $without, $with"
		say_figure "observed with $pause s of pause: $(awk -v a="$without" -v b="$with" 'BEGIN { split(a, x, " "); split(b, y, " ")
			printf "%d and logged %d calls/s, %.1f and %.1f %% of a processor, %.0f us more a call, emulated", x[1] / 3, y[1] / 3,
				x[2] / 6e4, y[2] / 6e4, y[2] / y[1] / 2 - x[2] / x[1] / 2 }')"
	done
	end t.service
}
