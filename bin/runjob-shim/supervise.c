#include "bin/runjob-shim/supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bin/runjob-shim/containment.h"
#include "bin/runjob-shim/environment.h"
#include "bin/runjob-shim/launch.h"
#include "bin/runjob-shim/leftover.h"
#include "bin/runjob-shim/pause.h"
#include "bin/runjob-shim/queue.h"
#include "bin/runjob-shim/record.h"
#include "bin/runjob-shim/result.h"
#include "bin/runjob-shim/retry.h"
#include "bin/runjob-shim/run_token.h"
#include "bin/runjob-shim/secret_file.h"
#include "bin/runjob-shim/tree.h"
#include "bin/runjob-shim/watch.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/jail.h"
#include "lib/job_results.h"
#include "lib/process.h"
#include "lib/process_stat.h"
#include "lib/str.h"

enum { EXIT_NOT_FOUND = 127, EXIT_NOT_EXECUTABLE = 126, PATH_LIMIT = 8192 };

static int write_status(const struct supervisor *supervisor, struct error *err)
{
	return job_status_write(&supervisor->job, &supervisor->status,
				supervisor->plan.publishes != 0, err);
}

/* The result is published when this file exists. */
static int publish_result(const struct supervisor *supervisor, struct error *err)
{
	auto_close int fd = -1;

	if (!supervisor->plan.publishes ||
	    faccessat(supervisor->job.fd, "published", F_OK, 0) == 0)
		return 0;
	if (result_publish(supervisor, RESULT_COMPLETED, err) < 0)
		return -1;
	fd = openat(supervisor->job.fd, "published", O_WRONLY | O_CREAT | O_CLOEXEC,
		    0600);
	return fd < 0 ? error_errno(err, "create 'published'") : 0;
}

static int try_again(struct supervisor *supervisor, enum job_state state,
		     struct error *err)
{
	if (retry_prepare(supervisor, state, err) < 0 ||
	    write_status(supervisor, err) < 0)
		return -1;
	return queue_again(supervisor, err);
}

static int finish(struct supervisor *supervisor, enum job_state state, struct error *err)
{
	struct error ignored = { 0 };
	int failed;

	run_token_end(&supervisor->plan, &supervisor->job);
	supervisor->status.state = state;
	supervisor->status.finished_ms = date_now_ms();
	if (retry_is_due(supervisor, state))
		return try_again(supervisor, state, err);
	/* One that is missing among the results is better than one without an end. */
	(void)job_results_add(&supervisor->job, &supervisor->status, &ignored);
	if (write_status(supervisor, err) < 0)
		return -1;
	/* Its place is held until then: on a slow disk supervisors would pile up. */
	failed = publish_result(supervisor, err);
	queue_over(supervisor);
	return failed;
}

/* It did not come to run; why is a sentence for people. */
static int give_up(struct supervisor *supervisor, const struct error *why,
		   struct error *err)
{
	job_status_reason(&supervisor->status, "%s", why->message);
	return finish(supervisor, JOB_FAILED, err);
}

static bool stop_requested(const struct supervisor *supervisor)
{
	return faccessat(supervisor->job.fd, "stop", F_OK, 0) == 0;
}

static int cancel(struct supervisor *supervisor, struct error *err)
{
	job_status_reason(&supervisor->status, "stopped before it began");
	return finish(supervisor, JOB_CANCELLED, err);
}

/* The file "pid": the leader's pid and its start time, field 22 of proc(5)'s stat. */
static int write_pid(const struct supervisor *supervisor, pid_t pid, struct error *err)
{
	auto_free char *stat_path = str_format("/proc/%d/stat", (int)pid);
	auto_buf struct buf stat = BUF_EMPTY;
	auto_free char *text = NULL;
	auto_close int fd = -1;

	if (file_read(&stat, AT_FDCWD, stat_path, PATH_LIMIT, err) < 0)
		return -1;
	text = str_format("%d %" PRIu64 "\n", (int)pid,
			  process_stat_field(buf_str(&stat), 22));
	fd = openat(supervisor->job.fd, "pid", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
		    0600);
	if (fd < 0)
		return error_errno(err, "create '%s/pid'", supervisor->job.dir);
	return file_write(fd, text, strlen(text), "pid", err);
}

/* From here on the job has begun and is never begun again. */
static int record_begin(struct supervisor *supervisor, pid_t pid, struct error *err)
{
	supervisor->status.state = JOB_RUNNING;
	supervisor->status.pid = pid;
	supervisor->status.started_ms = date_now_ms();
	if (write_pid(supervisor, pid, err) < 0 || write_status(supervisor, err) < 0)
		return -1;
	queue_begun(supervisor);
	return 0;
}

