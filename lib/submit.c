#include "lib/submit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "lib/anchor.h"
#include "lib/buf.h"
#include "lib/cgroup_base.h"
#include "lib/cleanup.h"
#include "lib/config.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/job_plan.h"
#include "lib/job_queue.h"
#include "lib/job_status.h"
#include "lib/layout.h"
#include "lib/path.h"
#include "lib/process.h"

enum { TAKE_TRIES = 100 };

/* Of a job that is stored again the files are replaced: at each moment it can be begun, if it
 * could before. */
static int put_file(const struct submission *submission, const char *name,
		    struct str_view text, struct error *err)
{
	const struct job *job = &submission->job;
	auto_close int fd = -1;

	if (submission->again)
		return file_replace(job->fd, name, text.data, text.len, 0600, err);
	fd = openat(job->fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return error_errno(err, "create '%s/%s'", job->dir, name);
	if (file_write(fd, text.data, text.len, name, err) < 0)
		return -1;
	if (close(steal_fd(&fd)) < 0)
		return error_errno(err, "close '%s/%s'", job->dir, name);
	return 0;
}

static uint64_t now_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

/* The plan, and what is ours to add: when it was asked for, and in which environment. */
static int put_plan(const struct submission *submission, const struct job_plan *plan,
		    struct error *err)
{
	auto_buf struct buf text = BUF_EMPTY;
	auto_job_plan struct job_plan ours = JOB_PLAN_EMPTY;
	struct job_plan whole = *plan;

	job_plan_take_base(&ours);
	whole.base = ours.base;
	whole.order_us = submission->entry.order_us;
	job_plan_dump(&text, &whole);
	return put_file(submission, "plan", (struct str_view){ text.data, text.len },
			err);
}

/* The plan is written before the state says that the job waits: whoever reads "queued" in a
 * folder without a supervisor may start it. */
static int put_files(const struct submission *submission, const struct submit_what *what,
		     struct error *err)
{
	const struct job *job = &submission->job;
	const struct job_plan *plan = what->plan;
	struct job_status status = { .state = JOB_QUEUED,
				     .exit_code = -1,
				     .created_ms = (int64_t)plan->created_ms };
	auto_buf struct buf text = BUF_EMPTY;

