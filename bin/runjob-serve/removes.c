#include "bin/runjob-serve/answer.h"
#include "bin/runjob-serve/request.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/http_server.h"
#include "lib/job_after.h"
#include "lib/job_queue.h"
#include "lib/job_remove.h"
#include "lib/job_status.h"
#include "lib/log.h"

/* *ended is false, and nothing removed, while it has not ended or its supervisor tidies up.  Of one
 * that is lost processes may live: runjob recover ends them, and then it has ended. */
static int remove_ended(bool *ended, const struct request *request, struct error *err)
{
	auto_job_queue struct job_queue queue = JOB_QUEUE_NONE;
	auto_job struct job job = JOB_NONE;
	auto_close int lock = -1;
	struct job_status status = { 0 };
	bool found = false;

	*ended = false;
	if (request_job(&job, request, err) < 0 || job_lock_again(&lock, &job, err) < 0)
		return -1;
	if (lock < 0)
		return 0;
	if (job_status_read(&status, &found, &job, err) < 0)
		return -1;
	if (!found || !job_state_is_final(status.state))
		return 0;
	log_info("job %s of %s is removed by %s from %s", job.id, job.owner,
		 request->caller.fingerprint, http_remote(request->exchange));
	if (job_queue_open(&queue, &request->layout, err) < 0 ||
	    job_remove(&job, err) < 0)
		return -1;
	job_after_tell(&queue, job.id);
	*ended = true;
	return 0;
}

void request_delete(struct request *request)
{
	struct error err = { 0 };
	bool ended = false;

	if (remove_ended(&ended, request, &err) < 0)
		answer_failure(request->exchange, &err);
	else if (!ended)
		http_answer_error(request->exchange, 409, "not_ended",
				  "the job has not ended: stop it first");
	else
		http_answer(request->exchange, 204, NULL, "", 0);
}
