# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# `make demo-vm`: the main job on a real unit.

run() {
	printf '\n\033[1m# %s\033[0m\n' "$*"
	"$@"
}

demo() {
	unit worker.service <<-'EOF'
		User=svc
		ExecStartPre=/usr/local/bin/ipcobj leak worker
		ExecStart=/bin/sleep infinity
	EOF
	run ipcclean enable worker.service
	run systemctl start worker
	run ipcs -a
	run ls -l /dev/shm /dev/mqueue
	run systemctl stop worker
	run journalctl --no-pager -u worker SYSLOG_IDENTIFIER=ipcguard -x -n 3
	run ipcs -a
	run ls -l /dev/shm /dev/mqueue
	run ausearch -m TRUSTED_APP
}
