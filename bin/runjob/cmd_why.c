#include "bin/runjob/commands.h"

#include <stdio.h>

#include "bin/runjob/request.h"
#include "lib/buf.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/job.h"
#include "lib/job_after.h"
#include "lib/job_held.h"
#include "lib/job_plan.h"
#include "lib/job_queue.h"
#include "lib/job_status.h"

/* What the keeper of the queue says: of itself, or, of what takes a slot, that nobody gets one. */
static bool explain_held(const struct context *context, const struct job_plan *plan)
{
	auto_job_queue struct job_queue queue = JOB_QUEUE_NONE;
	auto_buf struct buf why = BUF_EMPTY;
	struct job_held held = { "", "", "" };
	struct error ignored = { 0 };

	if (job_queue_open(&queue, &context->layout, &ignored) < 0)
		return false;
	job_held_failure(&why, &queue);
	if (why.len) {
		printf("it waits, as the queue's keeper failed: %s; see runjob recover\n",
		       buf_str(&why));
		return true;
	}
	if (!plan->waits || !job_held_read(&held, &queue))
		return false;
	printf("it waits for the pressure of %s to fall: it is %s %%, and the limit of "
	       "HOOKTOOLS_PRESSURE is %s %%\n",
	       held.what, held.now, held.limit);
	return true;
}

/* Why one that is queued has not begun. */
static int explain_waiting(const struct context *context, const struct job *job,
			   const struct job_status *status, struct error *err)
{
	auto_job_plan struct job_plan plan = JOB_PLAN_EMPTY;
	enum job_after_verdict verdict = JOB_AFTER_TRUE;
	char why[JOB_AFTER_WHY] = "";
	bool waits = false;

	if (job_plan_read(&plan, job, err) < 0 ||
	    job_queue_holds(&waits, job, status->due_ms, err) < 0 ||
	    job_after_judge(&verdict, why, &context->layout, &plan, err) < 0)
		return -1;
	if (!waits)
		printf("it is about to begin, or its starter died; see runjob recover\n");
	else if (verdict != JOB_AFTER_TRUE)
		printf("it waits for another job: %s\n", why);
	else if (status->due_ms > date_now_ms())
		printf("it waits: %s\n", status->reason);
	else if (explain_held(context, &plan))
		return 0;
	else if (plan.group)
		printf("it waits for a place in group '%s', or among "
		       "HOOKTOOLS_JOBS_MAX\n",
		       plan.group);
	else
		printf("it waits for a place among HOOKTOOLS_JOBS_MAX\n");
	return 0;
}

static void explain(const struct job_status *status)
{
	const char *state = job_state_name(status->state);

	if (status->state == JOB_RUNNING)
		printf("it runs\n");
	else if (status->reason[0])
		printf("it is %s: %s\n", state, status->reason);
	else
		printf("it is %s: it ended with exit status %d\n", state,
		       status->exit_code);
}

int cmd_why(struct context *context, struct error *err)
{
	auto_job struct job job = JOB_NONE;
	struct job_status status = { 0 };
	const char *id = NULL;
	bool found = false;

	if (request_operand(&id, context, err) < 0 ||
	    request_find(&job, context, id, err) < 0 ||
	    job_status_now(&status, &found, &job, err) < 0)
		return -1;
	if (!found)
		return error_set(err, ERROR_ABSENT, "job '%s' has no status", id);
	if (status.state == JOB_QUEUED) {
		if (explain_waiting(context, &job, &status, err) < 0)
			return -1;
	} else {
		explain(&status);
	}
	return fflush(stdout) == 0 ? 0 : error_errno(err, "write standard output");
}
