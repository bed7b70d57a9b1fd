#include "bin/runjob-report/job.h"

#include <stdlib.h>
#include <string.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/json.h"
#include "lib/uuid.h"

#define CHECK_NAME_MAX 200

void job_free(struct job *job)
{
	free(job->id);
	free(job->state);
	free(job->repository);
	free(job->head_sha);
	free(job->check_name);
	free(job->details_url);
	free(job->exit_code);
	free(job->signal);
	free(job->reason);
	free(job->started_at);
	free(job->finished_at);
	free(job->node);
	free(job->log);
	*job = (struct job)JOB_EMPTY;
}

/* A number or a string as text; NULL for anything else. */
static char *any_text(jv object, const char *key)
{
	auto_jv jv value = json_get(object, key);
	auto_buf struct buf text = BUF_EMPTY;

	if (jv_get_kind(value) == JV_KIND_STRING)
		return str_dup(jv_string_value(value));
	if (jv_get_kind(value) != JV_KIND_NUMBER)
		return NULL;
	json_dump(&text, value);
	return buf_take(&text);
}

/* A date that GitHub would refuse is left out. */
static char *date_text(jv object, const char *key)
{
	char *text = any_text(object, key);
	int64_t unix_ms = 0;

	if (text && date_parse(&unix_ms, text))
		return text;
	free(text);
	return NULL;
}

static int read_check(struct job *job, jv check, struct error *err)
{
	size_t len = 0;

	if (json_get_string(&job->repository, check, "repository", err) < 0 ||
	    json_get_string(&job->head_sha, check, "head_sha", err) < 0 ||
	    json_get_string(&job->check_name, check, "name", err) < 0 ||
	    json_get_string(&job->details_url, check, "details_url", err) < 0)
		return error_wrap(err, "report.github_check");
	if (!job->repository || !str_is_name(job->repository) ||
	    !strchr(job->repository, '/'))
		return error_set(err, ERROR_DATA,
				 "report.github_check.repository is no owner/repository");
	len = job->head_sha ? strlen(job->head_sha) : 0;
	if ((len != 40 && len != 64) || strspn(job->head_sha, "0123456789abcdef") != len)
		return error_set(err, ERROR_DATA,
				 "report.github_check.head_sha is no commit");
	if (!job->check_name || !*job->check_name ||
	    strlen(job->check_name) > CHECK_NAME_MAX)
		return error_set(err, ERROR_DATA, "report.github_check.name is none");
	return 0;
}

static int read_job(struct job *job, jv object, struct error *err)
{
	if (json_get_string(&job->id, object, "id", err) < 0 ||
	    json_get_string(&job->state, object, "state", err) < 0 ||
	    json_get_string(&job->reason, object, "reason", err) < 0 ||
	    json_get_string(&job->node, object, "node", err) < 0 ||
	    json_get_string(&job->log, object, "log", err) < 0)
		return error_wrap(err, "payload.job");
	if (!job->id || !uuid_is_valid(job->id) || !job->state)
		return error_set(err, ERROR_DATA, "payload.job has no id and state");
	job->exit_code = any_text(object, "exit_code");
	job->signal = any_text(object, "signal");
	job->started_at = date_text(object, "started_at");
	job->finished_at = date_text(object, "finished_at");
	return 0;
}

static bool has_text(jv object, const char *key, const char *want)
{
	auto_jv jv value = json_get(object, key);

	return jv_get_kind(value) == JV_KIND_STRING &&
	       str_equal(jv_string_value(value), want);
}

int job_read(struct job *job, bool *wanted, struct str_view line, struct error *err)
{
	auto_job struct job read = JOB_EMPTY;
	auto_jv jv event = jv_invalid();
	auto_jv jv payload = jv_invalid();
	auto_jv jv object = jv_invalid();
	auto_jv jv report = jv_invalid();
	auto_jv jv check = jv_invalid();

	if (json_parse(&event, line.data, line.len, err) < 0)
		return -1;
	payload = json_get(event, "payload");
	object = json_get(payload, "job");
	report = json_get(object, "report");
	check = json_get(report, "github_check");
	read.is_completed = has_text(payload, "action", "completed");
	*wanted = has_text(event, "provider", "hooktools") &&
		  has_text(event, "event", "job") &&
		  jv_get_kind(check) == JV_KIND_OBJECT &&
		  (read.is_completed || has_text(payload, "action", "started"));
	if (!*wanted)
		return 0;
	if (read_job(&read, object, err) < 0 || read_check(&read, check, err) < 0)
		return -1;
	job_free(job);
	*job = read;
	read = (struct job)JOB_EMPTY;
	return 0;
}
