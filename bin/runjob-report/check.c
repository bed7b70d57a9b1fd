#include "bin/runjob-report/check.h"

#include <stdint.h>
#include <string.h>

#include "bin/runjob-report/job.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/json_write.h"

static const struct conclusion {
	const char *state;
	const char *conclusion;
	const char *title;
} conclusions[] = {
	{ "ok", "success", "Succeeded" },
	{ "failed", "failure", "Failed" },
	{ "oom", "failure", "Out of memory" },
	{ "timeout", "timed_out", "Timed out" },
	{ "cancelled", "cancelled", "Cancelled" },
	{ "lost", "neutral", "Lost: the machine it ran on went away" },
	{ "skipped", "skipped", "Skipped" },
};

static const struct conclusion *find_conclusion(const char *state)
{
	for (size_t i = 0; i < sizeof conclusions / sizeof conclusions[0]; i++)
		if (strcmp(conclusions[i].state, state) == 0)
			return &conclusions[i];
	return NULL;
}

/* "Failed with exit status 2 after 12.3 s" */
static void write_title(struct buf *title, const struct job *job)
{
	const struct conclusion *row = find_conclusion(job->state);
	int64_t started_ms = 0;
	int64_t finished_ms = 0;

	if (!job->is_completed) {
		buf_add_str(title, "Running");
		return;
	}
	buf_add_str(title, row ? row->title : job->state);
	if (job->signal)
		buf_add_format(title, " by signal %s", job->signal);
	else if (job->exit_code && strcmp(job->state, "failed") == 0)
		buf_add_format(title, " with exit status %s", job->exit_code);
	if (job->started_at && job->finished_at &&
	    date_parse(&started_ms, job->started_at) &&
	    date_parse(&finished_ms, job->finished_at) && finished_ms >= started_ms)
		buf_add_format(title, " after %.1f s",
			       (double)(finished_ms - started_ms) / 1000);
}

static void write_line(struct buf *summary, const char *name, const char *value)
{
	if (value)
		buf_add_format(summary, "* %s: %.500s\n", name, value);
}

static void write_summary(struct buf *summary, const struct job *job)
{
	write_line(summary, "Job", job->id);
	write_line(summary, "State", job->state);
	write_line(summary, "Reason", job->reason);
	write_line(summary, "Node", job->node);
	write_line(summary, "Started", job->started_at);
	write_line(summary, "Finished", job->finished_at);
}

/* A fence is longer than any row of backticks in the text, so the text cannot end it. */
static size_t fence_len(const struct buf *text)
{
	size_t longest = 2;
	size_t row = 0;

	for (size_t i = 0; i < text->len; i++) {
		row = text->data[i] == '`' ? row + 1 : 0;
		if (row > longest)
			longest = row;
	}
	return longest + 1;
}

static void add_backticks(struct buf *out, size_t count)
{
	while (count-- > 0)
		buf_add_char(out, '`');
}

static void write_code(struct buf *out, const struct buf *log)
{
	size_t fence = fence_len(log);

	add_backticks(out, fence);
	buf_add_str(out, "text\n");
	buf_add(out, buf_str(log), log->len);
	if (log->data[log->len - 1] != '\n')
		buf_add_char(out, '\n');
	add_backticks(out, fence);
	buf_add_char(out, '\n');
}

static void write_output(struct json_writer *writer, const struct job *job,
			 const struct buf *log)
{
	auto_buf struct buf title = BUF_EMPTY;
	auto_buf struct buf summary = BUF_EMPTY;
	auto_buf struct buf code = BUF_EMPTY;

	write_title(&title, job);
	write_summary(&summary, job);
	json_write_object(writer, "output");
	json_write_string(writer, "title", buf_str(&title));
	json_write_string(writer, "summary", buf_str(&summary));
	if (log->len > 0) {
		write_code(&code, log);
		json_write_bytes(writer, "text", buf_str(&code), code.len);
	}
	json_write_object_end(writer);
}

static void write_date(struct json_writer *writer, const char *key, const char *date)
{
	if (date)
		json_write_string(writer, key, date);
}

static void write_state(struct json_writer *writer, const struct job *job)
{
	const struct conclusion *row = find_conclusion(job->state);

	write_date(writer, "started_at", job->started_at);
	if (!job->is_completed) {
		json_write_string(writer, "status", "in_progress");
		return;
	}
	json_write_string(writer, "status", "completed");
	json_write_string(writer, "conclusion", row ? row->conclusion : "neutral");
	write_date(writer, "completed_at", job->finished_at);
}

void check_write(struct buf *body, const struct job *job, const struct buf *log,
		 bool is_update)
{
	struct json_writer writer = JSON_WRITER(body);

	json_write_object(&writer, NULL);
	json_write_string(&writer, "name", job->check_name);
	json_write_string(&writer, "external_id", job->id);
	if (!is_update)
		json_write_string(&writer, "head_sha", job->head_sha);
	if (job->details_url)
		json_write_string(&writer, "details_url", job->details_url);
	write_state(&writer, job);
	write_output(&writer, job, log);
	json_write_object_end(&writer);
}
