#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/hooktools_types.h"
#include "lib/job_log.h"
#include "lib/job_number.h"
#include "lib/job_status.h"
#include "lib/job_wait.h"
#include "lib/stop.h"

static int fail_job(struct hooktools_error *err, const struct error *why)
{
	return hooktools_fail(err, HOOKTOOLS_ERROR_JOB, why);
}

static int fail_certificate(struct hooktools_error *err, const struct error *why)
{
	return hooktools_fail(err, HOOKTOOLS_ERROR_CERTIFICATE, why);
}

static struct layout layout_of(const struct hooktools_certificate *certificate)
{
	struct layout layout = certificate->tools->layout;

	layout.owner = certificate->certificate.hash;
	return layout;
}

int hooktools_jobs(char (**ids)[HOOKTOOLS_ID_LEN], size_t *count,
		   const struct hooktools_certificate *certificate,
		   struct hooktools_error *err)
{
	const struct layout layout = layout_of(certificate);
	struct job_list list = JOB_LIST_EMPTY;
	struct error why = { 0 };

	if (job_list_read(&list, &layout, &why) < 0)
		return fail_certificate(err, &why);
	*ids = list.ids;
	*count = list.count;
	return 0;
}

int hooktools_number(int64_t *number, const struct hooktools_certificate *certificate,
		     struct hooktools_error *err)
{
	const struct layout layout = layout_of(certificate);
	struct uuid_source source = { 0 };
	struct error why = { 0 };
	uint64_t taken = 0;
	char id[UUID_LEN];

	uuid_next(id, &source, date_now_ms());
	if (job_number_take(&taken, &layout, id, &why) < 0)
		return fail_certificate(err, &why);
	*number = (int64_t)taken;
	return 0;
}

static struct hooktools_job *make(const struct hooktools_certificate *certificate,
				  struct hooktools_error *err)
{
	struct hooktools_job *made =
		hooktools_room(sizeof(*made), HOOKTOOLS_ERROR_CERTIFICATE, err);

	if (!made)
		return NULL;
	memcpy(made->owner, certificate->certificate.hash, JOB_OWNER_LEN);
	made->layout = certificate->tools->layout;
	made->layout.owner = made->owner;
	made->plan = (struct job_plan)JOB_PLAN_EMPTY;
	made->job = (struct job)JOB_NONE;
	return made;
}

static int open_job(struct hooktools_job *job, const char *id, struct error *err)
{
	uint64_t number = 0;
	bool found = false;

	if (uuid_is_valid(id)) {
		snprintf(job->id, sizeof(job->id), "%s", id);
		found = true;
	} else if (str_to_u64(&number, id, 1, INT64_MAX, err) < 0 ||
		   job_number_find(job->id, &found, &job->layout, number, err) < 0) {
		return -1;
	}
	if (found && job_open(&job->job, &found, &job->layout, job->id, err) < 0)
		return -1;
	if (!found)
		return error_set(err, ERROR_ABSENT, "no job '%s'", id);
	/* Jobs of runjob(1) have none. */
	job->number = (int64_t)job_number_read(&job->job);
	return 0;
}

int hooktools_job_open(struct hooktools_job **job,
		       const struct hooktools_certificate *certificate, const char *id,
		       struct hooktools_error *err)
{
	struct hooktools_job *made = make(certificate, err);
	struct error why = { 0 };

	if (!made)
		return -1;
	if (open_job(made, id, &why) < 0) {
		hooktools_job_free(made);
		return fail_certificate(err, &why);
	}
	*job = made;
	return 0;
}

static int plan_job(struct hooktools_job *job, const char *const *argv, struct error *err)
{
	struct uuid_source source = { 0 };
	uint64_t number = 0;

	if (!argv || !argv[0] || !*argv[0])
		return error_set(err, ERROR_USAGE, "a command to run is missing");
	for (; *argv; argv++)
		job_texts_add(&job->plan.exec, *argv);
	job->plan.owner = str_dup(job->owner);
	job->plan.dir = realpath(".", NULL);
	if (!job->plan.dir)
		return error_errno(err, "find the current folder");
	uuid_next(job->id, &source, date_now_ms());
	if (job_number_take(&number, &job->layout, job->id, err) < 0)
		return -1;
	job->number = (int64_t)number;
	return 0;
}