/* The job runs already: a report that begins late is better than a job that does. */
static void report_begin(const struct supervisor *supervisor)
{
	struct error ignored = { 0 };

	if (supervisor->plan.publishes && supervisor->status.attempts == 1)
		(void)result_publish(supervisor, RESULT_STARTED, &ignored);
}

static void explain_oom(struct job_status *status)
{
	const struct job_usage *usage = &status->usage;
	char limit[64] = "";

	if (usage->oom_limit)
		snprintf(limit, sizeof(limit), " limit of %llu bytes",
			 (unsigned long long)usage->oom_limit);
	job_status_reason(status, "out of memory: the %s's%s, it had %llu%s%s",
			  usage->oom_of, *limit ? limit : " memory was used up",
			  (unsigned long long)status->memory_peak,
			  usage->oom_killed[0] ? "; killed: " : "", usage->oom_killed);
}

static enum job_state judge(struct job_status *status, const struct watch *watch)
{
	if (!watch->leader && WIFSIGNALED(watch->status))
		status->signal = WTERMSIG(watch->status);
	else if (!watch->leader)
		status->exit_code = WEXITSTATUS(watch->status);
	else
		status->signal = SIGKILL;
	if (watch->cause == WATCH_TIMEOUT) {
		job_status_reason(status, "no end after %llu ms",
				  (unsigned long long)watch->plan->timeout_ms);
		return JOB_TIMEOUT;
	}
	if (watch->cause == WATCH_STOPPED) {
		job_status_reason(status, "stopped on request");
		return JOB_CANCELLED;
	}
	/* One that went on without those that were killed may end well. */
	if (status->usage.oom_kills && (status->signal || status->exit_code)) {
		explain_oom(status);
		return JOB_OOM;
	}
	if (status->signal)
		job_status_reason(status, "killed by signal %d (%s)", status->signal,
				  sigabbrev_np(status->signal));
	return status->exit_code == 0 ? JOB_OK : JOB_FAILED;
}

static void judge_start(struct job_status *status, const struct launch_failure *failure)
{
	job_status_reason(status, "%s", failure->message);
	status->exit_code = -1;
	if (failure->executing)
		status->exit_code =
			failure->number == ENOENT ? EXIT_NOT_FOUND : EXIT_NOT_EXECUTABLE;
}

/* What a job has while it runs. */
struct run {
	struct containment containment;
	struct jail jail;
	struct launch first;
	struct record record;
};

static void end_run(struct run *run)
{
	record_close(&run->record);
	launch_close(&run->first);
	jail_close(&run->jail);
	containment_close(&run->containment);
}

/* The leader waits to be let go; all that follows, up to nobody being left. */
static int run_to_end(struct supervisor *supervisor, struct run *run, struct error *err)
{
	struct watch watch = { .job = &supervisor->job,
			       .plan = &supervisor->plan,
			       .containment = &run->containment,
			       .jail = &run->jail,
			       .record = &run->record,
			       .told = &supervisor->status,
			       .signal_fd = supervisor->signal_fd,
			       .leader = run->first.pid,
			       .deadline_ms = -1,
			       .has_children = true };
	enum job_state state;
	struct launch_failure failure = { 0, false, "" };

	if (record_begin(supervisor, run->first.pid, err) < 0 ||
	    launch_go(&failure, &run->first, err) < 0)
		return -1;
	report_begin(supervisor);
	if (watch_job(&watch, err) < 0)
		return -1;
	/* What its leader left running ends with it. */
	if (watch.cause == WATCH_ENDED)
		containment_list(supervisor->status.usage.left_over,
				 sizeof(supervisor->status.usage.left_over),
				 &run->containment);
	if (containment_kill(&run->containment, err) < 0)
		return -1;
	watch_reap(&watch);
	record_finish(&run->record);
	supervisor->status.log_left_out = record_left_out(&run->record);
	pause_end(&watch);
	containment_usage(&supervisor->status, &supervisor->job, &run->containment);
	state = judge(&supervisor->status, &watch);
	if (failure.number)
		judge_start(&supervisor->status, &failure);
	return finish(supervisor, state, err);
}

/* The sandbox is there before any secret is read: its init has no copy of one. */
static int prepare(struct supervisor *supervisor, struct run *run,
		   struct job_texts *environment, struct secret_files *files,
		   struct error *err)
{
	const struct job_plan *plan = &supervisor->plan;
	size_t i;

