#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bin/runjob-serve/answer.h"
#include "bin/runjob-serve/request.h"
#include "lib/error.h"
#include "lib/http_server.h"
#include "lib/job_plan.h"
#include "lib/job_status.h"
#include "lib/json_object.h"
#include "lib/log.h"
#include "lib/stop.h"
#include "lib/str.h"

/* How to stop: what the body says, else SIGTERM and the job's own grace. */
struct how {
	int signal;
	uint64_t grace_ms;
	bool has_grace;
};

static int take_signal(struct how *how, const char *text, struct error *err)
{
	const char *name = str_starts(text, "SIG") ? text + 3 : text;

	for (int i = 1; i < NSIG; i++) {
		if (str_equal(sigabbrev_np(i), name)) {
			how->signal = i;
			return 0;
		}
	}
	return error_set(err, ERROR_DATA, "'signal' wants the name of one, as \"TERM\"");
}

static int read_how(struct how *how, const struct buf *body, struct error *err)
{
	const struct str_view object = { buf_str(body), body->len };
	struct str_view value = { NULL, 0 };
	auto_buf struct buf grace = BUF_EMPTY;
	auto_buf struct buf name = BUF_EMPTY;
	const char *problem = NULL;

	if (!body->len)
		return 0;
	if (!json_object_is_sound(object, &problem))
		return error_set(err, ERROR_DATA, "the body is no object: %s", problem);
	if (json_object_find(&value, object, "signal") &&
	    (!json_object_text(&name, value) ||
	     take_signal(how, buf_str(&name), err) < 0))
		return error_set(err, ERROR_DATA,
				 "'signal' wants the name of one, as \"TERM\"");
	how->has_grace = json_object_find(&value, object, "grace");
	if (how->has_grace && (!json_object_text(&grace, value) ||
			       str_to_duration(&how->grace_ms, buf_str(&grace), err) < 0))
		return error_set(err, ERROR_DATA, "'grace' wants a time, as \"10s\"");
	return 0;
}

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

static int stop(struct job_status *status, const struct request *request, struct how *how,
		struct error *err)
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
	if (!how->has_grace && job_plan_read(&plan, &job, err) < 0)
		return -1;
	if (!how->has_grace)
		how->grace_ms = plan.grace_ms;
	layout.owner = job.owner;
	log_info("job %s of %s is stopped by %s from %s", job.id, job.owner,
		 request->caller.fingerprint, http_remote(request->exchange));
	return stop_job(&job, &layout, how->signal, how->grace_ms, err);
}

void request_stop(struct request *request)
{
	struct how how = { .signal = SIGTERM };
	struct job_status status = { 0 };
	auto_buf struct buf json = BUF_EMPTY;
	struct error err = { 0 };

	reap();
	if (read_how(&how, &request->body, &err) < 0 ||
	    stop(&status, request, &how, &err) < 0) {
		answer_failure(request->exchange, &err);
		return;
	}
	/* It is over, or will be: whoever wants to know follows its log or asks again. */
	buf_add_format(&json, "{\"id\":\"%s\",\"state\":\"%s\"}\n", request->route.id,
		       job_state_name(status.state));
	answer_json(request->exchange, job_state_is_final(status.state) ? 200 : 202,
		    &json);
}
