#include "bin/runjob/commands.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "lib/submit.h"
#include "lib/turn.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/job.h"
#include "lib/job_queue.h"
#include "lib/log.h"

/* What a supervisor that starts now would have to do for it. */
static int find_work(const char **work, const struct job *job, struct error *err)
{
	auto_job_plan struct job_plan plan = JOB_PLAN_EMPTY;
	struct job_status status = { 0 };
	bool found = false;
	bool waits = false;

	*work = NULL;
	if (job_status_read(&status, &found, job, err) < 0)
		return -1;
	/* Without a status its starter died, and whoever asked for it has no answer: it is
	 * asked for again. */
	if (!found)
		return 0;
	if (status.state == JOB_QUEUED) {
		if (job_queue_holds(&waits, job, status.due_ms, err) < 0)
			return -1;
		*work = waits ? NULL : "started";
	} else if (status.state == JOB_RUNNING) {
		*work = "lost";
		if (job_status_is_torn(&status) && job_plan_read(&plan, job, err) == 0 &&
		    plan.publishes)
			*work = "started";
	} else if (faccessat(job->fd, "published", F_OK, 0) < 0) {
		if (job_plan_read(&plan, job, err) < 0)
			return -1;
		*work = plan.publishes ? "published" : NULL;
	}
	return 0;
}

/* One that has to wait its turn is put into the queue; that takes no process. */
static int resume(bool *started, const struct job *job, const struct layout *layout,
		  struct error *err)
{
	auto_job_plan struct job_plan plan = JOB_PLAN_EMPTY;
	struct job_status status = { 0 };
	struct job_entry entry = { 0 };
	auto_close int lock_fd = -1;
	bool found = false;

	if (job_lock(&lock_fd, job, err) < 0 ||
	    job_status_read(&status, &found, job, err) < 0)
		return -1;
	*started = lock_fd >= 0;
	if (!*started)
		return 0;
	if (found && status.state == JOB_QUEUED && job_plan_read(&plan, job, err) < 0)
		return -1;
	job_entry_of(&entry, &plan, status.due_ms);
	cleanup_close(&lock_fd);
	lock_fd = -1;
	if (plan.exec.count && job_entry_waits(&entry))
		return turn_wait(job, &entry, layout, err);
	return submit_resume(started, job, layout, err);
}

static int recover_one(const struct layout *layout, const char *id, struct error *err)
{
	auto_job struct job job = JOB_NONE;
	const char *work = NULL;
	bool found = false;
	bool started = false;

	if (job_open(&job, &found, layout, id, err) < 0)
		return -1;
	if (!found)
		return 0;
	if (find_work(&work, &job, err) < 0)
		return -1;
	if (!work)
		return 0;
	if (resume(&started, &job, layout, err) < 0)
		return -1;
	if (!started)
		return 0;
	printf("%s %s\n", id, work);
	if (fflush(stdout) != 0)
		return error_errno(err, "write standard output");
	return 0;
}

static void recover_owner(const struct layout *layout, struct error *err)
{
	auto_job_list struct job_list jobs = JOB_LIST_EMPTY;
	size_t i;

	if (job_list_read(&jobs, layout, err) < 0)
		return;
	/* Oldest first, as they were asked for.  One that cannot be recovered is no reason
	 * to leave the others. */
	for (i = jobs.count; i > 0; i--) {
		struct error one = { 0 };

		if (recover_one(layout, jobs.ids[i - 1], &one) < 0) {
			log_warning("job %s: %s", jobs.ids[i - 1], one.message);
			*err = one;
		}
	}
}

/* Whatever ended the queue's keeper, those that wait are started. */
static int rouse(const struct layout *layout, struct error *err)
{
	auto_job_queue struct job_queue queue = JOB_QUEUE_NONE;

	if (job_queue_open(&queue, layout, err) < 0)
		return -1;
	return job_queue_is_busy(&queue) ? job_queue_rouse(&queue, layout, err) : 0;
}

int cmd_recover(struct context *context, struct error *err)
{
	auto_job_owners struct job_owners owners = JOB_OWNERS_EMPTY;
	struct layout theirs = context->layout;
	size_t i;

	if (context->options.operand_count)
		return error_set(err, ERROR_USAGE, "recover takes no operand");
	if (job_owners_read(&owners, &context->layout, err) < 0)
		return -1;
	if (context->layout.owner)
		recover_owner(&context->layout, err);
	for (i = 0; i < owners.count && !context->layout.owner; i++) {
		theirs.owner = owners.names[i];
		recover_owner(&theirs, err);
	}
	if (rouse(&context->layout, err) < 0)
		return -1;
	return err->kind == ERROR_NONE ? 0 : -1;
}
