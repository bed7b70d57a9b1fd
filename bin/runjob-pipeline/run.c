#include "bin/runjob-pipeline/run.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/error.h"
#include "lib/pipeline_runjob.h"
#include "lib/str.h"

enum { REPLY_LIMIT = 65536, STOP_MS = 120000 };

/* The log of a pipeline's job is its course, a line for each change. */
static void tell(const struct run *run, size_t index)
{
	const struct pipeline_task *task = &run->pipeline.tasks[index];

	printf("%s: %s", task->id, pipeline_state_name(task->state));
	if (task->state == PIPELINE_RUNNING)
		printf(" %s", run->tasks[index].job);
	putchar('\n');
	(void)fflush(stdout);
}

static int submit(const struct run *run, size_t index, struct error *err)
{
	auto_buf struct buf line = BUF_EMPTY;

	pipeline_task_line(&line, &run->pipeline.tasks[index], run->tasks[index].job,
			   run->id);
	return pipeline_submit(run->owner, (struct str_view){ line.data, line.len }, err);
}

static int start_task(struct run *run, size_t index, struct error *err)
{
	const char *argv[PIPELINE_ARGUMENTS];
	struct process_start start = { .argv = argv, .in = -1, .out = -1, .err = -1 };
	struct pipeline_task *task = &run->pipeline.tasks[index];

	pipeline_argv(argv, "wait", run->owner, run->tasks[index].job);
	if (submit(run, index, err) < 0 ||
	    process_spawn(&run->tasks[index].waiter, &start, err) < 0)
		return -1;
	task->state = PIPELINE_RUNNING;
	tell(run, index);
	return 0;
}

static void start_ready(struct run *run)
{
	enum pipeline_state before[PIPELINE_TASKS_MAX] = { 0 };
	size_t index = 0;
	size_t i;

	for (i = 0; i < run->pipeline.count; i++)
		before[i] = run->pipeline.tasks[i].state;
	while (pipeline_next(&index, &run->pipeline)) {
		struct error err = { 0 };

		if (start_task(run, index, &err) == 0)
			continue;
		run->pipeline.tasks[index].state = PIPELINE_FAILED;
		printf("%s: %s\n", run->pipeline.tasks[index].id, err.message);
		tell(run, index);
	}
	for (i = 0; i < run->pipeline.count; i++) {
		if (run->pipeline.tasks[i].state == PIPELINE_SKIPPED &&
		    before[i] != PIPELINE_SKIPPED)
			tell(run, i);
	}
}

static void stop_task(const struct run *run, size_t index)
{
	const char *argv[PIPELINE_ARGUMENTS];
	struct process_call call = { .argv = argv,
				     .limit = REPLY_LIMIT,
				     .timeout_ms = STOP_MS };
	auto_buf struct buf output = BUF_EMPTY;
	struct error err = { 0 };

	pipeline_argv(argv, "stop", run->owner, run->tasks[index].job);
	if (process_capture(&output, &call, &err) < 0 && err.kind != ERROR_ABSENT)
		printf("%s: %s\n", run->pipeline.tasks[index].id, err.message);
}

static void stop_all(struct run *run)
{
	size_t i;

	run->stopping = true;
	for (i = 0; i < run->pipeline.count; i++) {
		if (run->pipeline.tasks[i].state == PIPELINE_WAITING) {
			run->pipeline.tasks[i].state = PIPELINE_SKIPPED;
			tell(run, i);
		}
	}
	for (i = 0; i < run->pipeline.count; i++) {
		if (run->pipeline.tasks[i].state == PIPELINE_RUNNING)
			stop_task(run, i);
	}
}

static int finish_task(struct run *run, size_t index, struct error *err)
{
	struct process_outcome outcome = { false, 0 };
	bool well;

	if (process_wait(&outcome, &run->tasks[index].waiter, err) < 0)
		return -1;
	well = !outcome.signalled && outcome.code == 0;
	run->pipeline.tasks[index].state = well ? PIPELINE_OK : PIPELINE_FAILED;
	tell(run, index);
	return 0;
}

/* The last descriptor is of signals, the others are of the waiters. */
static int wait_for_one(struct run *run, struct error *err)
{
	struct pollfd polled[PIPELINE_TASKS_MAX + 1];
	struct signalfd_siginfo info;
	size_t count = run->pipeline.count;
	size_t i;

	polled[count] = (struct pollfd){ run->signal_fd, POLLIN, 0 };
	for (i = 0; i < count; i++)
		polled[i] = (struct pollfd){ run->tasks[i].waiter.pidfd, POLLIN, 0 };
	if (poll(polled, count + 1, -1) < 0)
		return errno == EINTR ? 0 : error_errno(err, "wait for tasks");
	if (polled[count].revents) {
		while (read(run->signal_fd, &info, sizeof(info)) > 0)
			;
		stop_all(run);
	}
	for (i = 0; i < count; i++) {
		if (polled[i].revents && finish_task(run, i, err) < 0)
			return -1;
	}
	return 0;
}

int run_pipeline(bool *failed, struct run *run, struct error *err)
{
	size_t i;

	for (i = 0; i < run->pipeline.count; i++)
		uuid_derive(run->tasks[i].job, run->id, (uint32_t)i + 0x1000);
	for (;;) {
		if (!run->stopping)
			start_ready(run);
		if (pipeline_is_over(&run->pipeline))
			break;
		if (wait_for_one(run, err) < 0)
			return -1;
	}
	for (i = 0; i < run->pipeline.count; i++)
		*failed |= run->pipeline.tasks[i].state == PIPELINE_FAILED;
	*failed |= run->stopping;
	return 0;
}
