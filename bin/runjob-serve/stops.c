#include <sys/wait.h>
#include <unistd.h>

#include "bin/runjob-serve/answer.h"
#include "bin/runjob-serve/halt.h"
#include "bin/runjob-serve/request.h"
#include "lib/error.h"
#include "lib/http_server.h"
#include "lib/job_plan.h"
#include "lib/job_status.h"
#include "lib/log.h"
#include "lib/stop.h"
#include "lib/str.h"

/* A job whose supervisor was gone got a new one: our child, in a session of its own.  Helpers
 * are waited for elsewhere. */
static void reap(void)
{
	siginfo_t ended = { .si_pid = 0 };

	while (waitid(P_ALL, 0, &ended, WEXITED | WNOHANG | WNOWAIT) == 0 &&
	       ended.si_pid && getpgid(ended.si_pid) != getpgrp()) {
		(void)waitpid(ended.si_pid, NULL, WNOHANG);
		ended.si_pid = 0;
	}
}

static int stop(struct job_status *status, const struct request *request,
		struct halt *halt, struct error *err)
{
	auto_job struct job job = JOB_NONE;
	auto_job_plan struct job_plan plan = JOB_PLAN_EMPTY;
	struct layout layout = request->layout;
	bool found = false;

	if (request_job(&job, request, err) < 0 ||
	    job_status_now(status, &found, &job, err) < 0)
		return -1;
	if (!found)
		return error_set(err, ERROR_ABSENT, "there is no such job");
	if (job_state_is_final(status->state))
		return 0;
	if (!halt->has_grace && job_plan_read(&plan, &job, err) < 0)
		return -1;
	if (!halt->has_grace)
		halt->grace_ms = plan.grace_ms;
	layout.owner = job.owner;
	log_info("job %s of %s is stopped by %s from %s", job.id, job.owner,
		 request->caller.fingerprint, http_remote(request->exchange));
	return stop_job(&job, &layout, halt->signal, halt->grace_ms, err);
}

static void answer_stopped(struct request *request, const struct job_status *status)
{
	auto_buf struct buf json = BUF_EMPTY;

	/* It is over, or will be: whoever wants to know follows its log or asks again. */
	buf_add_format(&json, "{\"id\":\"%s\",\"state\":\"%s\"}\n", request->route.id,
		       job_state_name(status->state));
	answer_json(request->exchange, job_state_is_final(status->state) ? 200 : 202,
		    &json);
}

void request_stop(struct request *request)
{
	struct halt halt = HALT_DEFAULT;
	struct job_status status = { 0 };
	struct error err = { 0 };

	reap();
	if (halt_parse(&halt,
		       (struct str_view){ buf_str(&request->body), request->body.len },
		       &err) < 0) {
		answer_error(request->exchange,
			     &(struct answer_error){ 400, "bad_request", err.message,
						     buf_str(&halt.field) });
	} else if (stop(&status, request, &halt, &err) < 0) {
		answer_failure(request->exchange, &err);
	} else {
		answer_stopped(request, &status);
	}
	halt_free(&halt);
}
