#include "lib/job.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/job_remove.h"
#include "lib/job_status.h"
#include "lib/layout.h"
#include "lib/str.h"
#include "tests/lib/check.h"

#define ID_A "0195a000-0000-7000-8000-000000000001"
#define ID_B "0195b000-0000-7000-8000-000000000002"

static void make(struct job *job, const char *id, bool want_made)
{
	auto_layout struct layout layout = LAYOUT_EMPTY;
	struct error err = { 0 };
	bool made = !want_made;

	CHECK(layout_read(&layout, &err) == 0);
	CHECK(job_make(job, &made, &layout, id, &err) == 0);
	CHECK(made == want_made);
}

static void the_tree_is_the_truth(void)
{
	auto_layout struct layout layout = LAYOUT_EMPTY;
	auto_job_list struct job_list list = JOB_LIST_EMPTY;
	auto_job struct job a = JOB_NONE;
	auto_job struct job again = JOB_NONE;
	auto_job struct job b = JOB_NONE;
	struct error err = { 0 };
	bool found = true;

	make(&a, ID_A, true);
	make(&b, ID_B, true);
	make(&again, ID_A, false);
	CHECK_STR(a.dir, again.dir);
	CHECK(layout_read(&layout, &err) == 0);
	CHECK(job_list_read(&list, &layout, &err) == 0 && list.count == 2);
	CHECK_STR(list.ids[0], ID_B);
	CHECK_STR(list.ids[1], ID_A);
	job_close(&again);
	CHECK(job_open(&again, &found, &layout, "0195b000-0000-7000-8000-000000000003",
		       &err) == 0 &&
	      !found);
	CHECK(job_open(&again, &found, &layout, "../" ID_A, &err) == -1 &&
	      err.kind == ERROR_USAGE);
}

static void status_comes_back(void)
{
	auto_job struct job job = JOB_NONE;
	struct job_status status = { .state = JOB_TIMEOUT,
				     .exit_code = -1,
				     .signal = 15,
				     .created_ms = 1770000000001,
				     .started_ms = 1770000000002,
				     .finished_ms = 1770000000003,
				     .memory_peak = 4096,
				     .containment = "cgroup",
				     .name = "acme/site" };
	struct job_status got = { 0 };
	struct error err = { 0 };
	bool found = true;

	make(&job, ID_A, true);
	CHECK(job_status_read(&got, &found, &job, &err) == 0 && !found);
	job_status_reason(&status, "a \"quoted\\\n");
	CHECK(job_status_write(&job, &status, true, &err) == 0);
	CHECK(job_status_read(&got, &found, &job, &err) == 0 && found);
	CHECK(got.state == JOB_TIMEOUT && got.exit_code == -1 && got.signal == 15);
	CHECK(got.created_ms == 1770000000001 && got.started_ms == 1770000000002 &&
	      got.finished_ms == 1770000000003 && got.memory_peak == 4096);
	CHECK_STR(got.reason, "a 'quoted/?");
	CHECK_STR(got.name, "acme/site");
	CHECK_STR(got.containment, "cgroup");
	CHECK(job_exit_status(&got) == 124);
	got.state = JOB_FAILED;
	CHECK(job_exit_status(&got) == 143);
}

/* One that a power cut left empty, or full of nothing, says that somebody ran it. */
static void a_status_is_whole_or_torn(void)
{
	auto_job struct job job = JOB_NONE;
	struct job_status status = { .state = JOB_QUEUED, .exit_code = -1 };
	auto_close int old = -1;
	struct error err = { 0 };
	bool found = false;
	struct stat spare;
	struct stat file;

	make(&job, ID_A, true);
	CHECK(job_status_write(&job, &status, false, &err) == 0);
	old = openat(job.fd, "status.json", O_RDWR | O_CLOEXEC);
	status.state = JOB_RUNNING;
	CHECK(job_status_write(&job, &status, false, &err) == 0);
	status.state = JOB_OK;
	CHECK(job_status_write(&job, &status, false, &err) == 0);
	CHECK(job_status_read(&status, &found, &job, &err) == 0 &&
	      status.state == JOB_OK);
	/* The two files take turns, and the one that was replaced holds nothing. */
	CHECK(fstatat(job.fd, "status.json.tmp", &spare, 0) == 0 && spare.st_size == 0);
	CHECK(fstat(old, &file) == 0 && file.st_ino != spare.st_ino);
	close(steal_fd(&old));
	old = openat(job.fd, "status.json", O_RDWR | O_TRUNC | O_CLOEXEC);
	CHECK(job_status_now(&status, &found, &job, &err) == 0 && found &&
	      status.state == JOB_LOST);
	CHECK(ftruncate(old, 800) == 0);
	CHECK(job_status_read(&status, &found, &job, &err) == 0 && found &&
	      status.state == JOB_RUNNING);
}

/* Two statuses in turn, as fast as it goes: nothing of the one is in the other. */
static void write_in_turn(const struct job *job)
{
	struct job_status statuses[2] = {
		{ .state = JOB_RUNNING, .exit_code = -1, .created_ms = 1000, .pid = 1 },
		{ .state = JOB_RUNNING, .exit_code = -1, .created_ms = 1000, .pid = 2 },
	};
	struct error err = { 0 };
	int i;

	job_status_reason(&statuses[0], "short");
	job_status_reason(&statuses[1], "one that is a good deal longer than the other");
	for (i = 0; i < 5000; i++)
		if (job_status_write(job, &statuses[i % 2], false, &err) < 0)
			_exit(1);
	_exit(0);
}

