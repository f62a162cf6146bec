/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The PAM module inside of a login program: this one, under pam_wrapper, without root. It is built
 * as for the host, but for the helper, which is tests/tools/standin.c. What it is given, and what
 * stays behind in the login program, is looked at for login programs in odd states.
 */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pthread.h>
#include <pwd.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include <security/pam_appl.h>
#include <security/pam_ext.h>
#include <security/pam_modules.h>

#define SERVICE "ipcguard-test"
#define USER "nobody" /* every distribution has it, with a uid above UID_MIN */
#define SYSTEM_USER "daemon"

static char work[4096];	    /* PAM_TEST_DIR: the module's stand-in lives there */
static char services[4200]; /* what pam_wrapper reads */
static char messages[65536];
static int message_count;

/* Comes before libpam's, for the module as well. */
void pam_syslog(const pam_handle_t *pamh, int priority, const char *format, ...)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	size_t used;
	va_list args;

	(void)pamh;
	pthread_mutex_lock(&lock);
	used = strlen(messages);
	message_count++;
	used += (size_t)snprintf(messages + used, sizeof(messages) - used, "<%d>",
				 LOG_PRI(priority));
	va_start(args, format);
	vsnprintf(messages + used, sizeof(messages) - used, format, args);
	va_end(args);
	strncat(messages, "\n", sizeof(messages) - strlen(messages) - 1);
	pthread_mutex_unlock(&lock);
}

static const char *in(const char *dir, const char *name)
{
	static char paths[4][8192];
	static unsigned next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", dir, name);
	return path;
}

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static const char *read_record(void)
{
	static char text[65536];
	int fd = open(in(work, "record"), O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);

	if (fd >= 0)
		close(fd);
	text[n > 0 ? n : 0] = '\0';
	return text;
}

static bool was_started(void)
{
	return access(in(work, "record"), F_OK) == 0;
}

/* A login program that is asked something by this module has been asked too much. */
static int never_talk(int count, const struct pam_message **texts, struct pam_response **answers,
		      void *data)
{
	(void)count;
	(void)texts;
	(void)answers;
	(void)data;
	fail_msg("the module talks to the user");
	return PAM_CONV_ERR;
}

static const struct pam_conv conversation = {never_talk, NULL};

static void write_service(const char *arguments)
{
	char line[8300];

	snprintf(line, sizeof(line), "session required %s/pam_ipcclean.so %s\n", work, arguments);
	write_file(in(work, "session"), line);
}

/* pam_wrapper has a copy of its own of this file, made when the program starts. */
static void write_services(void)
{
	char line[8300];

	mkdir(services, 0755);
	snprintf(line, sizeof(line), "session include %s\n", in(work, "session"));
	write_file(in(services, SERVICE), line);
	write_file(in(services, "other"), "session required pam_deny.so\n");
}

static pam_handle_t *begin(const char *arguments, const char *user)
{
	pam_handle_t *pamh = NULL;

	write_service(arguments);
	assert_int_equal(pam_start(SERVICE, user, &conversation, &pamh), PAM_SUCCESS);
	return pamh;
}

/* One session of the user; returns what close_session did. */
static int live_session(const char *arguments, const char *user)
{
	pam_handle_t *pamh = begin(arguments, user);
	int r;

	assert_int_equal(pam_open_session(pamh, 0), PAM_SUCCESS);
	assert_false(was_started());
	r = pam_close_session(pamh, 0);
	assert_int_equal(pam_end(pamh, PAM_SUCCESS), PAM_SUCCESS);
	return r;
}

static void expect_line(const char *text, const char *line)
{
	char whole[8300];

	snprintf(whole, sizeof(whole), "%s\n", line);
	if (strncmp(text, whole, strlen(whole)) != 0) {
		snprintf(whole, sizeof(whole), "\n%s\n", line);
		if (!strstr(text, whole))
			fail_msg("no line '%s' in:\n%s", line, text);
	}
}

