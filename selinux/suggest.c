/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "suggest.h"

#include <string.h>

#include "cleanup.h"
#include "explain.h"

static bool is_one_of(const char *type, const char *const *types, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(type, types[i]))
			return true;
	return false;
}

/* What programs run in that nobody has given a domain. */
static bool is_of_no_domain(const char *type)
{
	static const char *const types[] = {"unconfined_t", "unconfined_service_t",
					    "initrc_t",	    "init_t",
					    "kernel_t",	    "unlabeled_t"};

	return is_one_of(type, types, sizeof(types) / sizeof(types[0]));
}

bool suggest_is_shared_type(const char *type)
{
	/* all that a user runs, all containers, and files that got no type of their own */
	static const char *const types[] = {"user_t", "staff_t", "sysadm_t",	"container_t",
					    "spc_t",  "tmpfs_t", "user_tmpfs_t"};

	return is_of_no_domain(type) || is_one_of(type, types, sizeof(types) / sizeof(types[0]));
}

static bool is_name(const char *text)
{
	return *text &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") ==
		       strlen(text);
}

bool suggest_add_rule(struct text *text, const char *scontext, const char *tcontext,
		      const char *class, const char *permissions)
{
	_cleanup_free_ char *source = context_copy_type(scontext),
			    *target = context_copy_type(tcontext);

	if (!source || !target) {
		text->failed = true;
		return false;
	}
	if (!is_name(source) || !is_name(target) || !is_name(class) || !*permissions ||
	    strspn(permissions, "abcdefghijklmnopqrstuvwxyz_ ") != strlen(permissions))
		return false;
	text_add_format(text, "(allow %s %s (%s (%s)))", source,
			strcmp(source, target) ? target : "self", class, permissions);
	return true;
}

static struct suggestion *add(struct suggestions *suggestions, enum suggestion_kind kind)
{
	struct suggestion *added = &suggestions->all[suggestions->count++];

	*added = (struct suggestion){.kind = kind};
	return added;
}

/* "start app.service, which made it,": by its unit, as far as it lives. */
static void add_start(struct text *text, struct live *live, const struct group *group)
{
	const struct ipc_object *obj = sighting_object(&group->seen);
	const struct who *who =
		obj && live_creator_lives(live, obj) ? whos_get(&live->whos, obj->cpid) : NULL;

	if (who && who->unit)
		text_add_format(text, "start %s, which made it,", who->unit);
	else
		text_add(text, "start what makes it");
}

/* container-selinux, and what it was called before. */
static bool is_of_container(const char *type)
{
	static const char *const types[] = {"container_t", "container_init_t", "svirt_lxc_net_t"};

	return is_one_of(type, types, sizeof(types) / sizeof(types[0]));
}

static void suggest_own_domain(struct suggestions *suggestions, struct live *live,
			       const struct group *group, const char *target)
{
	struct text *text = &add(suggestions, SUGGEST_DOMAIN)->text;

	add_start(text, live, group);
	text_add_format(text, " in a domain of its own: %s is that of programs without one",
			target);
}

/* The domain of who makes the object is its label (security/selinux/hooks.c: ipc_init_security). */
static void suggest_domain_of(struct suggestions *suggestions, struct live *live,
			      const struct group *group, const char *source, const char *target)
{
	struct text *text = &add(suggestions, SUGGEST_DOMAIN)->text;

	text_add(text, "if both are parts of one application: ");
	add_start(text, live, group);
	text_add_format(text, " in %s, as who asks; it came first, in %s, and that is the label",
			source, target);
}

/* Two that share an IPC namespace, and were not given a label to share. */
static void suggest_label(struct suggestions *suggestions, const char *target)
{
	struct text *text = &add(suggestions, SUGGEST_LABEL)->text;

	if (is_of_container(target))
		text_add(text,
			 "containers that share IPC need one level, which those of one pod have: "
			 "start who asks with --security-opt=label=level: and that of who made it");
	else
		text_add_format(text,
				"the container asks what runs outside of it, in %s: give it IPC of "
				"its own, without --ipc=host, or a label to share with that",
				target);
}