	if (record_open(&run->record, &supervisor->job, plan, &supervisor->config, err) <
		    0 ||
	    containment_make(&run->containment, &supervisor->job, plan,
			     &supervisor->config, err) < 0 ||
	    jail_read(&run->jail, plan, &supervisor->layout, err) < 0 ||
	    jail_start(&run->jail, err) < 0)
		return -1;
	if (environment_make(environment, &supervisor->job, plan, &run->jail, err) < 0 ||
	    secret_files_make(files, &supervisor->job, plan, &run->jail, err) < 0)
		return -1;
	for (i = 0; i < files->count; i++) {
		auto_free char *pair = secret_file_pair(files, plan, i);

		environment_put(environment, pair);
	}
	return environment_note(environment, &supervisor->job, plan, err);
}

static int launch(struct supervisor *supervisor, struct run *run, struct error *err)
{
	struct job_texts environment __attribute__((cleanup(environment_wipe))) = { 0 };
	struct secret_files files __attribute__((cleanup(secret_files_wipe))) =
		SECRET_FILES_EMPTY;
	const struct record *record = &run->record;
	struct launch_what what = { .plan = &supervisor->plan,
				    .jail = &run->jail,
				    .environment = &environment,
				    .files = &files,
				    .lock_fd = supervisor->lock_fd,
				    .stdin_fd = supervisor->stdin_fd };

	if (prepare(supervisor, run, &environment, &files, err) < 0)
		return -1;
	what.out_fd = record->job_out;
	what.err_fd = record->job_err < 0 ? record->job_out : record->job_err;
	if (launch_prepare(&run->first, &run->containment, &what, err) < 0)
		return -1;
	record_let_go(&run->record);
	if (containment_enter(&run->containment, run->first.pid, what.plan, err) == 0)
		return 0;
	/* It ends by itself, but the groups are removed only when it has. */
	launch_close(&run->first);
	(void)waitpid(run->first.pid, NULL, 0);
	return -1;
}

static void describe(struct job_status *status, const struct run *run)
{
	containment_describe(status, &run->containment);
	snprintf(status->sandbox, sizeof(status->sandbox), "%s",
		 jail_level_name(run->jail.level));
	jail_lacks(status->sandbox_lacks, sizeof(status->sandbox_lacks), &run->jail);
}

static int launch_job(struct supervisor *supervisor, struct error *err)
{
	struct run run __attribute__((cleanup(end_run))) = { CONTAINMENT_NONE, JAIL_EMPTY,
							     LAUNCH_NONE, RECORD_NONE };
	struct error why = { 0 };

	if (containment_bury(&supervisor->job, &why) < 0 ||
	    launch(supervisor, &run, &why) < 0)
		return give_up(supervisor, &why, err);
	describe(&supervisor->status, &run);
	return run_to_end(supervisor, &run, err);
}

static int run_job(struct supervisor *supervisor, struct error *err)
{
	enum queue_turn turn = QUEUE_GO;

	if (stop_requested(supervisor))
		return cancel(supervisor, err);
	if (queue_turn(&turn, supervisor, err) < 0)
		return -1;
	if (turn == QUEUE_WAIT)
		return 0;
	if (turn == QUEUE_SKIP)
		return finish(supervisor, JOB_SKIPPED, err);
	supervisor->status.attempts++;
	return launch_job(supervisor, err);
}

/* A supervisor before us died while the job ran: end what is left, and say so. */
static int bury(struct supervisor *supervisor, struct error *err)
{
	struct job_status ended = { 0 };

	if (containment_bury(&supervisor->job, err) < 0)
		return -1;
	/* Where there was no group, the job's id in their environment tells its processes. */
	tree_kill_marked("HOOKTOOLS_JOB_ID", supervisor->job.id);
	if (retry_was_begun(&ended, supervisor)) {
		supervisor->status = ended;
		return try_again(supervisor, ended.state, err);
	}
	job_status_reason(&supervisor->status, "its supervisor died while it ran");
	return finish(supervisor, JOB_LOST, err);
}

int supervise(struct supervisor *supervisor, struct error *err)
{
	struct job_status before = { 0 };
	bool found = false;

	if (job_status_read(&before, &found, &supervisor->job, err) < 0)
		return -1;
	if (found && supervisor->plan.publishes && job_status_is_torn(&before)) {
		before.state = JOB_QUEUED;
		if (write_status(supervisor, err) < 0)
			return -1;
	}
	if (before.memory_limit)
		supervisor->plan.memory_bytes = before.memory_limit;
	if (!found || before.state == JOB_QUEUED) {
		supervisor->status.attempts = before.attempts;
		supervisor->due_ms = before.due_ms;
		supervisor->status.memory_limit = before.memory_limit;
		if (supervisor->former)
			leftover_remove(&supervisor->job, &supervisor->config,
					supervisor->former);
		return run_job(supervisor, err);
	}
	supervisor->status = before;
	if (before.state == JOB_RUNNING)
		return bury(supervisor, err);
	return publish_result(supervisor, err);
}