int hooktools_job_new(struct hooktools_job **job,
		      const struct hooktools_certificate *certificate,
		      const char *const *argv, struct hooktools_error *err)
{
	struct hooktools_job *made = make(certificate, err);
	struct error why = { 0 };

	if (!made)
		return -1;
	if (plan_job(made, argv, &why) < 0) {
		hooktools_job_free(made);
		return fail_certificate(err, &why);
	}
	*job = made;
	return 0;
}

void hooktools_job_free(struct hooktools_job *job)
{
	if (!job)
		return;
	/* Nobody will ever start it. */
	if (job->job.fd < 0 && job->number)
		job_number_drop(&job->layout, (uint64_t)job->number);
	job_plan_free(&job->plan);
	buf_free(&job->input);
	job_close(&job->job);
	free(job);
}

const char *hooktools_job_id(const struct hooktools_job *job)
{
	return job->id;
}

int64_t hooktools_job_number(const struct hooktools_job *job)
{
	return job->number;
}

static int check_started(const struct hooktools_job *job, struct error *err)
{
	if (job->job.fd < 0)
		return error_set(err, ERROR_ABSENT, "job '%s' was not started", job->id);
	return 0;
}

static int read_tail(struct hooktools_tail *tail, const struct hooktools_job *job,
		     struct error *err)
{
	auto_close int fd = openat(job->job.fd, "log", O_RDONLY | O_CLOEXEC);
	struct stat info = { 0 };
	uint64_t offset = tail->offset;
	ssize_t got;

	if (fd < 0 || fstat(fd, &info) < 0)
		return error_errno(err, "open '%s/log'", job->job.dir);
	if (tail->lines &&
	    job_log_lines(&offset, fd, (uint64_t)info.st_size, tail->lines, err) < 0)
		return -1;
	if (offset > INT64_MAX)
		return error_set(err, ERROR_USAGE, "no log is that long");
	got = pread(fd, tail->buffer, tail->size, (off_t)offset);
	if (got < 0)
		return error_errno(err, "read '%s/log'", job->job.dir);
	tail->len = (size_t)got;
	tail->offset = offset + tail->len;
	tail->lines = 0;
	return 0;
}

int hooktools_job_tail(const struct hooktools_job *job, struct hooktools_tail *tail,
		       struct hooktools_error *err)
{
	struct error why = { 0 };

	if (check_started(job, &why) < 0 || read_tail(tail, job, &why) < 0)
		return fail_job(err, &why);
	return 0;
}

static void tell(struct hooktools_status *status, const struct job_status *from)
{
	*status = (struct hooktools_status){ .is_final = job_state_is_final(from->state),
					     .exit_code = from->exit_code,
					     .signal = from->signal,
					     .pid = from->pid };
	snprintf(status->state, sizeof(status->state), "%s", job_state_name(from->state));
	snprintf(status->reason, sizeof(status->reason), "%s", from->reason);
}

int hooktools_job_status(struct hooktools_status *status, const struct hooktools_job *job,
			 struct hooktools_error *err)
{
	struct job_status got = { 0 };
	struct error why = { 0 };
	bool found = false;

	if (check_started(job, &why) < 0 ||
	    job_status_now(&got, &found, &job->job, &why) < 0)
		return fail_job(err, &why);
	if (!found) {
		(void)error_set(&why, ERROR_ABSENT, "job '%s' has no status", job->id);
		return fail_job(err, &why);
	}
	tell(status, &got);
	return 0;
}

int hooktools_job_wait(struct hooktools_status *status, const struct hooktools_job *job,
		       struct hooktools_error *err)
{
	struct job_status got = { 0 };
	struct error why = { 0 };

	if (check_started(job, &why) < 0 ||
	    job_wait(&got, &job->job, JOB_ENDED, &why) < 0)
		return fail_job(err, &why);
	tell(status, &got);
	return 0;
}

static int stop(struct hooktools_job *job, uint64_t grace_ms, struct error *err)
{
	struct job_status status = { 0 };
	bool found = false;

	if (check_started(job, err) < 0 ||
	    job_status_read(&status, &found, &job->job, err) < 0)
		return -1;
	if ((!found || !job_state_is_final(status.state)) &&
	    stop_job(&job->job, &job->layout, SIGTERM, grace_ms, err) < 0)
		return -1;
	return job_wait(&status, &job->job, JOB_GONE, err);
}

int hooktools_job_stop(struct hooktools_job *job, uint64_t grace_ms,
		       struct hooktools_error *err)
{
	struct error why = { 0 };

	return stop(job, grace_ms, &why) < 0 ? fail_job(err, &why) : 0;
}
