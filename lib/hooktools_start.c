#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/hooktools_types.h"
#include "lib/job_status.h"
#include "lib/job_wait.h"
#include "lib/json_write.h"
#include "lib/path.h"
#include "lib/submit.h"

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

static void write_spec(struct buf *out, const struct hooktools_job *job)
{
	struct json_writer writer = JSON_WRITER(out);

	json_write_object(&writer, NULL);
	json_write_string(&writer, "id", job->id);
	json_write_array(&writer, "exec");
	for (size_t i = 0; i < job->plan.exec.count; i++)
		json_write_string(&writer, NULL, job->plan.exec.items[i]);
	json_write_array_end(&writer);
	json_write_string(&writer, "dir", job->plan.dir);
	json_write_string(&writer, "owner", job->owner);
	json_write_object_end(&writer);
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

static int store(struct submission *submission, struct hooktools_job *job,
		 struct error *err)
{
	auto_buf struct buf spec = BUF_EMPTY;
	struct submit_what what = { .id = job->id, .plan = &job->plan };

	job->plan.created_ms = (uint64_t)date_now_ms();
	write_spec(&spec, job);
	what.spec = (struct str_view){ spec.data, spec.len };
	if (submit_store(submission, &job->layout, &what, err) < 0)
		return -1;
	return write_number(submission, job->number, err);
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

static int start(struct hooktools_job *job, struct error *err)
{
	auto_submission struct submission submission = SUBMISSION_NONE;
	struct job_status status = { 0 };

	if (job->job.fd >= 0)
		return error_set(err, ERROR_USAGE, "job '%s' was started before",
				 job->id);
	if (check(job, err) < 0)
		return -1;
	if (store(&submission, job, err) < 0 ||
	    submit_start_apart(&submission, &job->layout, err) < 0) {
		give_up(&submission, err);
		return -1;
	}
	job->job = submission.job;
	submission.job = (struct job)JOB_NONE;
	if (job_wait(&status, &job->job, JOB_BEGUN, err) < 0)
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