static const char *uid_text(void)
{
	static char text[32];
	const struct passwd *user = getpwnam(USER);

	assert_non_null(user);
	snprintf(text, sizeof(text), "arg %u", user->pw_uid);
	return text;
}

static void copy_standin(mode_t mode)
{
	char command[20000];

	snprintf(command, sizeof(command), "cp -f %s/standin %s/ipcclean", work, work);
	assert_int_equal(system(command), 0);
	assert_int_equal(chmod(in(work, "ipcclean"), mode), 0);
}

static int setup(void **state)
{
	sigset_t none;

	(void)state;
	/* what one test has left behind must not hide it from the next */
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	unlink(in(work, "record"));
	unlink(in(work, "behaviour"));
	unlink(in(work, "ipcclean"));
	copy_standin(0755);
	messages[0] = '\0';
	message_count = 0;
	return 0;
}

static void starts_ipcclean_for_the_user(void **state)
{
	const char *record;

	(void)state;
	assert_int_equal(live_session("wait", USER), PAM_SUCCESS);
	record = read_record();
	expect_line(record, "arg ipcclean");
	expect_line(record, "arg user");
	expect_line(record, uid_text());
	expect_line(record, "arg --quiet");
	expect_line(record, "arg --syslog");
	expect_line(record, "arg --callers=2");
	expect_line(record, "end");
	assert_null(strstr(record, "dry-run"));
	assert_null(strstr(record, "--config"));
	assert_null(strstr(record, "--min-uid"));
	assert_null(strstr(record, "--retry"));
	assert_int_equal(message_count, 0);
}

/* Reads what a helper that nobody waits for writes, from a FIFO. */
static const char *read_fifo(int fd)
{
	static char text[65536];
	struct pollfd ready = {.fd = fd, .events = POLLIN};
	size_t used = 0;

	text[0] = '\0';

	while (!strstr(text, "end\n") || used == 0) {
		ssize_t n;

		assert_int_equal(poll(&ready, 1, 20000), 1);
		n = read(fd, text + used, sizeof(text) - 1 - used);
		assert_true(n > 0);
		used += (size_t)n;
		text[used] = '\0';
	}
	return text;
}

static int make_fifo(void)
{
	int fd;

	assert_int_equal(mkfifo(in(work, "record"), 0600), 0);
	fd = open(in(work, "record"), O_RDWR | O_CLOEXEC);
	assert_true(fd >= 0);
	return fd;
}

