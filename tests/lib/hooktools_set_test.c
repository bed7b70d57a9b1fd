#include "lib/hooktools.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <threads.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/path.h"
#include "lib/str.h"
#include "tests/lib/check.h"
#include "tests/lib/owner_pem.h"

static const char *const sleeper[] = { "sleep", "60", NULL };

static struct hooktools *open_tools(struct hooktools_certificate **owner)
{
	auto_free char *pool = path_join(getenv("HOOKTOOLS_CONF"), "pool");
	auto_free char *file = path_join(pool, "owner.pem");
	struct hooktools *tools = NULL;
	struct hooktools_error err = { 0 };
	struct error ignored = { 0 };

	CHECK(file_make_dirs(pool, 0700, &ignored) == 0);
	CHECK(file_replace(AT_FDCWD, file, pem, strlen(pem), 0600, &ignored) == 0);
	CHECK(hooktools_open(&tools, NULL, &err) == 0);
	CHECK(hooktools_certificate_new(owner, tools, pem, strlen(pem), &err) == 0);
	return tools;
}

static struct hooktools_job *make(const struct hooktools_certificate *owner,
				  const char *const *argv)
{
	struct hooktools_job *job = NULL;
	struct hooktools_error err = { 0 };

	CHECK(hooktools_job_new(&job, owner, argv, &err) == 0);
	return job;
}

static void set(struct hooktools_job *job, const char *key, const char *value)
{
	struct hooktools_error err = { 0 };

	if (hooktools_job_set(job, key, value, &err) < 0)
		CHECK_STR(err.message, "");
}

static void refuse(struct hooktools_job *job, const char *key, const char *value,
		   const char *want)
{
	struct hooktools_error err = { 0 };

	CHECK(hooktools_job_set(job, key, value, &err) == -1 &&
	      err.kind == HOOKTOOLS_ERROR_JOB);
	CHECK_STR(err.message, want);
}

static void check_state(const struct hooktools_job *job, const char *want)
{
	struct hooktools_status status = { .pid = 0 };
	struct hooktools_error err = { 0 };

	CHECK(hooktools_job_status(&status, job, &err) == 0);
	CHECK_STR(status.state, want);
}

/* It writes that, and ends well. */
static void run(struct hooktools_job *job, const char *want)
{
	char bytes[256] = "";
	struct hooktools_tail tail = { .buffer = bytes, .size = sizeof(bytes) - 1 };
	struct hooktools_status status = { .pid = 0 };
	struct hooktools_error err = { 0 };

	CHECK(hooktools_job_start(job, &err) == 0);
	CHECK(hooktools_job_wait(&status, job, &err) == 0);
	CHECK_STR(status.reason, "");
	CHECK(hooktools_job_tail(job, &tail, &err) == 0);
	CHECK_STR(bytes, want);
}

static void stop(struct hooktools_job *job)
{
	struct hooktools_error err = { 0 };

	CHECK(hooktools_job_stop(job, 0, &err) == 0);
	hooktools_job_free(job);
}

/* Nobody has to wait for what was started. */
static void check_no_children(void)
{
	CHECK(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD);
}

static void check_spec(const struct hooktools_job *job)
{
	auto_free char *file =
		str_format("%s/jobs/" HASH "/%s/spec.json", getenv("HOOKTOOLS_STATE"),
			   hooktools_job_id(job));
	auto_free char *want = str_format(
		"{\"id\":\"%s\",\"exec\":[\"sh\",\"-c\",\"cat; echo $TOWN $LAND; pwd; "
		"umask; "
		"ulimit -n; exec id -u\"],\"name\":\"a job\",\"dir\":\"/\","
		"\"env\":{\"TOWN\":\"here\",\"LAND\":\"x=y\"},\"user\":\"nobody\","
		"\"umask\":\"027\",\"sandbox\":\"none\",\"timeout\":\"60000ms\","
		"\"grace\":\"2000ms\","
		"\"limits\":{\"cpu\":\"1.50000\",\"memory\":536870912,\"pids\":64,"
		"\"open_files\":99,\"enforce\":\"best-effort\",\"log\":65536},"
		"\"log_index\":true,\"retry\":{\"times\":2,\"on\":[\"oom\",\"lost\"]},"
		"\"owner\":\"" HASH "\"}\n",
		hooktools_job_id(job));
	auto_buf struct buf text = BUF_EMPTY;
	struct error err = { 0 };

	CHECK(file_read(&text, AT_FDCWD, file, 4096, &err) == 0);
	CHECK_STR(buf_str(&text), want);
}