	buf_add(&text, what->spec.data, what->spec.len);
	buf_add_char(&text, '\n');
	if (put_file(submission, "spec.json", (struct str_view){ text.data, text.len },
		     err) < 0)
		return -1;
	if (what->input.len && put_file(submission, "stdin", what->input, err) < 0)
		return -1;
	if (put_plan(submission, plan, err) < 0 ||
	    put_file(submission, "log", (struct str_view){ "", 0 }, err) < 0)
		return -1;
	snprintf(status.name, sizeof(status.name), "%s", plan->name ? plan->name : "");
	snprintf(status.repository, sizeof(status.repository), "%s",
		 plan->repository ? plan->repository : "");
	snprintf(status.group, sizeof(status.group), "%s",
		 plan->group ? plan->group : "");
	snprintf(status.event_id, sizeof(status.event_id), "%s",
		 plan->event_id ? plan->event_id : "");
	return job_status_write(job, &status, false, err);
}

/* One that nobody has may still be in the queue.  One that has no status yet is promised to
 * nobody: whoever has it may die before it has one. */
static int find_duplicate(struct submission *submission, struct error *err)
{
	struct job_status status = { 0 };
	bool found = false;

	if (job_status_read(&status, &found, &submission->job, err) < 0)
		return -1;
	if (!found && submission->lock_fd < 0)
		return error_set(err, ERROR_TEMPORARY,
				 "job '%s' is being stored by somebody else",
				 submission->job.id);
	submission->duplicate = found && (submission->lock_fd < 0 ||
					  status.state != JOB_QUEUED || status.attempts);
	if (!found || submission->duplicate)
		return 0;
	return job_queue_holds(&submission->duplicate, &submission->job, status.due_ms,
			       err);
}

/* Somebody may remove what was there between the two. */
static int take_folder(struct submission *made, bool *is_new, const struct layout *layout,
		       const char *id, struct error *err)
{
	struct error why = { 0 };
	int tries;

	for (tries = 0; tries < TAKE_TRIES; tries++) {
		job_close(&made->job);
		if (job_make(&made->job, is_new, layout, id, err) < 0)
			return -1;
		why = (struct error){ 0 };
		if (job_lock(&made->lock_fd, &made->job, &why) == 0)
			return 0;
		if (why.kind != ERROR_ABSENT)
			break;
	}
	*err = why;
	return -1;
}

int submit_store(struct submission *submission, const struct layout *layout,
		 const struct submit_what *what, struct error *err)
{
	auto_submission struct submission made = SUBMISSION_NONE;
	bool is_new = false;

	if (take_folder(&made, &is_new, layout, what->id, err) < 0)
		return -1;
	made.again = !is_new;
	if (made.again && find_duplicate(&made, err) < 0)
		return -1;
	job_entry_of(&made.entry, what->plan, 0);
	made.entry.order_us = now_us();
	if (!made.duplicate && put_files(&made, what, err) < 0)
		return -1;
	*submission = made;
	made = (struct submission)SUBMISSION_NONE;
	return 0;
}

int submit_sync(const struct submission *submission, struct error *err)
{
	static const char *const names[] = { "spec.json", "stdin", "plan" };
	const struct job *job = &submission->job;
	size_t i;

	for (i = 0; i < 3; i++) {
		auto_close int fd = openat(job->fd, names[i], O_RDONLY | O_CLOEXEC);

		if (fd < 0 && errno == ENOENT)
			continue;
		if (fd < 0 || fsync(fd) < 0)
			return error_errno(err, "sync '%s/%s'", job->dir, names[i]);
	}
	return file_sync_dir(job->fd, job->dir, err);
}

int submit_sync_owner(const struct submission *submission, struct error *err)
{
	static const char *const above[] = { "..", "../.." };
	const struct job *job = &submission->job;
	size_t i;

	/* Its own folder may be as new as the job's. */
	for (i = 0; i < 2; i++) {
		auto_close int fd = -1;

		if (file_open_dir(&fd, job->fd, above[i], err) < 0 ||
		    file_sync_dir(fd, job->dir, err) < 0)
			return -1;
	}
	return 0;
}

/* Where supervisors live; -1 when it cannot be told, and then the supervisor says why. */
static int find_aside(const struct layout *layout)
{
	auto_cgroup_base struct cgroup_base base = CGROUP_BASE_NONE;
	auto_config struct config config = CONFIG_EMPTY;
	struct error ignored = { 0 };

	if (config_load(&config, layout, &ignored) < 0 ||
	    cgroup_find(&base, config_get(&config, "HOOKTOOLS_CGROUP"), &ignored) < 0)
		return -1;
	return cgroup_supervisors(&base);
}

struct begin {
	int stdin_fd;
	const char *apart; /* "apart": with a process between us, which ends */
};

static int spawn(struct submission *submission, const struct layout *layout, int stdin_fd,
		 const char *apart, struct error *err)
{
	auto_free char *program = path_join(layout->libexec, "runjob-shim");
	const char *argv[] = { program, submission->job.id, submission->job.owner, apart,
			       NULL };
	auto_close int aside = find_aside(layout);
	struct process process = PROCESS_NONE;
	/* Its stderr is nobody's: a pipe of ours must not stay open as long as the job runs.
	 * What it gets there are its places. */
	struct process_start start = { .argv = argv,
				       .environment = layout->environment,
				       .in = submission->lock_fd,
				       .out = stdin_fd,
				       .err = submission->slot_fd,
				       .cgroup = aside < 0 ? 0 : aside,
				       .new_session = true };

	if (process_spawn(&process, &start, err) < 0)
		return -1;
	submission->pidfd = steal_fd(&process.pidfd);
	return 0;
}

/* By the anchor, if there is one, whose child it is then, and not ours. */
static int begin(bool *anchored, struct submission *submission,
		 const struct layout *layout, const struct begin *how, struct error *err)
{
	auto_close int stored = openat(submission->job.fd, "stdin", O_RDONLY | O_CLOEXEC);
	struct anchor_request request = { submission->job.id,
					  submission->job.owner,
					  { submission->lock_fd,
					    how->stdin_fd >= 0 ? how->stdin_fd : stored,
					    submission->slot_fd } };

	if (anchor_ask(anchored, &submission->pidfd, layout, &request, err) < 0)
		return -1;
	if (!*anchored && spawn(submission, layout, request.fds[1], how->apart, err) < 0)
		return -1;
	/* The locks live on in the supervisor, who outlives us. */
	cleanup_close(&submission->lock_fd);
	cleanup_close(&submission->slot_fd);
	submission->lock_fd = -1;
	submission->slot_fd = -1;
	return 0;
}

int submit_start(struct submission *submission, const struct layout *layout, int stdin_fd,
		 struct error *err)
{
	const struct begin how = { stdin_fd, NULL };
	bool anchored = false;

	return begin(&anchored, submission, layout, &how, err);
}

int submit_start_apart(struct submission *submission, const struct layout *layout,
		       struct error *err)
{
	const struct begin how = { -1, "apart" };
	struct process process = PROCESS_NONE;
	bool anchored = false;

	if (begin(&anchored, submission, layout, &how, err) < 0)
		return -1;
	if (anchored)
		return 0;
	/* It ends as soon as it has a child, which is the supervisor. */
	process.pidfd = steal_fd(&submission->pidfd);
	return process_leave(&process, "the supervisor", err);
}

int submit_resume(bool *started, const struct job *job, const struct layout *layout,
		  struct error *err)
{
	auto_submission struct submission submission = SUBMISSION_NONE;
	struct layout theirs = *layout;
	bool found = false;

	*started = false;
	theirs.owner = job->owner;
	if (job_open(&submission.job, &found, &theirs, job->id, err) < 0)
		return -1;
	if (!found)
		return job_say_removed(job->id, err);
	if (job_lock_again(&submission.lock_fd, &submission.job, err) < 0)
		return -1;
	if (submission.lock_fd < 0)
		return 0;
	*started = true;
	return submit_start_apart(&submission, layout, err);
}

void submit_close(struct submission *submission)
{
	cleanup_close(&submission->lock_fd);
	cleanup_close(&submission->pidfd);
	cleanup_close(&submission->slot_fd);
	job_close(&submission->job);
	*submission = (struct submission)SUBMISSION_NONE;
}