/* ftok(3) returns -1 where it fails: the same "key" to all programs that don't look. */
static void suggest_program(struct suggestions *suggestions)
{
	text_add(&add(suggestions, SUGGEST_PROGRAM)->text,
		 "mend the program: its ftok() has failed, it takes -1 for a key, and so meets "
		 "others that do the same; the file that it names is missing or out of its reach");
}

/* Who made a System V object, or asks for it, should run otherwise. */
static void suggest_for_programs(struct suggestions *suggestions, struct live *live,
				 const struct group *group, const char *target, bool has_rule)
{
	const struct denial *sample = &group->sample;
	_cleanup_free_ char *source = context_copy_type(sample->scontext);

	if (!source)
		add(suggestions, SUGGEST_DOMAIN)->text.failed = true;
	else if (is_of_container(source) && strcmp(sample->scontext, sample->tcontext) != 0)
		suggest_label(suggestions, target);
	else if (is_of_no_domain(target))
		suggest_own_domain(suggestions, live, group, target);
	else if (has_rule && is_name(source) && strcmp(source, target) != 0 &&
		 !is_of_container(target))
		suggest_domain_of(suggestions, live, group, source, target);
}

/* A file of /dev/shm, of an mqueue mount or behind a segment, with the type that all get by default. */
static bool has_no_type_of_its_own(const struct denial *denial, const char *target)
{
	bool is_file = denial->about == ABOUT_FILE || denial->about == ABOUT_NAME ||
		       denial->about == ABOUT_SEGMENT_FILE;

	return is_file && !strcmp(denial->class, "file") && !strcmp(target, "tmpfs_t");
}

/* Its maker's name is known where the making was denied: NAME_t gets NAME_tmpfs_t. */
static void suggest_type(struct suggestions *suggestions, const struct group *group)
{
	_cleanup_free_ char *source = context_copy_type(group->sample.scontext);
	bool is_maker = source && is_name(source) && strlen(source) > 2 &&
			!strcmp(source + strlen(source) - 2, "_t") &&
			!strcmp(group->perms, "create");
	const char *name = is_maker ? source : "NAME_t";
	int length = (int)strlen(name) - 2;
	struct text *text = &add(suggestions, SUGGEST_TYPE)->text;

	text->failed |= !source;
	text_add_format(text,
			"give it a type of its own, in the policy module of %s: "
			"files_tmpfs_file(%.*s_tmpfs_t) and "
			"fs_tmpfs_filetrans(%.*s_t, %.*s_tmpfs_t, file)",
			is_maker ? source : "what makes it, NAME_t", length, name, length, name,
			length, name);
}

/*
 * What is found by less than a key or an id may be another. Of segments the kernel tells whether they are
 * used; ipcclean asks for the other kinds.
 */
static bool may_be_removed(const struct sighting *seen)
{
	const struct ipc_object *obj = sighting_object(seen);

	return (seen->match == MATCH_KEY || seen->match == MATCH_ID) && kind_is_sysv(obj->kind) &&
	       obj->uid && (obj->kind != KIND_SHM || !obj->nattch);
}

/* Before a command for the object: into the namespace in which it is. */
static void add_entry(struct text *text, const struct live *live, const struct group *group)
{
	if (sighting_is_elsewhere(live, &group->seen))
		text_add_format(text, "nsenter -i -t %d ", (pid_t)group->sample.pid);
}

static void suggest_removal(struct suggestions *suggestions, struct live *live,
			    const struct group *group)
{
	const struct ipc_object *obj = sighting_object(&group->seen);
	const char *owner = usernames_get(&live->usernames, obj->uid);
	struct text *text = &add(suggestions, SUGGEST_REMOVE)->text;

	text_add(text, "if it is left over: ");
	add_entry(text, live, group);
	text_add_format(text,
			"ipcclean user %s --kinds=%s -n, and without -n what it lists goes; who "
			"asks next makes it anew, with its own label",
			owner ? owner : "?", kind_name(obj->kind));
}

