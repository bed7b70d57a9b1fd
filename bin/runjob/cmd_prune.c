#include "bin/runjob/commands.h"

#include <stdio.h>

#include "bin/runjob/request.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/job.h"
#include "lib/job_after.h"
#include "lib/job_queue.h"
#include "lib/job_remove.h"
#include "lib/job_status.h"

/* Only one that has ended, and that nobody has: *removed stays false for others. */
static int remove_job(bool *removed, const struct context *context, const struct job *job,
		      struct error *err)
{
	auto_job_queue struct job_queue queue = JOB_QUEUE_NONE;
	struct job_status status = { 0 };
	auto_close int lock_fd = -1;
	struct error why = { 0 };
	bool found = false;

	*removed = false;
	if (job_lock(&lock_fd, job, &why) < 0 && why.kind != ERROR_ABSENT) {
		*err = why;
		return -1;
	}
	/* Somebody removes it, or has. */
	if (lock_fd < 0)
		return 0;
	if (job_status_read(&status, &found, job, err) < 0)
		return -1;
	if (!found || !job_state_is_final(status.state))
		return 0;
	if (job_queue_open(&queue, &context->layout, err) < 0 || job_remove(job, err) < 0)
		return -1;
	job_after_tell(&queue, job->id);
	*removed = true;
	return 0;
}

int cmd_remove(struct context *context, struct error *err)
{
	auto_job struct job job = JOB_NONE;
	const char *id = NULL;
	bool removed = false;

	if (request_operand(&id, context, err) < 0 ||
	    request_find(&job, context, id, err) < 0 ||
	    remove_job(&removed, context, &job, err) < 0)
		return -1;
	if (!removed)
		return error_set(err, ERROR_TEMPORARY,
				 "job '%s' has not ended; see runjob stop", id);
	return 0;
}

static bool is_old(const struct options *options, const struct job_status *status,
		   uint64_t kept)
{
	if (options->has_keep && kept >= options->keep)
		return true;
	return options->older_ms &&
	       status->finished_ms + (int64_t)options->older_ms < date_now_ms();
}

/* *kept is counted up when it stays. */
static int prune_one(uint64_t *kept, const struct context *context, const char *id,
		     struct error *err)
{
	auto_job struct job job = JOB_NONE;
	struct job_status status = { 0 };
	bool found = false;
	bool removed = context->options.dry_run;

	if (job_open(&job, &found, &context->layout, id, err) < 0 ||
	    (found && job_status_read(&status, &found, &job, err) < 0))
		return -1;
	if (!found || !job_state_is_final(status.state))
		return 0;
	if (!is_old(&context->options, &status, *kept)) {
		(*kept)++;
		return 0;
	}
	if (!removed && remove_job(&removed, context, &job, err) < 0)
		return -1;
	if (removed && (puts(id) < 0 || fflush(stdout) != 0))
		return error_errno(err, "write standard output");
	return 0;
}

int cmd_prune(struct context *context, struct error *err)
{
	auto_job_list struct job_list jobs = JOB_LIST_EMPTY;
	uint64_t kept = 0;
	size_t i;

	if (context->options.operand_count)
		return error_set(err, ERROR_USAGE, "prune takes no operand");
	if (!context->options.has_keep && !context->options.older_ms)
		return error_set(err, ERROR_USAGE, "prune wants --keep or --older-than");
	if (job_list_read(&jobs, &context->layout, err) < 0)
		return -1;
	for (i = 0; i < jobs.count; i++) {
		if (prune_one(&kept, context, jobs.ids[i], err) < 0)
			return -1;
	}
	return 0;
}