static bool is_one_of_two(const struct job_status *status)
{
	return status->created_ms == 1000 &&
	       ((status->pid == 1 && str_equal(status->reason, "short")) ||
		(status->pid == 2 &&
		 str_starts(status->reason, "one that is a good deal")));
}

static void a_status_is_read_while_it_is_written(void)
{
	auto_job struct job job = JOB_NONE;
	struct job_status status = { .state = JOB_RUNNING, .exit_code = -1 };
	struct error err = { 0 };
	bool found = false;
	int ended = -1;
	int torn = 0;
	pid_t child;

	make(&job, ID_A, true);
	CHECK(job_status_write(&job, &status, false, &err) == 0);
	child = fork();
	if (child == 0)
		write_in_turn(&job);
	do {
		CHECK(job_status_read(&status, &found, &job, &err) == 0 && found);
	} while (!status.created_ms);
	while (waitpid(child, &ended, WNOHANG) == 0) {
		CHECK(job_status_read(&status, &found, &job, &err) == 0 && found);
		torn += !is_one_of_two(&status);
	}
	CHECK(ended == 0);
	CHECK(torn == 0);
}

static void a_lock_lives_with_its_holder(void)
{
	auto_job struct job job = JOB_NONE;
	auto_close int first = -1;
	auto_close int second = -1;
	struct job_status status = { .state = JOB_RUNNING, .exit_code = -1 };
	struct error err = { 0 };
	bool alive = true;
	bool found = false;
	pid_t child;

	make(&job, ID_A, true);
	CHECK(job_has_supervisor(&alive, &job, &err) == 0 && !alive);
	CHECK(job_lock(&first, &job, &err) == 0 && first >= 0);
	child = fork();
	if (child == 0) {
		pause();
		_exit(0);
	}
	/* Handed over: our own end closes, the child's keeps the lock. */
	close(steal_fd(&first));
	CHECK(job_has_supervisor(&alive, &job, &err) == 0 && alive);
	CHECK(job_lock(&second, &job, &err) == 0 && second < 0);
	CHECK(job_status_write(&job, &status, false, &err) == 0);
	CHECK(job_status_now(&status, &found, &job, &err) == 0 && found &&
	      status.state == JOB_RUNNING);
	kill(child, SIGKILL);
	CHECK(waitpid(child, NULL, 0) == child);
	CHECK(job_status_now(&status, &found, &job, &err) == 0 &&
	      status.state == JOB_LOST);
	CHECK(job_lock(&second, &job, &err) == 0 && second >= 0);
}

/* What stands in the lock of ID_A, once it was taken. */
static const char *relock(char text[static 16], const struct job *job, const char *said)
{
	auto_close int lock = -1;
	auto_close int fd = openat(job->fd, "lock", O_RDWR | O_CREAT | O_TRUNC, 0600);
	struct error err = { 0 };

	CHECK(fd >= 0 && write(fd, said, strlen(said)) == (ssize_t)strlen(said));
	CHECK(job_lock(&lock, job, &err) == 0 && lock >= 0);
	memset(text, 0, 16);
	CHECK(pread(lock, text, 15, 0) >= 0);
	return text;
}

static void a_former_holder_is_known_as_such(void)
{
	auto_job struct job job = JOB_NONE;
	char text[16];

	make(&job, ID_A, true);
	CHECK_STR(relock(text, &job, ""), "");
	CHECK_STR(relock(text, &job, "1234\n"), "1234");
	CHECK_STR(relock(text, &job, "1234"), "1234");
	CHECK_STR(relock(text, &job, "\n"), "");
}

static void who_holds_a_removed_job_is_told(void)
{
	auto_job struct job job = JOB_NONE;
	auto_close int lock = -1;
	struct job_status status = { .state = JOB_OK };
	struct error err = { 0 };

	make(&job, ID_A, true);
	CHECK(job_status_write(&job, &status, false, &err) == 0);
	CHECK(!job_is_removed(&job) && job_lock_again(&lock, &job, &err) == -1);
	CHECK(err.kind == ERROR_ABSENT); /* it never had a supervisor */
	CHECK(job_lock(&lock, &job, &err) == 0 && lock >= 0);
	CHECK(job_remove(&job, &err) == 0 && job_is_removed(&job));
	close(steal_fd(&lock));
	err = (struct error){ 0 };
	CHECK(job_lock(&lock, &job, &err) == -1 && lock < 0);
	CHECK(err.kind == ERROR_ABSENT);
	CHECK_STR(err.message, "job '" ID_A "' has just been removed");
}

static const struct check_case cases[] = {
	{ "the_tree_is_the_truth", the_tree_is_the_truth },
	{ "status_comes_back", status_comes_back },
	{ "a_status_is_whole_or_torn", a_status_is_whole_or_torn },
	{ "a_status_is_read_while_it_is_written", a_status_is_read_while_it_is_written },
	{ "a_lock_lives_with_its_holder", a_lock_lives_with_its_holder },
	{ "a_former_holder_is_known_as_such", a_former_holder_is_known_as_such },
	{ "who_holds_a_removed_job_is_told", who_holds_a_removed_job_is_told },
};

CHECK_MAIN(cases)
