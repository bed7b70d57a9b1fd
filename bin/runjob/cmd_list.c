#include "bin/runjob/commands.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/job.h"
#include "lib/str.h"

enum { FLUSH_AT = 65536 };

static void add_row(struct buf *out, const struct job *job,
		    const struct job_status *status)
{
	char created[DATE_LEN];
	char result[16] = "-";

	date_format(created, status->created_ms);
	/* To the second, as people read it. */
	created[19] = '\0';
	if (status->signal)
		snprintf(result, sizeof(result), "signal %d", status->signal);
	else if (status->exit_code >= 0)
		snprintf(result, sizeof(result), "%d", status->exit_code);
	buf_add_format(out, "%s  %-9s  %-9s  %s  %s\n", job->id,
		       job_state_name(status->state), result, created,
		       status->name[0] ? status->name : "-");
}

static void add_line(struct buf *out, const struct job *job,
		     const struct job_status *status)
{
	job_status_dump(out, job, status);
	buf_add_char(out, '\n');
}

static bool is_wanted(const struct options *options, const struct job_status *status)
{
	return (!options->has_state || options->state == status->state) &&
	       status->created_ms >= options->since_ms &&
	       (!options->group || str_equal(options->group, status->group));
}

/* *shown is counted up when the job was. */
static int add_job(struct buf *out, uint64_t *shown, const struct context *context,
		   const char *id, struct error *err)
{
	auto_job struct job job = JOB_NONE;
	struct job_status status = { 0 };
	bool found = false;

	if (job_open(&job, &found, &context->layout, id, err) < 0)
		return -1;
	/* Without a status it is still being made, or has just been removed. */
	if (found && job_status_now(&status, &found, &job, err) < 0)
		return -1;
	if (!found || !is_wanted(&context->options, &status))
		return 0;
	if (context->options.json)
		add_line(out, &job, &status);
	else
		add_row(out, &job, &status);
	(*shown)++;
	return 0;
}

static int put(struct buf *out, struct error *err)
{
	if (file_write(STDOUT_FILENO, buf_str(out), out->len, "standard output", err) < 0)
		return -1;
	buf_clear(out);
	return 0;
}

static int list(const struct context *context, struct buf *out, struct error *err)
{
	auto_job_list struct job_list jobs = JOB_LIST_EMPTY;
	uint64_t shown = 0;
	size_t i;

	if (job_list_read(&jobs, &context->layout, err) < 0)
		return -1;
	for (i = 0; i < jobs.count && shown < context->options.limit; i++) {
		const char *after = context->options.after;

		/* Newest first: what comes after an id is older. */
		if (after && strcmp(jobs.ids[i], after) >= 0)
			continue;
		if (add_job(out, &shown, context, jobs.ids[i], err) < 0)
			return -1;
		if (out->len > FLUSH_AT && put(out, err) < 0)
			return -1;
	}
	return put(out, err);
}

int cmd_list(struct context *context, struct error *err)
{
	auto_buf struct buf out = BUF_EMPTY;

	if (context->options.operand_count)
		return error_set(err, ERROR_USAGE, "list takes no operand");
	if (!isatty(STDOUT_FILENO))
		context->options.json = true;
	if (!context->options.json)
		buf_add_format(&out, "%-36s  %-9s  %-9s  %-19s  %s\n", "ID", "STATE",
			       "EXIT", "CREATED (UTC)", "NAME");
	return list(context, &out, err);
}
