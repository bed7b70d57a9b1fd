#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/config.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/hooktools_types.h"
#include "lib/job_status.h"
#include "lib/job_wait.h"
#include "lib/path.h"
#include "lib/setting.h"
#include "lib/setting_limit.h"
#include "lib/str.h"
#include "lib/turn.h"

static bool is_program(const char *dir, const char *name)
{
	auto_free char *path = name[0] == '/' ? str_dup(name) : path_join(dir, name);

	return access(path, X_OK) == 0;
}

static bool is_in_path(const char *const *environment, const char *name)
{
	const char *path = NULL;

	for (; *environment; environment++) {
		if (str_starts(*environment, "PATH="))
			path = *environment + strlen("PATH=");
	}
	while (path) {
		struct str_view view = str_split(&path, ':');
		auto_free char *dir = str_format("%.*s", (int)view.len, view.data);

		if (is_program(dir, name))
			return true;
	}
	return false;
}

/* What can be known before anything is made.  Programs of ours are found by the supervisor. */
static int check(const struct hooktools_job *job, struct error *err)
{
	const char *name = job->plan.exec.items[0];
	const char *const *environment =
		(const char *const *)(const void *)job->layout.environment;
	auto_free char *ours = path_join(job->layout.libexec, "../../bin");

	if (!is_program(job->layout.libexec, "runjob-shim"))
		return error_set(err, ERROR_CONFIG, "no runjob-shim in '%s'",
				 job->layout.libexec);
	if (strchr(name, '/') ? is_program(job->plan.dir, name)
			      : is_in_path(environment, name) || is_program(ours, name))
		return 0;
	return error_set(err, ERROR_CONFIG, "no program '%s'", name);
}

static int write_number(const struct submission *submission, int64_t number,
			struct error *err)
{
	auto_close int fd = openat(submission->job.fd, "number",
				   O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	char text[32];

	snprintf(text, sizeof(text), "%" PRId64 "\n", number);
	if (fd < 0)
		return error_errno(err, "create '%s/number'", submission->job.dir);
	return file_write(fd, text, strlen(text), "number", err);
}

static int store(struct turn *turn, struct hooktools_job *job, struct error *err)
{
	auto_buf struct buf spec = BUF_EMPTY;
	auto_config struct config config = CONFIG_EMPTY;
	struct submit_what what = { .id = job->id,
				    .plan = &job->plan,
				    .input = { job->input.data, job->input.len } };

	if (config_load(&config, &job->layout, err) < 0 ||
	    setting_complete(&job->plan, &config, err) < 0)
		return -1;
	setting_dump(&spec, job->id, &job->plan);
	what.spec = (struct str_view){ spec.data, spec.len };
	if (turn_store(turn, &job->layout, &what, err) < 0)
		return -1;
	return write_number(&turn->submission, job->number, err);
}

/* Whoever asked for it is told that it did not start: nobody shall start it later. */
static void give_up(const struct submission *submission, const struct error *why)
{
	struct job_status status = { .state = JOB_FAILED,
				     .exit_code = -1,
				     .created_ms = date_now_ms(),
				     .finished_ms = date_now_ms() };
	struct error ignored = { 0 };

	if (submission->job.fd < 0 || submission->lock_fd < 0)
		return;
	job_status_reason(&status, "%s", why->message);
	(void)job_status_write(&submission->job, &status, false, &ignored);
}

/* Its turn has come, or it stands in the queue. */
static int submit(struct hooktools_job *job, struct error *err)
{
	auto_turn struct turn turn = TURN_NONE;

	if (job->job.fd >= 0)
		return error_set(err, ERROR_USAGE, "job '%s' was started before",
				 job->id);
	if (check(job, err) < 0)
		return -1;
	if (store(&turn, job, err) < 0 || turn_start(&turn, &job->layout, -1, err) < 0) {
		give_up(&turn.submission, err);
		return -1;
	}
	job->job = turn.submission.job;
	turn.submission.job = (struct job)JOB_NONE;
	return 0;
}

static int start(struct hooktools_job *job, struct error *err)
{
	enum job_event event =
		job->plan.group || job->plan.after.count ? JOB_BEGUN_IN_TURN : JOB_BEGUN;
	struct job_status status = { 0 };

	job->plan.waits = 0;
	if (submit(job, err) < 0 || job_wait(&status, &job->job, event, err) < 0)
		return -1;
	if (!status.started_ms)
		return error_set(err, ERROR_SYSTEM, "job '%s' did not begin: %s", job->id,
				 status.reason);
	return 0;
}

int hooktools_job_start(struct hooktools_job *job, struct hooktools_error *err)
{
	struct error why = { 0 };

	return start(job, &why) < 0 ? hooktools_fail(err, HOOKTOOLS_ERROR_JOB, &why) : 0;
}

int hooktools_job_submit(struct hooktools_job *job, struct hooktools_error *err)
{
	struct error why = { 0 };

	job->plan.waits = 1;
	return submit(job, &why) < 0 ? hooktools_fail(err, HOOKTOOLS_ERROR_JOB, &why) : 0;
}
