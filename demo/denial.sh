#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A recorded SELinux denial, and the object that it is about, in a private IPC namespace.
set -eu
cd "$(dirname "$0")/.."
[ "${1:-}" = --inside ] || exec unshare --ipc --mount --propagation private "$0" --inside
printf '\n\033[1m# %s\033[0m\n' "a semaphore set with the key of a recorded denial"
build/tests/tools/ipcobj sem 0xa11 1 0600
printf '\n\033[1m# %s\033[0m\n' "ipcavc tests/avc/readme.log"
build/ipcavc tests/avc/readme.log 2>/dev/null || [ $? = 1 ]
