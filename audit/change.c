/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ipcaudit fix-mode and chown: the chmod(1) and chown(1) of IPC objects. System V objects take both
 * by IPC_SET (its owner, its creator or root may), POSIX ones by fchmod(2) and fchown(2) on the file
 * that was looked at. What is to be changed is looked at again just before: an id or a name may
 * have gone to another object. Nothing is changed without --yes.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "commands.h"
#include "program.h"
#include "say.h"
#include "words.h"

#define KEEP ((uid_t)-1)

struct change {
	bool has_mode;
	mode_t mode;
	uid_t uid; /* KEEP: as it is */
	gid_t gid;
};

union semun {
	struct semid_ds *buf;
};

/*
 * IPC_SET takes uid, gid and mode, and of a queue msg_qbytes as well; IPC_STAT would need read
 * permission, which an owner need not have.
 */
static int set_perm(const struct ipc_object *obj, const struct ipc_perm *perm)
{
	struct shmid_ds shm = {.shm_perm = *perm};
	struct semid_ds sem = {.sem_perm = *perm};
	struct msqid_ds msg = {.msg_perm = *perm, .msg_qbytes = obj->qbytes};
	int r;

	if (obj->kind == KIND_SHM)
		r = shmctl(obj->id, IPC_SET, &shm);
	else if (obj->kind == KIND_SEM)
		r = semctl(obj->id, 0, IPC_SET, (union semun){.buf = &sem});
	else
		r = msgctl(obj->id, IPC_SET, &msg);
	return r < 0 ? -errno : 0;
}

static int change_sysv(const struct ipc_object *obj, const struct change *change)
{
	struct ipc_object now;
	struct ipc_perm perm = {0};
	int r = inventory_stat_sysv(obj->kind, obj->id, &now);

	if (r < 0)
		return r;
	if (now.key != obj->key || now.uid != obj->uid || now.cuid != obj->cuid ||
	    now.gid != obj->gid || now.ctime != obj->ctime)
		return -ESTALE;
	perm.mode = (unsigned short)(change->has_mode ? change->mode : now.mode & 0777);
	perm.uid = change->uid == KEEP ? now.uid : change->uid;
	perm.gid = change->gid == KEEP ? now.gid : change->gid;
	return set_perm(&now, &perm);
}

/* O_PATH needs no permission on the file; what it names can't be exchanged any more. */
static int change_file(const struct inventory *inv, const struct ipc_object *obj,
		       const struct change *change)
{
	char file[OBJECT_FILE_SIZE], self[32];
	_cleanup_close_ int dir = inventory_open_parent(inv, obj, file), fd = -1;
	struct stat st;

	if (dir < 0)
		return dir;
	fd = openat(dir, file, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (st.st_dev != obj->dev || st.st_ino != obj->ino || !S_ISREG(st.st_mode))
		return -ESTALE;
	snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	if (change->has_mode && chmod(self, change->mode) < 0)
		return -errno;
	if ((change->uid != KEEP || change->gid != KEEP) &&
	    fchownat(fd, "", change->uid, change->gid, AT_EMPTY_PATH) < 0)
		return -errno;
	return 0;
}

static int apply(const struct inventory *inv, const struct ipc_object *obj,
		 const struct change *change)
{
	switch (obj->kind) {
	case KIND_SHM:
	case KIND_SEM:
	case KIND_MSG:
		return change_sysv(obj, change);
	case KIND_PSHM:
	case KIND_PSEM:
	case KIND_PMQ:
		return change_file(inv, obj, change);
	case KIND_COUNT_:
		break;
	}
	return -EINVAL;
}

static int parse_mode(const char *text, struct change *change)
{
	char *end;
	unsigned long mode;

	if (*text < '0' || *text > '7')
		return -EINVAL;
	errno = 0;
	mode = strtoul(text, &end, 8);
	if (*end || errno || mode > 0777)
		return -EINVAL;
	change->has_mode = true;
	change->mode = (mode_t)mode;
	return 0;
}

static int parse_group(const char *text, gid_t *gid)
{
	const struct group *group;
	int r = uid_parse(text, gid);

	if (r != -EINVAL)
		return r;
	group = getgrnam(text);
	if (!group)
		return -ENOENT;
	*gid = group->gr_gid;
	return 0;
}

/* USER, USER:GROUP or :GROUP, as chown(1) takes them. */
static int parse_owner(const char *text, struct change *change)
{
	_cleanup_free_ char *user = strndup(text, strcspn(text, ":"));
	const char *group = strchr(text, ':');
	int r = 0;

	if (!user)
		return -ENOMEM;
	if (!*user && !group)
		return -EINVAL;
	if (*user)
		r = program_parse_user(user, &change->uid);
	if (r == 0 && group)
		r = parse_group(group + 1, &change->gid);
	return r;
}

static int parse_change(const struct options *options, struct change *change)
{
	const char *text = options->operands[1];
	bool is_mode = options->command == COMMAND_FIX_MODE;
	int r;

	*change = (struct change){.uid = KEEP, .gid = KEEP};
	r = is_mode ? parse_mode(text, change) : parse_owner(text, change);
	if (r < 0)
		say_error("%s: %s", text,
			  is_mode ? "not a mode: three octal digits such as 0640"
				  : "not an owner that exists: USER, USER:GROUP or :GROUP");
	return r;
}

/* "shm:5: mode 0666 to 0640" or "shm:5: owner 0:0 to 1000:1000". */
static void describe(struct text *text, const struct ipc_object *obj, const struct change *change)
{
	words_add_object(text, obj);
	if (change->has_mode) {
		text_add(text, ": mode ");
		words_add_mode(text, obj->mode);
		text_add(text, " to ");
		words_add_mode(text, change->mode);
		return;
	}
	text_add_format(text, ": owner %u:%u to %u:%u", obj->uid, obj->gid,
			change->uid == KEEP ? obj->uid : change->uid,
			change->gid == KEEP ? obj->gid : change->gid);
}

static const char *why(int r)
{
	if (r == -ESTALE || r == -EIDRM || r == -ENOENT || r == -EINVAL)
		return "another object has taken its place; nothing was changed";
	if (r == -EPERM)
		return "only its owner, its creator (System V) or root may";
	return strerror(-r);
}

static int change_object(const struct audit *audit, const struct change *change)
{
	const char *ref = audit->options->operands[0];
	_cleanup_(text_done) struct text text = {0};
	size_t object;
	int r = audit_find(audit, ref, &object);

	if (r < 0) {
		say_error("%s: %s", ref, audit_find_error(r));
		return EXIT_ERROR;
	}
	describe(&text, &audit->inv.objects[object], change);
	if (text.failed) {
		say_error("%s", strerror(ENOMEM));
		return EXIT_ERROR;
	}
	r = audit->options->is_yes ? apply(&audit->inv, &audit->inv.objects[object], change) : 0;
	if (r < 0) {
		say_error("%s: %s", text.bytes, why(r));
		return EXIT_ERROR;
	}
	printf("%s%s\n",
	       audit->options->is_yes ? "" : "would change (--yes does it): ", text.bytes);
	return fflush(stdout) != 0 ? EXIT_ERROR : EXIT_FINE;
}

int command_change(const struct command_context *context)
{
	struct change change;
	struct audit audit;
	int status;

	if (parse_change(context->options, &change) < 0)
		return EXIT_ERROR;
	if (audit_take(&audit, context, KINDS_ALL, NEEDS_PROCESSES) < 0)
		return EXIT_ERROR;
	status = change_object(&audit, &change);
	audit_done(&audit);
	return status;
}
