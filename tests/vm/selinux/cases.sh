# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Every permission that the kernel asks for on an IPC object, one case each: a domain of its own
# (ipctest_CASE_t) has all permissions on the objects of ipctest_owner_t but this one and one
# neighbour. Sourced on the host, which makes the policy, and in the guest.

CASES='shm_associate shm_create shm_destroy shm_getattr shm_lock shm_read shm_setattr shm_unix_read shm_unix_write shm_write
	sem_associate sem_create sem_destroy sem_getattr sem_read sem_setattr sem_unix_read sem_unix_write sem_write
	msgq_associate msgq_create msgq_destroy msgq_enqueue msgq_getattr msgq_read msgq_setattr msgq_unix_read
	msgq_unix_write msgq_write msg_receive msg_send
	tmpfs_create tmpfs_getattr tmpfs_lock tmpfs_map tmpfs_open tmpfs_read tmpfs_setattr tmpfs_unlink tmpfs_write
	mqueue_create mqueue_getattr mqueue_open mqueue_read mqueue_setattr mqueue_unlink mqueue_write'

IPC='associate create destroy getattr read setattr unix_read unix_write write'
FILE='append create getattr ioctl link lock map open read rename setattr unlink write'

case_class() { # case
	case $1 in
	tmpfs_* | mqueue_*) echo file ;;
	*) echo "${1%%_*}" ;;
	esac
}

# The permission next to it, which must stay denied when the case's own is allowed.
case_neighbour() { # case
	case $1 in
	tmpfs_setattr | mqueue_setattr) echo "${1%_*}_unlink" ;;
	*_setattr) echo "${1%_*}_destroy" ;;
	msg_*) echo msgq_setattr ;;
	*) echo "${1%%_*}_setattr" ;;
	esac
}

but() { # permissions, then those to leave out
	local list=" $1 " word
	shift
	for word; do
		list=${list/ $word / }
	done
	echo "$list"
}

# The rules of one case, in CIL.
case_domain() { # case
	local domain=ipctest_${1}_t permission=${1#*_} neighbour
	neighbour=$(case_neighbour "$1")
	neighbour=${neighbour#*_}
	echo "(type $domain) (roletype system_r $domain) (typeattributeset domain ($domain)) (typeattributeset ipctest ($domain))"
	local shm="$IPC lock" sem=$IPC msgq="$IPC enqueue" msg='send receive' file=$FILE self="$IPC"
	case $1 in
	*_create) self=$(but "$self" create) ;;&
	shm_*) shm=$(but "$shm" "$permission" "$neighbour") ;;
	sem_*) sem=$(but "$sem" "$permission" "$neighbour") ;;
	msgq_*) msgq=$(but "$msgq" "$permission" "$neighbour") ;;
	msg_*) msg=$(but "$msg" "$permission") msgq=$(but "$msgq" setattr) ;;
	*) file=$(but "$file" "$permission" "$neighbour") ;;
	esac
	echo "(allow $domain ipctest_owner_t (shm ($shm))) (allow $domain ipctest_owner_t (sem ($sem)))"
	echo "(allow $domain ipctest_owner_t (msgq ($msgq))) (allow $domain ipctest_label (msg ($msg)))"
	echo "(allow $domain ipctest_tmpfs_t (file ($file)))"
	[ "$1" != shm_create ] || echo "(allow $domain self (shm ($self)))"
	[ "$1" != sem_create ] || echo "(allow $domain self (sem ($self)))"
	[ "$1" != msgq_create ] || echo "(allow $domain self (msgq ($self)))"
}

policy() {
	cat <<-'EOT'
		(typeattribute ipctest)
		(typeattribute ipctest_label)
		(type ipctest_owner_t)
		(roletype system_r ipctest_owner_t)
		(typeattributeset domain (ipctest_owner_t))
		(typeattributeset ipctest (ipctest_owner_t))
		(typeattributeset ipctest_label (ipctest_owner_t ipctest_message_t))
		(type ipctest_tmpfs_t)
		(roletype object_r ipctest_tmpfs_t)
		(typeattributeset file_type (ipctest_tmpfs_t))
		(typeattributeset tmpfsfile (ipctest_tmpfs_t))
		(type ipctest_message_t)
		(roletype object_r ipctest_message_t)
		(allow ipctest_tmpfs_t tmpfs_t (filesystem (associate)))
		(typetransition ipctest tmpfs_t file ipctest_tmpfs_t)
		(allow unconfined_t ipctest (process (transition noatsecure siginh rlimitinh)))
		(allow ipctest unconfined_t (fd (use)))
		(allow ipctest unconfined_t (fifo_file (getattr read write append ioctl)))
		(allow ipctest unconfined_t (process (sigchld)))
		(allow ipctest self (process (fork sigchld signal)))
		; from one process into each of the domains
		(allow ipctest_owner_t self (process (setcurrent)))
		(allow ipctest_owner_t self (file (open write)))
		(allow ipctest_owner_t ipctest (process (dyntransition)))
		(allow ipctest ipctest_owner_t (fd (use)))
		(allow ipctest ipctest_owner_t (fifo_file (read write)))
		(allow ipctest ipctest_owner_t (process (sigchld)))
		(allow ipctest self (capability (setuid setgid)))
		(allow ipctest file_type (dir (getattr search open read)))
		(allow ipctest bin_t (file (entrypoint execute getattr map open read ioctl)))
		(allow ipctest etc_t (file (getattr map open read)))
		(allow ipctest usr_t (file (getattr map open read ioctl)))
		(allow ipctest var_run_t (file (getattr read write append open)))
		(allow ipctest tmpfs_t (dir (add_name remove_name write search)))
		(allow ipctest_owner_t self (shm (associate create getattr read setattr unix_read unix_write write)))
		(allow ipctest_owner_t self (sem (associate create getattr read setattr unix_read unix_write write)))
		(allow ipctest_owner_t self (msgq (associate create enqueue getattr read setattr unix_read unix_write write)))
		(allow ipctest_owner_t self (msg (send receive)))
		(allow ipctest_owner_t ipctest_tmpfs_t (file (create open read write getattr setattr ioctl)))
		; a message of its own label: who asks to enqueue is the message
		(typetransition ipctest_msgq_enqueue_t ipctest_owner_t msg ipctest_message_t)
	EOT
	local case
	for case in $CASES; do
		case_domain "$case"
	done
}
