#include "bin/runjob-registry/commands.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bin/runjob-registry/registered.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/job_status.h"
#include "lib/json_write.h"
#include "lib/pipeline_runjob.h"
#include "lib/pipeline_runs.h"
#include "lib/process.h"
#include "lib/str.h"

enum { STOP_MS = 300000, OUTPUT_LIMIT = 65536 };

static void write_date(struct json_writer *writer, const char *key, int64_t ms)
{
	char date[DATE_LEN];

	if (!ms) {
		json_write_null(writer, key);
		return;
	}
	date_format(date, ms);
	json_write_string(writer, key, date);
}

static void add_line(struct buf *out, const struct pipeline_run *run,
		     const struct job_status *status)
{
	struct json_writer writer = JSON_WRITER(out);

	json_write_object(&writer, NULL);
	json_write_string(&writer, "id", run->id);
	json_write_u64(&writer, "version", run->choice.version);
	json_write_string(&writer, "chosen", pipeline_why_name(run->choice.why));
	json_write_u64(&writer, "deployment", run->choice.deployment);
	json_write_string(&writer, "state", job_state_name(status->state));
	write_date(&writer, "created_at", status->created_ms);
	write_date(&writer, "finished_at", status->finished_ms);
	json_write_object_end(&writer);
	buf_add_char(out, '\n');
}

static void add_row(struct buf *out, const struct pipeline_run *run,
		    const struct job_status *status)
{
	char created[DATE_LEN];

	date_format(created, status->created_ms);
	/* To the second, as people read it. */
	created[19] = '\0';
	buf_add_format(out, "%s  %7llu  %-7s  %-9s  %s\n", run->id,
		       (unsigned long long)run->choice.version,
		       pipeline_why_name(run->choice.why), job_state_name(status->state),
		       created);
}

static int list(struct buf *out, const struct context *context,
		const struct pipeline_folder *folder, const struct pipeline_runs *runs,
		struct error *err)
{
	const struct options *options = &context->options;
	uint64_t shown = 0;

	for (size_t i = 0; i < runs->count && shown < options->limit; i++) {
		const struct pipeline_run *run = &runs->items[i];
		struct pipeline_run_look look = PIPELINE_RUN_LOOK_EMPTY;

		/* Newest first: what comes after an id is older. */
		if (options->after && strcmp(run->id, options->after) >= 0)
			continue;
		if (pipeline_run_status(&look, folder, run->id, &context->layout, err) <
		    0)
			return -1;
		if (!look.found)
			continue;
		shown++;
		if (context->is_table)
			add_row(out, run, &look.status);
		else
			add_line(out, run, &look.status);
	}
	return 0;
}

int cmd_runs(struct context *context, struct error *err)
{
	auto_registered struct registered registered = REGISTERED_NONE;
	auto_pipeline_runs struct pipeline_runs runs = PIPELINE_RUNS_EMPTY;
	auto_buf struct buf out = BUF_EMPTY;

	if (context->options.after && !uuid_is_valid(context->options.after))
		return error_set(err, ERROR_USAGE, "--after: '%s' is no id of a run",
				 context->options.after);
	if (registered_open(&registered, context, PIPELINE_LOOK, false, err) < 0 ||
	    pipeline_runs_read(&runs, &registered.folder, err) < 0)
		return -1;
	if (context->is_table)
		buf_add_format(&out, "%-36s  %7s  %-7s  %-9s  %s\n", "ID", "VERSION",
			       "CHOSEN", "STATE", "CREATED (UTC)");
	if (list(&out, context, &registered.folder, &runs, err) < 0)
		return -1;
	return file_write(STDOUT_FILENO, buf_str(&out), out.len, "standard output", err);
}

static int stop(const struct context *context, const char *id, struct error *err)
{
	const char *argv[PIPELINE_ARGUMENTS];
	auto_buf struct buf output = BUF_EMPTY;
	struct process_call call = { .argv = argv,
				     .limit = OUTPUT_LIMIT,
				     .timeout_ms = STOP_MS };

	pipeline_argv(argv, "stop", context->layout.owner, id);
	/* One that ended meanwhile needs no stop. */
	if (process_capture(&output, &call, err) == 0 || err->kind == ERROR_ABSENT)
		return 0;
	return -1;
}

/* The operands behind the pipeline's name; none: each of its runs is meant. */
static bool is_meant(const struct context *context, const char *id)
{
	for (size_t i = 1; i < context->operand_count; i++) {
		if (str_equal(context->operands[i], id))
			return true;
	}
	return context->operand_count == 1;
}

static int check_operands(const struct context *context,
			  const struct registered *registered, struct error *err)
{
	for (size_t i = 1; i < context->operand_count; i++) {
		struct pipeline_choice choice = { 0 };
		bool found = false;

		if (!uuid_is_valid(context->operands[i]))
			return error_set(err, ERROR_USAGE, "'%s' is no id of a run",
					 context->operands[i]);
		if (pipeline_run_find(&choice, &found, &registered->folder,
				      context->operands[i], err) < 0)
			return -1;
		if (!found)
			return error_set(err, ERROR_ABSENT,
					 "pipeline '%s' has no run '%s'",
					 registered->folder.name, context->operands[i]);
	}
	return 0;
}

static int cancel_one(struct buf *out, const struct context *context,
		      const struct pipeline_folder *folder, const char *id,
		      struct error *err)
{
	struct pipeline_run_look look = PIPELINE_RUN_LOOK_EMPTY;

	if (!is_meant(context, id))
		return 0;
	if (pipeline_run_status(&look, folder, id, &context->layout, err) < 0)
		return -1;
	if (!look.found || job_state_is_final(look.status.state))
		return 0;
	if (stop(context, id, err) < 0)
		return -1;
	buf_add_format(out,
		       context->options.json ? "{\"id\":\"%s\",\"cancelled\":true}\n"
					     : "%s cancelled\n",
		       id);
	return 0;
}

int cmd_cancel(struct context *context, struct error *err)
{
	auto_registered struct registered registered = REGISTERED_NONE;
	auto_pipeline_runs struct pipeline_runs runs = PIPELINE_RUNS_EMPTY;
	auto_buf struct buf out = BUF_EMPTY;

	if (registered_open(&registered, context, PIPELINE_LOOK, false, err) < 0 ||
	    check_operands(context, &registered, err) < 0 ||
	    pipeline_runs_read(&runs, &registered.folder, err) < 0)
		return -1;
	for (size_t i = 0; i < runs.count; i++) {
		if (cancel_one(&out, context, &registered.folder, runs.items[i].id, err) <
		    0)
			return -1;
	}
	if (!out.len && !context->options.json)
		buf_add_format(&out, "%s: nothing changed\n", registered.folder.name);
	return file_write(STDOUT_FILENO, buf_str(&out), out.len, "standard output", err);
}
