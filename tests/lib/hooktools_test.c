#include "lib/hooktools.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
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

enum { THREADS = 4, ROUNDS = 25 };

static char *place(const char *name)
{
	return path_join(getenv("HOOKTOOLS_CONF"), name);
}

static void write_file(const char *path, const char *text)
{
	struct error err = { 0 };

	CHECK(file_replace(AT_FDCWD, path, text, strlen(text), 0600, &err) == 0);
}

static void fill_pool(void)
{
	auto_free char *pool = place("pool");
	auto_free char *file = place("pool/owner.pem");
	struct error err = { 0 };

	CHECK(file_make_dirs(pool, 0700, &err) == 0);
	write_file(file, pem);
}

/* Our places, and the owner of the pool's one certificate. */
static struct hooktools *open_tools(struct hooktools_certificate **owner)
{
	struct hooktools *tools = NULL;
	struct hooktools_error err = { 0 };

	fill_pool();
	CHECK(hooktools_open(&tools, NULL, &err) == 0);
	CHECK(hooktools_certificate_new(owner, tools, pem, strlen(pem), &err) == 0);
	return tools;
}

static void certificates_come_from_the_pool(void)
{
	struct hooktools_certificate **list = NULL;
	struct hooktools_certificate *owner = NULL;
	auto_free char *pool = place("pool");
	auto_free char *viewer = place("pool/viewer");
	auto_free char *file = place("pool/viewer/x");
	auto_free char *revoked = place("revoked");
	struct hooktools *tools = NULL;
	struct hooktools_error err = { 0 };
	struct error ignored = { 0 };
	size_t count = 1;

	CHECK(hooktools_open(&tools, NULL, &err) == 0);
	write_file(pool, "no folder");
	CHECK(hooktools_certificates(&list, &count, tools, &err) == -1 &&
	      err.kind == HOOKTOOLS_ERROR_CERTIFICATE);
	CHECK(strstr(err.message, "pool'"));
	CHECK(unlink(pool) == 0 && file_make_dirs(viewer, 0700, &ignored) == 0);
	CHECK(hooktools_certificates(&list, &count, tools, &err) == 0 && count == 0);
	hooktools_certificates_free(list, count);
	err.kind = HOOKTOOLS_ERROR_NONE;
	CHECK(hooktools_certificate_new(&owner, tools, pem, strlen(pem), &err) == -1 &&
	      err.kind == HOOKTOOLS_ERROR_CERTIFICATE);
	CHECK(hooktools_certificate_new(&owner, tools, "x", 1, NULL) == -1 && !owner);
	write_file(file, pem);
	CHECK(hooktools_certificates(&list, &count, tools, &err) == 0 && count == 1);
	CHECK_STR(hooktools_certificate_hash(list[0]), HASH);
	CHECK_STR(hooktools_certificate_role(list[0]), "viewer");
	hooktools_certificates_free(list, count);
	CHECK(hooktools_certificate_new(&owner, tools, pem, strlen(pem), &err) == 0);
	CHECK_STR(hooktools_certificate_bytes(owner, &count), pem);
	CHECK(count == strlen(pem));
	CHECK_STR(hooktools_certificate_role(owner), "viewer");
	hooktools_certificate_free(owner);
	write_file(revoked, HASH "\n");
	CHECK(hooktools_certificate_new(&owner, tools, pem, strlen(pem), &err) == -1 &&
	      err.kind == HOOKTOOLS_ERROR_CERTIFICATE);
	CHECK_STR(err.message, "certificate 'CN=owner': it was revoked");
	hooktools_close(tools);
}

static void read_lines(const struct hooktools_job *job, uint64_t lines, const char *want)
{
	char bytes[64] = "";
	struct hooktools_tail tail = { .buffer = bytes,
				       .size = sizeof(bytes) - 1,
				       .lines = lines };
	struct hooktools_error err = { 0 };

	CHECK(hooktools_job_tail(job, &tail, &err) == 0 && tail.len == strlen(want));
	CHECK_STR(bytes, want);
	/* Nothing more from there. */
	CHECK(hooktools_job_tail(job, &tail, &err) == 0 && tail.len == 0);
}

