/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libsepol computes a decision as the kernel does (services.c: context_struct_compute_av), and tells what
 * took a permission away. Whether a constraint is about ranges, it doesn't tell: asked again with one
 * range for both contexts, such a constraint is met.
 */
#include "sepolicy.h"

#include <errno.h>
#include <fcntl.h>
#include <sepol/debug.h>
#include <sepol/policydb/flask_types.h>
#include <sepol/policydb/services.h>
#include <sepol/sepol.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cleanup.h"
#include "optional.h"
#include "readall.h"
#include "sepolicy_internal.h"

#define KERNEL_POLICY "/sys/fs/selinux/policy"
#define KERNEL_STATUS "/sys/fs/selinux/status"
#define BOOLEAN_NAME_SIZE 256

OPTIONAL_FUNCTION(sepol_debug);
OPTIONAL_FUNCTION(sepol_set_policydb_from_file);
OPTIONAL_FUNCTION(sepol_context_to_sid);
OPTIONAL_FUNCTION(sepol_string_to_security_class);
OPTIONAL_FUNCTION(sepol_string_to_av_perm);
OPTIONAL_FUNCTION(sepol_compute_av_reason);

static const struct optional_symbol symbols[] = {
	OPTIONAL_SYMBOL(sepol_debug),
	OPTIONAL_SYMBOL(sepol_set_policydb_from_file),
	OPTIONAL_SYMBOL(sepol_context_to_sid),
	OPTIONAL_SYMBOL(sepol_string_to_security_class),
	OPTIONAL_SYMBOL(sepol_string_to_av_perm),
	OPTIONAL_SYMBOL(sepol_compute_av_reason),
};

/* A question for a boolean, and what was found. */
struct search {
	char *question;
	char *boolean; /* NULL: none */
	bool value;
};

struct sepolicy {
	char *file;
	bool is_of_host;
	uint32_t loads; /* how many the kernel had been given when this was read */
	bool is_tried;
	int loaded; /* 0, or why it could not be */
	struct booleans *booleans;
	bool has_booleans;
	struct search searches[SEPOLICY_SEARCHES_MAX];
	size_t search_count;
};

/* The numbers of a question's names. */
struct numbers {
	sepol_security_id_t source, target;
	sepol_security_class_t class;
};

int sepolicy_new(struct sepolicy **out, const char *file)
{
	struct sepolicy *policy = calloc(1, sizeof(*policy));

	if (policy)
		policy->file = strdup(file ?: KERNEL_POLICY);
	if (!policy || !policy->file) {
		free(policy);
		return -ENOMEM;
	}
	policy->is_of_host = !file;
	*out = policy;
	return 0;
}

bool sepolicy_is_of_host(const struct sepolicy *policy)
{
	return policy->is_of_host;
}

static void forget(struct sepolicy *policy)
{
	booleans_free(policy->booleans);
	policy->booleans = NULL;
	for (size_t i = 0; i < policy->search_count; i++) {
		free(policy->searches[i].question);
		free(policy->searches[i].boolean);
	}
	policy->search_count = 0;
	policy->has_booleans = policy->is_tried = false;
}

void sepolicy_free(struct sepolicy *policy)
{
	if (!policy)
		return;
	forget(policy);
	free(policy->file);
	free(policy);
}

static int use(FILE *in)
{
	return sym_sepol_set_policydb_from_file(in) < 0 ? -EBADMSG : 0;
}

int sepolicy_use_file(const char *file)
{
	_cleanup_fclose_ FILE *in = fopen(file, "re");

	return in ? use(in) : -errno;
}

int sepolicy_use_image(void *image, size_t size)
{
	_cleanup_fclose_ FILE *in = fmemopen(image, size, "r");

	return in ? use(in) : -errno;
}

/* struct selinux_kernel_status: version, sequence, enforcing, policyload, deny_unknown. */
static uint32_t read_loads(void)
{
	_cleanup_close_ int fd = open(KERNEL_STATUS, O_RDONLY | O_CLOEXEC);
	uint32_t status[5];

	if (fd < 0 || read_all(fd, (char *)status, sizeof(status)) != sizeof(status))
		return 0;
	return status[3];
}

int sepolicy_load(struct sepolicy *policy)
{
	uint32_t loads = policy->is_of_host ? read_loads() : 0;

	if (policy->is_tried && loads == policy->loads)
		return policy->loaded;
	forget(policy);
	policy->loads = loads;
	policy->is_tried = true;
	policy->loaded =
		optional_open("libsepol.so.2", symbols, sizeof(symbols) / sizeof(symbols[0]));
	if (policy->loaded == 0) {
		/* what it says of files and contexts goes to standard error */
		sym_sepol_debug(0);
		policy->loaded = sepolicy_use_file(policy->file);
	}
	return policy->loaded;
}

static bool find_sid(const char *context, sepol_security_id_t *sid)
{
	return sym_sepol_context_to_sid(context, strlen(context) + 1, sid) == 0;
}