static void what_is_set_holds(void)
{
	static const char *const argv[] = {
		"sh", "-c", "cat; echo $TOWN $LAND; pwd; umask; ulimit -n; exec id -u",
		NULL
	};
	static const char *const settings[][2] = {
		{ "name", "first" },	{ "name", "a job" },
		{ "dir", "/" },		{ "env", "TOWN=here" },
		{ "env", "LAND=x=y" },	{ "user", "nobody" },
		{ "umask", "027" },	{ "sandbox", "default" },
		{ "sandbox", "none" },	{ "timeout", "1m" },
		{ "grace", "2s" },	{ "cpu", "1.5" },
		{ "memory", "512M" },	{ "pids", "64" },
		{ "open-files", "99" }, { "limits", "best-effort" },
		{ "log-max", "64K" },	{ "log-index", "true" },
		{ "retry", "2" },	{ "retry-on", "oom,lost" },
	};
	struct hooktools_certificate *owner = NULL;
	struct hooktools *tools = open_tools(&owner);
	struct hooktools_job *job = make(owner, argv);
	struct hooktools_error err = { 0 };

	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
		set(job, settings[i][0], settings[i][1]);
	CHECK(hooktools_job_input(job, "lost", 4, &err) == 0);
	CHECK(hooktools_job_input(job, "from C\n", 7, &err) == 0);
	run(job, "from C\nhere x=y\n/\n0027\n99\n65534\n");
	check_spec(job);
	hooktools_job_free(job);
	hooktools_certificate_free(owner);
	hooktools_close(tools);
}

static void what_cannot_be_set_is_told(void)
{
	struct hooktools_certificate *owner = NULL;
	struct hooktools *tools = open_tools(&owner);
	struct hooktools_job *job = make(owner, sleeper);
	struct hooktools_error err = { 0 };
	auto_free char *started =
		str_format("job '%s' was started before", hooktools_job_id(job));

	refuse(job, "color", "red", "there is no setting 'color'");
	refuse(job, NULL, "red", "there is no setting ''");
	refuse(job, "owner", HASH, "there is no setting 'owner'");
	refuse(job, "memory", NULL, "setting 'memory' wants a value");
	refuse(job, "dir", "here", "'dir' is no absolute path");
	refuse(job, "pids", "0", "'pids': '0' is no number from 1 to 4194304");
	refuse(job, "log-index", "no",
	       "'log-index': it is 'true' or not set, and not 'no'");
	CHECK(hooktools_job_set(job, "pids", "x", NULL) == -1);
	/* Whether there is such a user is seen when it starts, and then it does not. */
	set(job, "user", "no-such-user");
	CHECK(hooktools_job_start(job, &err) == -1 && err.kind == HOOKTOOLS_ERROR_JOB);
	CHECK_STR(err.message, "user 'no-such-user': no user 'no-such-user' here");
	set(job, "user", "nobody");
	CHECK(hooktools_job_start(job, &err) == 0);
	refuse(job, "name", "late", started);
	CHECK(hooktools_job_input(job, "", 0, &err) == -1 &&
	      err.kind == HOOKTOOLS_ERROR_JOB);
	stop(job);
	/* The machine's own limit is everybody's. */
	CHECK(setenv("HOOKTOOLS_MAX_TIME", "10ms", 1) == 0);
	job = make(owner, sleeper);
	CHECK(hooktools_job_start(job, &err) == 0);
	CHECK(hooktools_job_wait(&(struct hooktools_status){ .pid = 0 }, job, &err) == 0);
	check_state(job, "timeout");
	stop(job);
	hooktools_certificate_free(owner);
	hooktools_close(tools);
}