static bool is_there(const struct hooktools_job *job, const char *name)
{
	auto_free char *path =
		str_format("%s/jobs/" HASH "/%s/%s", getenv("HOOKTOOLS_STATE"),
			   hooktools_job_id(job), name);

	return access(path, F_OK) == 0;
}

/* The path of its cgroup; "" where it has none, as this machine gives none. */
static void read_cgroup(struct buf *path, const struct hooktools_job *job)
{
	auto_free char *file =
		str_format("%s/jobs/" HASH "/%s/cgroup", getenv("HOOKTOOLS_STATE"),
			   hooktools_job_id(job));
	struct error err = { 0 };
	bool found = false;

	CHECK(file_read_if(path, &found, AT_FDCWD, file, 4096, &err) == 0);
	if (!found)
		return;
	buf_cut(path, strcspn(buf_str(path), "\n"));
	CHECK(access(buf_str(path), F_OK) == 0);
}

/* Nothing can be read of a log before it is there. */
static void await_log(const struct hooktools_job *job, uint64_t size)
{
	char bytes[1] = "";
	struct hooktools_tail tail = { .buffer = bytes, .size = 1 };
	struct hooktools_error err = { 0 };

	while (tail.offset < size) {
		CHECK(hooktools_job_tail(job, &tail, &err) == 0);
		(void)thrd_yield();
	}
}

static void a_job_is_started_read_and_stopped(void)
{
	static const char *const argv[] = {
		"sh", "-c", "echo one; echo two; echo three; exec sleep 60", NULL
	};
	struct hooktools_certificate *owner = NULL;
	struct hooktools *tools = open_tools(&owner);
	struct hooktools_job *job = NULL;
	struct hooktools_status status = { .pid = 0 };
	struct hooktools_error err = { 0 };
	auto_buf struct buf cgroup = BUF_EMPTY;

	CHECK(hooktools_job_new(&job, owner, argv, &err) == 0);
	CHECK(!is_there(job, ""));
	CHECK(hooktools_job_stop(job, 0, &err) == -1 && err.kind == HOOKTOOLS_ERROR_JOB);
	CHECK(hooktools_job_start(job, &err) == 0);
	CHECK(hooktools_job_start(job, &err) == -1 && err.kind == HOOKTOOLS_ERROR_JOB);
	CHECK(is_there(job, "pid") && is_there(job, "log") && is_there(job, "spec.json"));
	CHECK(hooktools_job_status(&status, job, &err) == 0 && !status.is_final);
	CHECK_STR(status.state, "running");
	read_cgroup(&cgroup, job);
	/* We have no child that somebody would have to wait for. */
	CHECK(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD);
	await_log(job, strlen("one\ntwo\nthree\n"));
	CHECK(hooktools_job_stop(job, 5000, &err) == 0);
	CHECK(kill(status.pid, 0) == -1 && errno == ESRCH);
	CHECK(!cgroup.len || access(buf_str(&cgroup), F_OK) == -1);
	read_lines(job, 2, "two\nthree\n");
	read_lines(job, 9, "one\ntwo\nthree\n");
	CHECK(hooktools_job_wait(&status, job, &err) == 0 && status.is_final);
	CHECK_STR(status.state, "cancelled");
	CHECK(hooktools_job_stop(job, 0, &err) == 0);
	hooktools_job_free(job);
	hooktools_certificate_free(owner);
	hooktools_close(tools);
}