static bool find_numbers(const struct sepolicy_question *question, struct numbers *numbers)
{
	return find_sid(question->scontext, &numbers->source) &&
	       find_sid(question->tcontext, &numbers->target) &&
	       sym_sepol_string_to_security_class(question->class, &numbers->class) == 0;
}

/* What the policy says to one permission: why it refuses, 0 if it doesn't. false: it knows it not. */
static bool decide(const struct numbers *numbers, const char *permission, unsigned *why,
		   bool *is_silent)
{
	struct sepol_av_decision decision = {0};
	sepol_access_vector_t bit = 0;

	if (sym_sepol_string_to_av_perm(numbers->class, permission, &bit) < 0 ||
	    sym_sepol_compute_av_reason(numbers->source, numbers->target, numbers->class, bit,
					&decision, why) < 0)
		return false;
	if (decision.allowed & bit)
		*why = 0;
	*is_silent = *why && !(decision.auditdeny & bit);
	return true;
}

/* Calls for each word. */
#define FOR_EACH_WORD(word, words, copy)           \
	_cleanup_free_ char *copy = strdup(words); \
	for (char *word, *copy##_rest = copy;      \
	     copy && (word = strtok_r(copy##_rest, " ", &copy##_rest));)

bool sepolicy_allows(const struct sepolicy_question *question)
{
	struct numbers numbers;
	unsigned why = 0;
	bool is_silent;

	if (!find_numbers(question, &numbers))
		return false;
	FOR_EACH_WORD(permission, question->denied, copy)
	if (!decide(&numbers, permission, &why, &is_silent) || why)
		return false;
	return true;
}

/* "user:role:type" of one context with the range of another. */
static bool find_sid_with_range(const char *context, const char *other, sepol_security_id_t *sid)
{
	_cleanup_free_ char *mixed = NULL;
	const char *end = context, *range = other;

	for (int i = 0; i < 3 && end && range; i++) {
		end = strchr(i ? end + 1 : end, ':');
		range = strchr(i ? range + 1 : range, ':');
	}
	if (!end || !range ||
	    asprintf(&mixed, "%.*s%s", (int)(end - context), context, range) < 0) {
		mixed = NULL;
		return false;
	}
	return find_sid(mixed, sid);
}

/* Not every user may have every range: either context takes the other's. */
static bool is_about_ranges(const struct sepolicy_question *question, struct numbers numbers,
			    const char *permission)
{
	const sepol_security_id_t source = numbers.source;
	unsigned why = 0;
	bool is_silent;

	if (find_sid_with_range(question->scontext, question->tcontext, &numbers.source) &&
	    decide(&numbers, permission, &why, &is_silent) && !(why & SEPOL_COMPUTEAV_CONS))
		return true;
	numbers.source = source;
	return find_sid_with_range(question->tcontext, question->scontext, &numbers.target) &&
	       decide(&numbers, permission, &why, &is_silent) && !(why & SEPOL_COMPUTEAV_CONS);
}

static enum sepolicy_reason reason_of(const struct sepolicy_question *question,
				      const struct numbers *numbers, const char *permission,
				      unsigned why)
{
	if (why & SEPOL_COMPUTEAV_TE)
		return SEPOLICY_RULE;
	if (why & SEPOL_COMPUTEAV_CONS)
		return is_about_ranges(question, *numbers, permission) ? SEPOLICY_RANGE
								       : SEPOLICY_CONSTRAINT;
	if (why & SEPOL_COMPUTEAV_RBAC)
		return SEPOLICY_ROLE;
	return why ? SEPOLICY_BOUNDS : SEPOLICY_ALLOWS;
}

static void add_word(struct text *list, const char *word)
{
	const char *at = list->bytes;
	size_t length = strlen(word);

	for (; at && (at = strstr(at, word)); at += length)
		if ((at == list->bytes || at[-1] == ' ') && (!at[length] || at[length] == ' '))
			return;
	if (list->length)
		text_add_char(list, ' ');
	text_add(list, word);
}

/* Sorts permissions by what refuses them. false: the policy doesn't know one of them. */
static bool sort(const struct sepolicy_question *question, const struct numbers *numbers,
		 const char *permissions, struct sepolicy_answer *answer)
{
	FOR_EACH_WORD(permission, permissions, copy)
	{
		enum sepolicy_reason reason;
		unsigned why = 0;
		bool is_silent = false;

		if (!decide(numbers, permission, &why, &is_silent))
			return false;
		reason = reason_of(question, numbers, permission, why);
		if (answer->reason == SEPOLICY_ALLOWS)
			answer->reason = reason;
		if (reason == SEPOLICY_RULE)
			add_word(&answer->missing, permission);
		else if (reason != SEPOLICY_ALLOWS)
			add_word(&answer->constrained, permission);
		if (is_silent)
			add_word(&answer->silent, permission);
	}
	return copy != NULL;
}

/* What a child has found. */
struct found {
	int result; /* of booleans_find() */
	bool value;
	char name[BOOLEAN_NAME_SIZE];
};

static void find_and_write(struct booleans *booleans, const struct sepolicy_question *question,
			   int to)
{
	_cleanup_(text_done) struct text name = {0};
	struct found found = {0};

	found.result = booleans_find(booleans, question, &name, &found.value);
	if (found.result == 1 && (name.failed || name.length >= sizeof(found.name)))
		found.result = -ENOMEM;
	if (found.result == 1)
		strcpy(found.name, name.bytes);
	if (write(to, &found, sizeof(found)) != sizeof(found))
		_exit(1);
}

/*
 * libsepol 3.4 never frees a kernel's policy when it reads the next one (services.c:
 * sepol_set_policydb_from_file), 8 MiB of a distribution's for each policy that is tried: a child takes that with
 * it, and the parent's stays as it is.
 */
static int find_in_child(struct booleans *booleans, const struct sepolicy_question *question,
			 struct found *found)
{
	_cleanup_close_ int from = -1, to = -1;
	int ends[2];
	ssize_t length;
	pid_t child;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	from = ends[0];
	to = ends[1];
	child = fork();
	if (child < 0)
		return -errno;
	if (child == 0) {
		find_and_write(booleans, question, to);
		_exit(0);
	}
	close(STEAL_FD(to));
	length = read_all(from, (char *)found, sizeof(*found));
	while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
		;
	return length == sizeof(*found) ? 0 : -ECHILD;
}

/* Asks about a new question; where nobody can look, none is found. */
static int look_for_boolean(struct sepolicy *policy, const struct sepolicy_question *question,
			    struct search *search)
{
	struct found found;
	int r = 0;

	if (!policy->has_booleans)
		r = booleans_read(&policy->booleans, policy->file);
	policy->has_booleans = true;
	if (r < 0 || !policy->booleans)
		return r == -ENOMEM ? r : 0;
	if (find_in_child(policy->booleans, question, &found) < 0 || found.result != 1)
		return 0;
	search->value = found.value;
	search->boolean = strdup(found.name);
	return search->boolean ? 0 : -ENOMEM;
}

/* The same types are denied the same on one object after the other. */
static int find_search(struct sepolicy *policy, const struct sepolicy_question *question,
		       const struct search **found)
{
	_cleanup_free_ char *text = NULL;
	struct search *search;

	if (asprintf(&text, "%s %s %s %s", question->scontext, question->tcontext, question->class,
		     question->denied) < 0) {
		text = NULL;
		return -ENOMEM;
	}
	for (size_t i = 0; i < policy->search_count; i++)
		if (!strcmp(policy->searches[i].question, text)) {
			*found = &policy->searches[i];
			return 0;
		}
	if (policy->search_count == SEPOLICY_SEARCHES_MAX)
		return 0;
	search = &policy->searches[policy->search_count++];
	*search = (struct search){.question = STEAL_PTR(text)};
	*found = search;
	return look_for_boolean(policy, question, search);
}

static int ask_booleans(struct sepolicy *policy, const struct sepolicy_question *question,
			struct sepolicy_answer *answer)
{
	const struct search *found = NULL;
	int r = find_search(policy, question, &found);

	if (r == 0 && found && found->boolean) {
		text_add(&answer->boolean, found->boolean);
		answer->boolean_value = found->value;
	}
	return r;
}

int sepolicy_ask(struct sepolicy *policy, const struct sepolicy_question *question,
		 struct sepolicy_answer *answer)
{
	struct numbers numbers;
	int r = 0;

	*answer = (struct sepolicy_answer){.reason = SEPOLICY_ALLOWS};
	if (sepolicy_load(policy) < 0 || !find_numbers(question, &numbers) ||
	    !sort(question, &numbers, question->denied, answer)) {
		sepolicy_answer_done(answer);
		return 0;
	}
	/* of what the call needs besides, the policy may know less than the kernel asks */
	if (question->needed && answer->reason != SEPOLICY_ALLOWS)
		sort(question, &numbers, question->needed, answer);
	if (answer->reason == SEPOLICY_RULE)
		r = ask_booleans(policy, question, answer);
	if (answer->missing.failed || answer->constrained.failed || answer->silent.failed ||
	    answer->boolean.failed)
		r = -ENOMEM;
	if (r < 0)
		sepolicy_answer_done(answer);
	return r < 0 ? r : 1;
}

void sepolicy_answer_done(struct sepolicy_answer *answer)
{
	text_done(&answer->missing);
	text_done(&answer->constrained);
	text_done(&answer->silent);
	text_done(&answer->boolean);
}

const char *sepolicy_reason_name(enum sepolicy_reason reason)
{
	static const char *const names[SEPOLICY_COUNT_] = {
		[SEPOLICY_ALLOWS] = "allows", [SEPOLICY_RULE] = "rule",
		[SEPOLICY_RANGE] = "range",   [SEPOLICY_CONSTRAINT] = "constraint",
		[SEPOLICY_ROLE] = "role",     [SEPOLICY_BOUNDS] = "bounds",
	};

	return names[reason];
}
