#include "bin/runjob-report/report.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bin/runjob-report/check.h"
#include "bin/runjob-report/job.h"
#include "bin/runjob-report/tail.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/json.h"
#include "lib/json_plain.h"
#include "lib/path.h"
#include "lib/process.h"

#define LOG_LIMIT 60000 /* GitHub takes 65,535 with the fence */
#define TOKEN_LIMIT 16384
#define TOKEN_TIMEOUT_MS 60000

int report_open(struct report *report, const char *state, const char *api,
		struct error *err)
{
	auto_free char *folder = path_join(state, "reports");

	if (file_make_dirs(folder, 0700, err) < 0 ||
	    file_open_dir(&report->folder, AT_FDCWD, folder, err) < 0)
		return -1;
	report->jobs = str_format("%s/jobs/", state);
	return github_open(&report->github, api, err);
}

void report_close(struct report *report)
{
	github_close(&report->github);
	if (report->folder >= 0)
		(void)close(report->folder); /* a folder: nothing is written by it */
	report->folder = -1;
	free(report->jobs);
	report->jobs = NULL;
}

static int get_token(struct buf *token, const struct job *job, struct error *err)
{
	const char *const argv[] = { "tokenmint", "get", job->repository, NULL };
	const struct process_call call = { .argv = argv,
					   .limit = TOKEN_LIMIT,
					   .timeout_ms = TOKEN_TIMEOUT_MS };

	if (process_capture(token, &call, err) < 0)
		return error_wrap(err, "token for '%s'", job->repository);
	if (token->len > 0 && token->data[token->len - 1] == '\n')
		buf_cut(token, token->len - 1);
	return 0;
}

/* 401 is a token that was revoked: the next try gets another. */
static int call(struct github_answer *answer, struct report *report,
		const struct github_request *request, const struct job *job,
		struct error *err)
{
	auto_free char *what = str_format("check run of job %s", job->id);

	if (github_call(answer, &report->github, request, err) < 0)
		return error_wrap(err, "%s", what);
	if (github_answer_check(answer, what, err) < 0) {
		if (answer->status == 401)
			err->kind = ERROR_TEMPORARY;
		return -1;
	}
	return 0;
}

/* The id of the run that bears the job's id, when a crash kept us from writing it down. */
static void pick_run(uint64_t *check_run_id, jv runs, const struct job *job)
{
	int count =
		jv_get_kind(runs) == JV_KIND_ARRAY ? jv_array_length(jv_copy(runs)) : 0;

	for (int i = 0; i < count; i++) {
		auto_jv jv run = jv_array_get(jv_copy(runs), i);
		auto_free char *external_id = NULL;
		struct error ignored = { 0 };

		if (json_get_string(&external_id, run, "external_id", &ignored) == 0 &&
		    str_equal(external_id, job->id))
			(void)json_get_u64(check_run_id, run, "id", &ignored);
	}
}

static int find_run(uint64_t *check_run_id, struct report *report, struct str_view token,
		    const struct job *job, struct error *err)
{
	auto_github_answer struct github_answer answer = GITHUB_ANSWER_EMPTY;
	auto_free char *path =
		str_format("/repos/%s/commits/%s/check-runs?filter=all&per_page=100",
			   job->repository, job->head_sha);
	const struct github_request request = { "GET", path, token, { NULL, 0 } };
	auto_jv jv body = jv_invalid();
	auto_jv jv runs = jv_invalid();

	if (call(&answer, report, &request, job, err) < 0)
		return err->kind == ERROR_ABSENT
			       ? 0
			       : -1; /* no commit: making it will say so */
	if (json_parse(&body, buf_str(&answer.body), answer.body.len, err) < 0)
		return -1;
	runs = json_get(body, "check_runs");
	pick_run(check_run_id, runs, job);
	return 0;
}

static bool is_own_log(const struct report *report, const char *log)
{
	return log && str_starts(log, report->jobs) && !strstr(log, "/../");
}

static int send(struct record *record, struct report *report, struct str_view token,
		const struct job *job, struct error *err)
{
	auto_github_answer struct github_answer answer = GITHUB_ANSWER_EMPTY;
	auto_buf struct buf log = BUF_EMPTY;
	auto_buf struct buf body = BUF_EMPTY;
	bool is_update = record->check_run_id != 0;
	auto_free char *path =
		is_update ? str_format("/repos/%s/check-runs/%" PRIu64, job->repository,
				       record->check_run_id)
			  : str_format("/repos/%s/check-runs", job->repository);
	struct github_request request = {
		is_update ? "PATCH" : "POST", path, token, { 0 }
	};

	if (job->is_completed && is_own_log(report, job->log) &&
	    tail_read(&log, job->log, LOG_LIMIT, err) < 0)
		return -1;
	check_write(&body, job, &log, is_update);
	request.body = (struct str_view){ body.data, body.len };
	if (call(&answer, report, &request, job, err) < 0)
		return -1;
	if (!json_plain_u64(&record->check_run_id,
			    (struct str_view){ answer.body.data, answer.body.len }, "id"))
		return error_set(err, ERROR_DATA,
				 "check run of job %s: no id in GitHub's answer",
				 job->id);
	record->state = job->is_completed ? RECORD_COMPLETED : RECORD_STARTED;
	return record_write(record, report->folder, job->id, err);
}

static int make_or_finish(struct record *record, struct report *report,
			  const struct job *job, struct error *err)
{
	auto_secret struct buf token = BUF_EMPTY;
	struct str_view view = { NULL, 0 };
	bool was_creating = record->state == RECORD_CREATING;

	if (get_token(&token, job, err) < 0)
		return -1;
	view = (struct str_view){ token.data, token.len };
	if (was_creating && find_run(&record->check_run_id, report, view, job, err) < 0)
		return -1;
	if (record->state == RECORD_NONE) {
		record->state = RECORD_CREATING;
		if (record_write(record, report->folder, job->id, err) < 0)
			return -1;
	}
	return send(record, report, view, job, err);
}

int report_job(struct record *record, bool *is_duplicate, struct report *report,
	       const struct job *job, struct error *err)
{
	auto_close int lock = -1;
	struct record known = { RECORD_NONE, 0 };

	if (file_lock(&lock, report->folder, ".lock", err) < 0 ||
	    record_read(&known, report->folder, job->id, err) < 0)
		return -1;
	*is_duplicate = known.state == RECORD_COMPLETED ||
			(known.state == RECORD_STARTED && !job->is_completed);
	if (!*is_duplicate && make_or_finish(&known, report, job, err) < 0)
		return -1;
	*record = known;
	return 0;
}