static void a_job_is_found_by_its_names(void)
{
	static const char *const argv[] = { "true", NULL };
	struct hooktools_certificate *owner = NULL;
	struct hooktools *tools = open_tools(&owner);
	struct hooktools_job *job = NULL;
	struct hooktools_job *again = NULL;
	struct hooktools_error err = { 0 };
	char(*ids)[HOOKTOOLS_ID_LEN] = NULL;
	auto_free char *number = NULL;
	size_t count = 1;

	CHECK(hooktools_jobs(&ids, &count, owner, &err) == 0 && count == 0);
	free(ids);
	ids = NULL;
	CHECK(hooktools_job_new(&job, owner, argv, &err) == 0);
	CHECK(hooktools_job_number(job) / 1000000000 == 11);
	number = str_format("%lld", (long long)hooktools_job_number(job));
	CHECK(hooktools_job_open(&again, owner, number, &err) == -1 &&
	      err.kind == HOOKTOOLS_ERROR_CERTIFICATE);
	CHECK(hooktools_job_start(job, &err) == 0);
	CHECK(hooktools_job_open(&again, owner, number, &err) == 0);
	CHECK_STR(hooktools_job_id(again), hooktools_job_id(job));
	CHECK(hooktools_job_number(again) == hooktools_job_number(job));
	hooktools_job_free(again);
	CHECK(hooktools_job_open(&again, owner, hooktools_job_id(job), &err) == 0);
	CHECK(hooktools_job_stop(again, 0, &err) == 0);
	CHECK(hooktools_jobs(&ids, &count, owner, &err) == 0 && count == 1);
	CHECK_STR(ids[0], hooktools_job_id(job));
	free(ids);
	hooktools_job_free(again);
	hooktools_job_free(job);
	hooktools_certificate_free(owner);
	hooktools_close(tools);
}

static void start_badly(const struct hooktools_certificate *owner, const char *program,
			const char *want)
{
	const char *const argv[] = { program, NULL };
	struct hooktools_job *job = NULL;
	struct hooktools_error err = { 0 };

	CHECK(hooktools_job_new(&job, owner, argv, &err) == 0);
	CHECK(hooktools_job_start(job, &err) == -1 && err.kind == HOOKTOOLS_ERROR_JOB);
	CHECK(strstr(err.message, want));
	hooktools_job_free(job);
}

static void failures_say_of_what_kind_they_are(void)
{
	static const char *const none[] = { NULL };
	struct hooktools_certificate *owner = NULL;
	struct hooktools *tools = open_tools(&owner);
	struct hooktools_job *job = NULL;
	struct hooktools_error err = { 0 };
	char(*ids)[HOOKTOOLS_ID_LEN] = NULL;
	size_t count = 1;

	start_badly(owner, "no-such-program", "no program 'no-such-program'");
	CHECK(hooktools_job_new(&job, owner, none, &err) == -1 &&
	      err.kind == HOOKTOOLS_ERROR_CERTIFICATE);
	CHECK(hooktools_job_open(&job, owner, "../x", &err) == -1 &&
	      err.kind == HOOKTOOLS_ERROR_CERTIFICATE);
	/* Nothing is left of what did not start. */
	CHECK(hooktools_jobs(&ids, &count, owner, &err) == 0 && count == 0);
	free(ids);
	hooktools_certificate_free(owner);
	hooktools_close(tools);
}

static void places_may_be_wrong(void)
{
	auto_free char *file = place("file");
	struct hooktools_places places = { .libexec = getenv("HOOKTOOLS_CONF") };
	struct hooktools_certificate *owner = NULL;
	struct hooktools *tools = NULL;
	struct hooktools_error err = { 0 };
	char(*ids)[HOOKTOOLS_ID_LEN] = NULL;
	int64_t number = 0;
	size_t count = 0;

	fill_pool();
	CHECK(hooktools_open(&tools, &places, &err) == 0);
	CHECK(hooktools_certificate_new(&owner, tools, pem, strlen(pem), &err) == 0);
	start_badly(owner, "true", "no runjob-shim in '");
	hooktools_certificate_free(owner);
	hooktools_close(tools);
	/* A tree that nobody can make. */
	write_file(file, "no folder");
	places.state = file;
	CHECK(hooktools_open(&tools, &places, &err) == 0);
	CHECK(hooktools_certificate_new(&owner, tools, pem, strlen(pem), &err) == 0);
	CHECK(hooktools_jobs(&ids, &count, owner, &err) == -1 &&
	      err.kind == HOOKTOOLS_ERROR_CERTIFICATE);
	err.kind = HOOKTOOLS_ERROR_NONE;
	CHECK(hooktools_number(&number, owner, &err) == -1 &&
	      err.kind == HOOKTOOLS_ERROR_CERTIFICATE);
	hooktools_certificate_free(owner);
	hooktools_close(tools);
}

struct taker {
	const struct hooktools_certificate *owner;
	int64_t numbers[ROUNDS];
};