static void what_is_submitted_waits_for_its_turn(void)
{
	struct hooktools_certificate *owner = NULL;
	struct hooktools *tools = NULL;
	struct hooktools_job *jobs[3];
	struct hooktools_status status = { .pid = 0 };
	struct hooktools_error err = { 0 };

	CHECK(setenv("HOOKTOOLS_JOBS_MAX", "1", 1) == 0);
	tools = open_tools(&owner);
	for (int i = 0; i < 3; i++) {
		static const char *const argv[] = { "true", NULL };

		jobs[i] = make(owner, i == 1 ? argv : sleeper);
	}
	CHECK(hooktools_job_submit(jobs[0], &err) == 0);
	CHECK(hooktools_job_submit(jobs[1], &err) == 0);
	CHECK(hooktools_job_submit(jobs[1], &err) == -1 &&
	      err.kind == HOOKTOOLS_ERROR_JOB);
	check_no_children();
	check_state(jobs[1], "queued");
	/* Who says start means now. */
	CHECK(hooktools_job_start(jobs[2], &err) == 0);
	check_state(jobs[2], "running");
	check_state(jobs[1], "queued");
	stop(jobs[0]);
	CHECK(hooktools_job_wait(&status, jobs[1], &err) == 0);
	CHECK_STR(status.state, "ok");
	stop(jobs[2]);
	hooktools_job_free(jobs[1]);
	hooktools_certificate_free(owner);
	hooktools_close(tools);
}

/* Returns when it has begun. */
static int start(void *context)
{
	struct hooktools_error err = { 0 };

	return hooktools_job_start(context, &err);
}

static void a_group_goes_one_by_one(void)
{
	static const char *const who[] = { "id", "-G", NULL };
	struct hooktools_certificate *owner = NULL;
	struct hooktools *tools = open_tools(&owner);
	struct hooktools_job *first = make(owner, sleeper);
	struct hooktools_job *second = make(owner, sleeper);
	struct hooktools_job *third = make(owner, who);
	struct hooktools_error err = { 0 };
	thrd_t thread;
	int failed = 1;

	set(first, "group", "deploy");
	set(second, "group", "deploy");
	set(third, "group", "deploy");
	set(third, "busy", "reject");
	set(third, "user", "root");
	set(third, "dir", "/");
	CHECK(hooktools_job_start(first, &err) == 0);
	CHECK(hooktools_job_start(third, &err) == -1 && err.kind == HOOKTOOLS_ERROR_JOB);
	CHECK_STR(err.message, "group 'deploy' is busy");
	/* What it was to be then it is not now. */
	set(third, "user", "nobody");
	set(third, "group", "other");
	run(third, "65534\n");
	hooktools_job_free(third);
	CHECK(thrd_create(&thread, start, second) == thrd_success);
	stop(first);
	CHECK(thrd_join(thread, &failed) == thrd_success && !failed);
	check_state(second, "running");
	check_no_children();
	/* One that ends before its turn comes did not begin. */
	first = make(owner, sleeper);
	set(first, "after", hooktools_job_id(second));
	CHECK(thrd_create(&thread, start, first) == thrd_success);
	stop(second);
	CHECK(thrd_join(thread, &failed) == thrd_success && failed);
	check_state(first, "skipped");
	hooktools_job_free(first);
	hooktools_certificate_free(owner);
	hooktools_close(tools);
}

static const struct check_case cases[] = {
	{ "what_is_set_holds", what_is_set_holds },
	{ "what_cannot_be_set_is_told", what_cannot_be_set_is_told },
	{ "what_is_submitted_waits_for_its_turn", what_is_submitted_waits_for_its_turn },
	{ "a_group_goes_one_by_one", a_group_goes_one_by_one },
};

CHECK_MAIN(cases)