static void lets_go_of_it_and_lets_it_retry(void **state)
{
	pam_handle_t *pamh = begin("", USER);
	const char *record;
	int fd = make_fifo();

	(void)state;
	assert_int_equal(pam_open_session(pamh, 0), PAM_SUCCESS);
	assert_int_equal(pam_close_session(pamh, 0), PAM_SUCCESS);
	record = read_fifo(fd);
	expect_line(record, uid_text());
	expect_line(record, "arg --retry=5s");
	expect_line(record, "arg --callers=0");
	assert_null(strstr(record, "--deadline"));
	assert_int_equal(waitpid(-1, NULL, __WALL | WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	pam_end(pamh, PAM_SUCCESS);
	close(fd);
}

static void hands_its_arguments_on(void **state)
{
	const char *record;

	(void)state;
	assert_int_equal(live_session("wait dry_run config=/etc/other.conf min_uid=7", USER),
			 PAM_SUCCESS);
	record = read_record();
	expect_line(record, "arg --dry-run");
	expect_line(record, "arg --config=/etc/other.conf");
	expect_line(record, "arg --min-uid=7");
	assert_int_equal(message_count, 0);
}

static void ignores_what_it_does_not_know(void **state)
{
	(void)state;
	assert_int_equal(live_session("wait dry-run use_first_pass", USER), PAM_SUCCESS);
	assert_true(was_started());
	assert_null(strstr(read_record(), "dry"));
	assert_int_equal(message_count, 2);
	assert_non_null(strstr(messages, "dry-run: no such argument"));
}

static void does_nothing_with_a_value_that_cannot_be_meant(void **state)
{
	static const char *const bad[] = {
		"config=",    "config=relative.conf", "min_uid=",	    "min_uid=-1",
		"min_uid=1x", "min_uid=4294967295",   "min_uid=99999999999"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char arguments[64];
		pam_handle_t *pamh;

		messages[0] = '\0';
		message_count = 0;
		snprintf(arguments, sizeof(arguments), "wait %s", bad[i]);
		pamh = begin(arguments, USER);
		pam_close_session(pamh, 0);
		pam_end(pamh, PAM_SUCCESS);
		assert_false(was_started());
		assert_int_equal(message_count, 1);
		assert_non_null(strstr(messages, "<3>"));
		assert_non_null(strstr(messages, bad[i]));
	}
}

static void debug_tells_and_quiet_does_not(void **state)
{
	(void)state;
	write_file(in(work, "behaviour"), "exit 1\n");
	assert_int_equal(live_session("wait", USER), PAM_SUCCESS);
	assert_int_equal(message_count, 1);
	assert_non_null(strstr(messages, "exit status 1"));
	setup(state);
	write_file(in(work, "behaviour"), "exit 1\n");
	assert_int_equal(live_session("wait quiet", USER), PAM_SUCCESS);
	assert_int_equal(message_count, 0);
	setup(state);
	assert_int_equal(live_session("wait debug", USER), PAM_SUCCESS);
	assert_non_null(strstr(messages, "<7>"));
}

static void leaves_root_and_system_users_alone(void **state)
{
	(void)state;
	assert_int_equal(live_session("wait", "root"), PAM_SUCCESS);
	assert_int_equal(live_session("wait min_uid=0", "root"), PAM_SUCCESS);
	assert_int_equal(live_session("wait", SYSTEM_USER), PAM_SUCCESS);
	assert_false(was_started());
	assert_int_equal(message_count, 0);
	/* the nearest case on the other side */
	assert_int_equal(live_session("wait min_uid=1", SYSTEM_USER), PAM_SUCCESS);
	expect_line(read_record(), "arg 1");
}

static void min_uid_is_the_first_that_counts(void **state)
{
	const struct passwd *user = getpwnam(USER);
	char arguments[64];

	(void)state;
	snprintf(arguments, sizeof(arguments), "wait min_uid=%u", user->pw_uid + 1);
	assert_int_equal(live_session(arguments, USER), PAM_SUCCESS);
	assert_false(was_started());
	snprintf(arguments, sizeof(arguments), "wait min_uid=%u", user->pw_uid);
	assert_int_equal(live_session(arguments, USER), PAM_SUCCESS);
	assert_true(was_started());
}

static void odd_users_are_nobody(void **state)
{
	static char huge[100000];
	const char *const users[] = {"no-such-user-here",
				     "",
				     "a\nb\x01\xff",
				     "../../etc/passwd",
				     "%s%n%n",
				     "-rf",
				     huge,
				     "65534",
				     "root\n",
				     "*",
				     " ",
				     NULL};

	(void)state;
	memset(huge, 'u', sizeof(huge) - 1);
	for (size_t i = 0; i < sizeof(users) / sizeof(users[0]); i++) {
		pam_handle_t *pamh = begin("wait", users[i]);

		messages[0] = '\0';
		message_count = 0;
		pam_open_session(pamh, 0);
		/* all that stands in this stack ignores it, which libpam calls a refusal */
		assert_int_equal(pam_close_session(pamh, 0), PAM_PERM_DENIED);
		pam_end(pamh, PAM_SUCCESS);
		assert_false(was_started());
		assert_int_equal(message_count, 1);
		assert_null(strstr(messages, huge));
	}
}

typedef int (*module_function)(pam_handle_t *, int, int, const char **);

static void other_types_are_ignored(void **state)
{
	static const char *const names[] = {"pam_sm_authenticate", "pam_sm_setcred",
					    "pam_sm_acct_mgmt", "pam_sm_chauthtok"};
	pam_handle_t *pamh = begin("", USER);
	void *module = dlopen(in(work, "pam_ipcclean.so"), RTLD_NOW);

	(void)state;
	assert_non_null(module);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		module_function function;
		const char *argv[] = {"debug", NULL};

		*(void **)&function = dlsym(module, names[i]);
		assert_non_null(function);
		assert_int_equal(function(pamh, 0, 0, NULL), PAM_IGNORE);
		assert_int_equal(function(pamh, PAM_SILENT | PAM_PRELIM_CHECK, 1, argv),
				 PAM_IGNORE);
	}
	assert_false(was_started());
	dlclose(module);
	pam_end(pamh, PAM_SUCCESS);
}

static void exports_nothing_but_what_pam_asks_for(void **state)
{
	char command[8300];

	(void)state;
	snprintf(command, sizeof(command),
		 "test \"$(nm -D --defined-only %s/pam_ipcclean.so | grep -v ' pam_sm_' | wc -l)\" "
		 "= 0",
		 work);
	assert_int_equal(system(command), 0);
}

static void pam_end_alone_starts_nothing(void **state)
{
	pam_handle_t *pamh = begin("wait", USER);
	int status;
	pid_t child;

	(void)state;
	assert_int_equal(pam_open_session(pamh, PAM_SILENT), PAM_SUCCESS);
	child = fork();
	if (child == 0)
		_exit(pam_end(pamh, PAM_SUCCESS | PAM_DATA_SILENT) == PAM_SUCCESS ? 0 : 1);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(pam_end(pamh, PAM_SUCCESS), PAM_SUCCESS);
	assert_false(was_started());
}

static void expect_clean_state(const char *record, uid_t uid)
{
	char ids[64];

	snprintf(ids, sizeof(ids), "ids %u %u %u", uid, uid, uid);
	assert_null(strstr(record, "\nenv "));
	expect_line(record, "fd 0 /dev/null");
	expect_line(record, "fd 1 /dev/null");
	expect_line(record, "fd 2 /dev/null");
	assert_null(strstr(record, "\nfd 3"));
	assert_null(strstr(record, "\nfd 4"));
	expect_line(record, "SigBlk:\t0000000000000000");
	expect_line(record, "SigIgn:\t0000000000000000");
	expect_line(record, ids);
	expect_line(record, "cwd /");
	expect_line(record, "umask 077");
	expect_line(record, "session own");
	if (!uid)
		expect_line(record, "Groups:\t ");
	for (int resource = 0; resource < 10; resource++) {
		char line[32];

		if (resource != RLIMIT_CPU && resource != RLIMIT_FSIZE && resource != RLIMIT_AS)
			continue;
		snprintf(line, sizeof(line), "limit %d lifted", resource);
		expect_line(record, line);
	}
	expect_line(record, "end");
}

static void count_signal(int sig)
{
	static const char text[] = "SIGCHLD\n";

	(void)sig;
	(void)!write(STDERR_FILENO, text, sizeof(text) - 1);
	_exit(99);
}

static void as_it_is(void)
{
}

static void with_sigchld_ignored(void)
{
	static const unsigned long ignore[16] = {(unsigned long)SIG_IGN};

	signal(SIGCHLD, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	/* those that libc keeps for itself, as a parent without libc may leave them */
	syscall(SYS_rt_sigaction, 32, &ignore, NULL, (size_t)NSIG / 8);
	syscall(SYS_rt_sigaction, 33, &ignore, NULL, (size_t)NSIG / 8);
}

static void with_a_handler_that_ends_us(void)
{
	signal(SIGCHLD, count_signal);
}

static void with_all_signals_blocked(void)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
}

static void with_fds_closed(void)
{
	close(0);
	close(1);
	close(2);
}

static void with_many_fds_open(void)
{
	for (int i = 0; i < 200; i++)
		if (open("/dev/zero", O_RDONLY) < 0)
			_exit(98);
}

static void with_no_fd_left(void)
{
	while (open("/dev/null", O_RDONLY) >= 0)
		;
}

static void with_limits_of_a_session(void)
{
	const struct rlimit small = {1, RLIM_INFINITY}, little = {60, 3600};

	setrlimit(RLIMIT_FSIZE, &small);
	setrlimit(RLIMIT_CPU, &little);
}

static void in_a_strange_place(void)
{
	if (chdir("/tmp") < 0)
		_exit(98);
	umask(0);
	setenv("LD_PRELOAD", "/nonexistent", 1);
	setenv("IPCS", "x", 1);
}

static void with_little_memory(void)
{
	struct rlimit limit = {0, RLIM_INFINITY};
	FILE *f = fopen("/proc/self/statm", "re");
	unsigned long pages = 0;

	/* room for two stacks and the module, not for a copy of anything large */
	if (!f || fscanf(f, "%lu", &pages) != 1)
		_exit(98);
	fclose(f);
	limit.rlim_cur = pages * (rlim_t)sysconf(_SC_PAGESIZE) + (4 << 20);
	setrlimit(RLIMIT_AS, &limit);
}

#define OTHER 65534

/*
 * su(1): real ids of who called it, effective ones of root, and root's memory is nobody's to read
 */
static void set_user_id(void)
{
	gid_t groups[] = {4, 24, 27};

	if (setgroups(3, groups) < 0 || setresgid(OTHER, OTHER, 0) < 0 ||
	    setresuid(OTHER, 0, 0) < 0)
		_exit(98);
	/* readable all the same: that, too, must stay */
	prctl(PR_SET_DUMPABLE, 1);
}

/* (sd-pam) */
static void with_privileges_dropped(void)
{
	if (setresgid(OTHER, OTHER, OTHER) < 0 || setresuid(OTHER, OTHER, OTHER) < 0)
		_exit(98);
}

static void with_privileges_laid_aside(void)
{
	if (setresgid(OTHER, OTHER, 0) < 0 || setresuid(0, OTHER, 0) < 0)
		_exit(98);
}

/* What must be the same after a session as before it. */
struct traces {
	sigset_t mask;
	void (*chld)(int);
	char cwd[4096];
	mode_t umask;
	unsigned fds, env;
	int dumpable;
	struct rlimit cpu;
	uid_t uids[3];
};

extern char **environ;

static unsigned count_entries(const char *path)
{
	unsigned n = 0;
	DIR *dir = opendir(path);

	while (dir && readdir(dir))
		n++;
	if (dir)
		closedir(dir);
	return n;
}

static unsigned count_fds(void)
{
	unsigned n = 0;

	for (int fd = 0; fd < 65536; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static void take_traces(struct traces *traces)
{
	struct sigaction chld;

	memset(traces, 0, sizeof(*traces));
	sigprocmask(SIG_SETMASK, NULL, &traces->mask);
	sigaction(SIGCHLD, NULL, &chld);
	traces->chld = chld.sa_handler;
	(void)!getcwd(traces->cwd, sizeof(traces->cwd));
	traces->umask = umask(0);
	umask(traces->umask);
	traces->fds = count_fds();
	for (char **e = environ; *e; e++)
		traces->env++;
	traces->dumpable = prctl(PR_GET_DUMPABLE);
	getrlimit(RLIMIT_CPU, &traces->cpu);
	getresuid(&traces->uids[0], &traces->uids[1], &traces->uids[2]);
}

/* In a process of its own: gets into the state, lives one session, compares. */
static int live_in_state(void (*get_into)(void), bool is_waiting)
{
	pam_handle_t *pamh = begin(is_waiting ? "wait" : "", USER);
	struct traces before, after;
	int r;

	/* the module is loaded: what is not there any more it does not need */
	if (pam_open_session(pamh, 0) != PAM_SUCCESS)
		return 90;
	get_into();
	take_traces(&before);
	r = pam_close_session(pamh, 0);
	take_traces(&after);
	if (r != PAM_SUCCESS)
		return 91;
	if (memcmp(&before, &after, sizeof(before)))
		return 92;
	if (waitpid(-1, NULL, __WALL | WNOHANG) != -1 || errno != ECHILD)
		return 93;
	/* the stand-in fails, which is told if we waited for it: its status is not lost */
	return (strstr(messages, "exit status 3") != NULL) == is_waiting ? 0 : 94;
}

enum as { AS_WE_ARE, AS_ROOT, AS_OTHER };

static const struct {
	const char *name;
	void (*get_into)(void);
	enum as as; /* whom the helper acts as; the last two need root here */
} login_states[] = {
	{"as it is", as_it_is, AS_WE_ARE},
	{"SIGCHLD ignored", with_sigchld_ignored, AS_WE_ARE},
	{"a SIGCHLD handler", with_a_handler_that_ends_us, AS_WE_ARE},
	{"all signals blocked", with_all_signals_blocked, AS_WE_ARE},
	{"no fds 0 to 2", with_fds_closed, AS_WE_ARE},
	{"200 fds", with_many_fds_open, AS_WE_ARE},
	{"no fd left", with_no_fd_left, AS_WE_ARE},
	{"limits of the session", with_limits_of_a_session, AS_WE_ARE},
	{"a strange place", in_a_strange_place, AS_WE_ARE},
	{"little memory", with_little_memory, AS_WE_ARE},
	{"the set-user-id bit", set_user_id, AS_ROOT},
	{"its privileges dropped", with_privileges_dropped, AS_OTHER},
	{"its privileges laid aside", with_privileges_laid_aside, AS_OTHER},
};

static void try_state(void **state, size_t i, bool is_waiting)
{
	enum as as = login_states[i].as;
	int status, fd;
	pid_t child;

	setup(state);
	fd = make_fifo();
	assert_int_equal(chmod(in(work, "record"), 0666), 0);
	write_file(in(work, "behaviour"), "exit 3\n");
	print_message("login program with %s, %s\n", login_states[i].name,
		      is_waiting ? "wait" : "");
	child = fork();
	if (child == 0) {
		close(fd);
		_exit(live_in_state(login_states[i].get_into, is_waiting));
	}
	expect_clean_state(read_fifo(fd), as == AS_OTHER ? OTHER : geteuid());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	close(fd);
}

static void gives_a_clean_state_and_leaves_no_trace(void **state)
{
	for (size_t i = 0; i < sizeof(login_states) / sizeof(login_states[0]); i++) {
		if (login_states[i].as != AS_WE_ARE && geteuid() != 0)
			continue;
		try_state(state, i, false);
		try_state(state, i, true);
	}
}

static double now_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void ends_a_helper_that_hangs(void **state)
{
	double start = now_s();

	(void)state;
	write_file(in(work, "behaviour"), "hang\n");
	assert_int_equal(live_session("wait", USER), PAM_SUCCESS);
	assert_true(was_started());
	/* PAM_TEST_WAIT_MS, with room for a busy machine */
	assert_true(now_s() - start < 20);
	assert_int_equal(message_count, 1);
	assert_non_null(strstr(messages, "not done with uid"));
	assert_int_equal(waitpid(-1, NULL, __WALL | WNOHANG), -1);
}

static void does_not_wait_for_a_helper_that_hangs(void **state)
{
	pam_handle_t *pamh = begin("", USER);
	int fd = make_fifo();

	(void)state;
	write_file(in(work, "behaviour"), "hang\n");
	assert_int_equal(pam_close_session(pamh, 0), PAM_SUCCESS);
	assert_int_equal(message_count, 0);
	(void)read_fifo(fd);
	assert_int_equal(system("pkill -KILL -f '^ipcclean user .*--retry=5s'"), 0);
	pam_end(pamh, PAM_SUCCESS);
	close(fd);
}

static void survives_crashes_and_floods(void **state)
{
	(void)state;
	write_file(in(work, "behaviour"), "crash\n");
	assert_int_equal(live_session("wait", USER), PAM_SUCCESS);
	assert_non_null(strstr(messages, "ended by signal 6"));
	setup(state);
	write_file(in(work, "behaviour"), "flood\n");
	assert_int_equal(live_session("wait", USER), PAM_SUCCESS);
	assert_int_equal(message_count, 0);
}

static void expect_refused(const char *arguments, const char *why)
{
	messages[0] = '\0';
	message_count = 0;
	assert_int_equal(live_session(arguments, USER), PAM_SUCCESS);
	assert_false(was_started());
	assert_int_equal(message_count, 1);
	if (!strstr(messages, why))
		fail_msg("'%s' is not in: %s", why, messages);
}

static void says_why_the_helper_cannot_be_started(void **state)
{
	static const char *const both[] = {"", "wait"};

	for (size_t i = 0; i < 2; i++) {
		setup(state);
		unlink(in(work, "ipcclean"));
		expect_refused(both[i], "No such file");
		copy_standin(0644);
		expect_refused(both[i], "Permission denied");
		copy_standin(0775);
		expect_refused(both[i], "is it root's");
		copy_standin(0757);
		expect_refused(both[i], "is it root's");
		copy_standin(0755);
		assert_int_equal(chmod(work, 0775), 0);
		expect_refused(both[i], "is it root's");
		assert_int_equal(chmod(work, 0755), 0);
		unlink(in(work, "ipcclean"));
		assert_int_equal(mkdir(in(work, "ipcclean"), 0755), 0);
		expect_refused(both[i], "Permission denied");
		assert_int_equal(rmdir(in(work, "ipcclean")), 0);
		write_file(in(work, "ipcclean"), "not a program");
		assert_int_equal(chmod(in(work, "ipcclean"), 0755), 0);
		expect_refused(both[i], "Exec format error");
	}
	if (geteuid() == 0) {
		copy_standin(0755);
		assert_int_equal(chown(in(work, "ipcclean"), 12345, 12345), 0);
		expect_refused("wait", "is it root's");
	}
}

/* In one step: a helper that nobody waited for, of the last test, may be about to make it. */
static void throw_record_away(void)
{
	const char *link = in(work, "nowhere");

	assert_int_equal(symlink("/dev/null", link), 0);
	assert_int_equal(rename(link, in(work, "record")), 0);
}

#define TIMES 10000

static size_t resident_kib(void)
{
	FILE *f = fopen("/proc/self/statm", "re");
	unsigned long size = 0, resident = 0;

	assert_non_null(f);
	assert_int_equal(fscanf(f, "%lu %lu", &size, &resident), 2);
	fclose(f);
	return resident * (size_t)sysconf(_SC_PAGESIZE) / 1024;
}

static void ten_thousand_sessions_leave_nothing(void **state)
{
	pam_handle_t *pamh = begin("", USER);
	struct traces before, after;
	unsigned threads = count_entries("/proc/self/task");
	size_t kib = 0;

	(void)state;
	write_file(in(work, "behaviour"), "exit 0\n");
	/* the record would grow */
	throw_record_away();
	take_traces(&before);
	for (int i = 0; i < TIMES; i++) {
		if (i == TIMES / 10)
			kib = resident_kib();
		assert_int_equal(pam_open_session(pamh, 0), PAM_SUCCESS);
		assert_int_equal(pam_close_session(pamh, 0), PAM_SUCCESS);
	}
	take_traces(&after);
	assert_memory_equal(&before, &after, sizeof(before));
	assert_int_equal(count_entries("/proc/self/task"), threads);
#ifndef __SANITIZE_ADDRESS__ /* which puts what was freed aside */
	/* malloc's own slack, and none for anything that grows by the session */
	assert_true(resident_kib() <= kib + TIMES / 50);
#endif
	assert_true(kib > 0);
	assert_int_equal(message_count, 0);
	assert_int_equal(waitpid(-1, NULL, __WALL | WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	pam_end(pamh, PAM_SUCCESS);
}

static void *live_many_sessions(void *arg)
{
	pam_handle_t *pamh = arg;
	int failed = 0;

	for (int i = 0; i < 100; i++)
		failed += pam_close_session(pamh, 0) != PAM_SUCCESS;
	return (void *)(intptr_t)failed;
}

static void threads_do_not_disturb_each_other(void **state)
{
	pam_handle_t *handles[8];
	pthread_t threads[8];

	(void)state;
	write_file(in(work, "behaviour"), "exit 0\n");
	throw_record_away();
	for (int i = 0; i < 8; i++)
		handles[i] = begin(i % 2 ? "wait" : "", USER);
	for (int i = 0; i < 8; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, live_many_sessions, handles[i]),
				 0);
	for (int i = 0; i < 8; i++) {
		void *failed;

		pthread_join(threads[i], &failed);
		assert_null(failed);
		pam_end(handles[i], PAM_SUCCESS);
	}
	assert_string_equal(messages, "");
	assert_int_equal(waitpid(-1, NULL, __WALL | WNOHANG), -1);
}

/* pam_wrapper must be there before libpam: this program starts itself again with it. */
static int start_again_wrapped(char **argv)
{
	setenv("PAM_WRAPPER", "1", 1);
	setenv("PAM_WRAPPER_SERVICE_DIR", services, 1);
	/* which sanitizers do not bear; the name is uid_wrapper's in pam_wrapper too */
	setenv("UID_WRAPPER_DISABLE_DEEPBIND", "1", 1);
	setenv("LD_PRELOAD", "libpam_wrapper.so", 1);
	setenv("ASAN_OPTIONS", "verify_asan_link_order=0:detect_leaks=0", 1);
	execv("/proc/self/exe", argv);
	return 1;
}

int main(int argc, char **argv)
{
#define TEST(name) cmocka_unit_test_setup(name, setup)
	const struct CMUnitTest tests[] = {
		TEST(starts_ipcclean_for_the_user),
		TEST(lets_go_of_it_and_lets_it_retry),
		TEST(hands_its_arguments_on),
		TEST(ignores_what_it_does_not_know),
		TEST(does_nothing_with_a_value_that_cannot_be_meant),
		TEST(debug_tells_and_quiet_does_not),
		TEST(leaves_root_and_system_users_alone),
		TEST(min_uid_is_the_first_that_counts),
		TEST(odd_users_are_nobody),
		TEST(other_types_are_ignored),
		TEST(exports_nothing_but_what_pam_asks_for),
		TEST(pam_end_alone_starts_nothing),
		TEST(gives_a_clean_state_and_leaves_no_trace),
		TEST(ends_a_helper_that_hangs),
		TEST(does_not_wait_for_a_helper_that_hangs),
		TEST(survives_crashes_and_floods),
		TEST(says_why_the_helper_cannot_be_started),
		TEST(ten_thousand_sessions_leave_nothing),
		TEST(threads_do_not_disturb_each_other),
	};

	(void)argc;
	snprintf(work, sizeof(work), "%s", PAM_TEST_DIR);
	snprintf(services, sizeof(services), "%s/services", work);
	if (!getenv("PAM_WRAPPER")) {
		write_services();
		return start_again_wrapped(argv);
	}
	/* not for what is started from here */
	unsetenv("LD_PRELOAD");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