static void suggest_mode(struct suggestions *suggestions, const struct live *live,
			 const struct group *group)
{
	struct text *text = &add(suggestions, SUGGEST_MODE)->text;
	const struct ipc_object *obj = sighting_object(&group->seen);
	_cleanup_free_ char *ref = obj ? object_ref(obj) : NULL;

	text_add(text, "its owner or mode refuse, so change these: ");
	add_entry(text, live, group);
	text_add_format(text, "ipcaudit chown %s USER:GROUP, or ", ref ?: "OBJECT");
	add_entry(text, live, group);
	text_add_format(text, "ipcaudit fix-mode %s 0660", ref ?: "OBJECT");
}

static void suggest_rule(struct suggestions *suggestions, const struct group *group,
			 const char *target)
{
	const struct denial *sample = &group->sample;
	struct text text = {0};
	struct suggestion *rule;

	if (!suggest_add_rule(&text, sample->scontext, sample->tcontext, sample->class,
			      group->perms)) {
		text_done(&text);
		return;
	}
	rule = add(suggestions, SUGGEST_RULE);
	rule->text = text;
	rule->is_wide = suggest_is_shared_type(target) && sample->about != ABOUT_INFO;
}

/* A boolean's name comes from the policy, and is put into a command. */
static void suggest_boolean(struct suggestions *suggestions, const struct sepolicy_answer *answer)
{
	const char *name = answer->boolean.bytes;

	if (answer->boolean.length && is_name(name))
		text_add_format(&add(suggestions, SUGGEST_BOOLEAN)->text,
				"setsebool -P %s %s, if all that it allows is wanted", name,
				answer->boolean_value ? "on" : "off");
}

/* A constraint refuses whatever rules allow. Without a policy, categories are compared. */
static bool is_rule_of_use(const struct group *group, const struct sepolicy_answer *answer)
{
	if (!answer)
		return explain_range(group->sample.scontext, group->sample.tcontext,
				     group->perms) != RANGE_REFUSES;
	return answer->reason == SEPOLICY_RULE && !answer->constrained.length;
}

void suggestions_make(struct suggestions *suggestions, struct live *live, const struct group *group,
		      const struct sepolicy_answer *answer)
{
	const struct denial *sample = &group->sample;
	_cleanup_free_ char *target = context_copy_type(sample->tcontext);
	bool is_own = !strcmp(group->perms, "create");
	bool has_rule = is_rule_of_use(group, answer);

	suggestions->count = 0;
	if (!target)
		return;
	if (sample->about == ABOUT_CAPABILITY) {
		suggest_mode(suggestions, live, group);
		return;
	}
	if (sample->key_source != KEY_NONE && sample->key == UINT32_MAX)
		suggest_program(suggestions);
	if (sample->about == ABOUT_SYSV && !is_own)
		suggest_for_programs(suggestions, live, group, target, has_rule);
	if (has_no_type_of_its_own(sample, target))
		suggest_type(suggestions, group);
	if (!is_own && may_be_removed(&group->seen))
		suggest_removal(suggestions, live, group);
	if (answer)
		suggest_boolean(suggestions, answer);
	if (has_rule)
		suggest_rule(suggestions, group, target);
}

void suggestions_done(struct suggestions *suggestions)
{
	for (size_t i = 0; i < suggestions->count; i++)
		text_done(&suggestions->all[i].text);
	suggestions->count = 0;
}

const char *suggestion_kind_name(enum suggestion_kind kind)
{
	static const char *const names[] = {
		[SUGGEST_PROGRAM] = "program", [SUGGEST_DOMAIN] = "domain",
		[SUGGEST_LABEL] = "label",     [SUGGEST_TYPE] = "type",
		[SUGGEST_REMOVE] = "remove",   [SUGGEST_MODE] = "mode",
		[SUGGEST_BOOLEAN] = "boolean", [SUGGEST_RULE] = "rule",
	};

	return names[kind];
}