static int take_numbers(void *context)
{
	struct taker *taker = context;
	struct hooktools_error err = { 0 };
	int i;

	for (i = 0; i < ROUNDS; i++)
		CHECK(hooktools_number(&taker->numbers[i], taker->owner, &err) == 0);
	return 0;
}

static int ascending(const void *a, const void *b)
{
	int64_t one = *(const int64_t *)a;
	int64_t other = *(const int64_t *)b;

	return one < other ? -1 : one > other;
}

static void no_number_is_given_twice(void)
{
	struct hooktools_certificate *owner = NULL;
	struct hooktools *tools = open_tools(&owner);
	struct taker takers[THREADS];
	int64_t all[THREADS * ROUNDS];
	thrd_t threads[THREADS];
	int i;

	for (i = 0; i < THREADS; i++) {
		takers[i].owner = owner;
		CHECK(thrd_create(&threads[i], take_numbers, &takers[i]) == thrd_success);
	}
	for (i = 0; i < THREADS; i++) {
		CHECK(thrd_join(threads[i], NULL) == thrd_success);
		memcpy(&all[i * ROUNDS], takers[i].numbers, sizeof(takers[i].numbers));
	}
	qsort(all, THREADS * ROUNDS, sizeof(all[0]), ascending);
	for (i = 1; i < THREADS * ROUNDS; i++)
		CHECK(all[i] > all[i - 1]);
	hooktools_certificate_free(owner);
	hooktools_close(tools);
}

/* Starts one job that ends and one that has to be stopped. */
static int run_jobs(void *context)
{
	static const char *const echo[] = { "echo", "out", NULL };
	static const char *const sleep[] = { "sleep", "60", NULL };
	const struct hooktools_certificate *owner = context;
	struct hooktools_job *job = NULL;
	struct hooktools_status status = { .pid = 0 };
	struct hooktools_error err = { 0 };

	CHECK(hooktools_job_new(&job, owner, echo, &err) == 0);
	CHECK(hooktools_job_start(job, &err) == 0);
	CHECK(hooktools_job_wait(&status, job, &err) == 0);
	CHECK_STR(status.state, "ok");
	read_lines(job, 1, "out\n");
	hooktools_job_free(job);
	CHECK(hooktools_job_new(&job, owner, sleep, &err) == 0);
	CHECK(hooktools_job_start(job, &err) == 0);
	CHECK(hooktools_job_stop(job, 5000, &err) == 0);
	hooktools_job_free(job);
	return 0;
}

static void threads_and_children_run_jobs_at_once(void)
{
	struct hooktools_certificate *owner = NULL;
	struct hooktools *tools = open_tools(&owner);
	struct hooktools_error err = { 0 };
	char(*ids)[HOOKTOOLS_ID_LEN] = NULL;
	thrd_t threads[2];
	size_t count = 0;
	int status = 1;
	pid_t child;

	CHECK(thrd_create(&threads[0], run_jobs, owner) == thrd_success);
	CHECK(thrd_create(&threads[1], run_jobs, owner) == thrd_success);
	CHECK(thrd_join(threads[0], NULL) == thrd_success);
	CHECK(thrd_join(threads[1], NULL) == thrd_success);
	child = fork();
	if (child == 0)
		_exit(run_jobs(owner));
	CHECK(waitpid(child, &status, 0) == child && status == 0);
	CHECK(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD);
	CHECK(hooktools_jobs(&ids, &count, owner, &err) == 0 && count == 6);
	free(ids);
	hooktools_certificate_free(owner);
	hooktools_close(tools);
}

static const struct check_case cases[] = {
	{ "certificates_come_from_the_pool", certificates_come_from_the_pool },
	{ "a_job_is_started_read_and_stopped", a_job_is_started_read_and_stopped },
	{ "a_job_is_found_by_its_names", a_job_is_found_by_its_names },
	{ "places_may_be_wrong", places_may_be_wrong },
	{ "failures_say_of_what_kind_they_are", failures_say_of_what_kind_they_are },
	{ "no_number_is_given_twice", no_number_is_given_twice },
	{ "threads_and_children_run_jobs_at_once",
	  threads_and_children_run_jobs_at_once },
};

CHECK_MAIN(cases)
