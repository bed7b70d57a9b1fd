#include "bin/runjob/commands.h"

#include <stddef.h>

#include "bin/runjob/follow.h"
#include "bin/runjob/request.h"
#include "lib/stop.h"
#include "lib/error.h"
#include "lib/job.h"

int cmd_stop(struct context *context, struct error *err)
{
	auto_job struct job job = JOB_NONE;
	auto_job_plan struct job_plan plan = JOB_PLAN_EMPTY;
	struct follow follow = FOLLOW_OF(&job);
	uint64_t grace_ms = context->options.grace_ms;
	const char *id = NULL;
	bool found = false;

	if (request_operand(&id, context, err) < 0 ||
	    request_find(&job, context, id, err) < 0 ||
	    job_status_read(&follow.status, &found, &job, err) < 0)
		return -1;
	if (found && job_state_is_final(follow.status.state))
		return error_set(err, ERROR_ABSENT, "job '%s' has ended already: %s",
				 job.id, job_state_name(follow.status.state));
	if (!context->options.has_grace) {
		if (job_plan_read(&plan, &job, err) < 0)
			return -1;
		grace_ms = plan.grace_ms;
	}
	if (stop_job(&job, &context->layout, context->options.signal, grace_ms, err) < 0)
		return -1;
	return follow_job(&follow, err);
}
