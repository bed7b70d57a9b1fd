#include "bin/runjob-registry/commands.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bin/runjob-registry/registered.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/job_status.h"
#include "lib/json_write.h"
#include "lib/pipeline_runs.h"
#include "lib/pipeline_share.h"
#include "lib/str.h"

/* What became of the runs of one deployment. */
struct tally {
	uint64_t runs;
	uint64_t running; /* or waiting for their turn */
	uint64_t ok;
	uint64_t failed;
	uint64_t cancelled; /* or skipped: they say nothing about the version */
};

static void count(struct tally *tally, enum job_state state)
{
	tally->runs++;
	if (!job_state_is_final(state))
		tally->running++;
	else if (state == JOB_OK)
		tally->ok++;
	else if (state == JOB_CANCELLED || state == JOB_SKIPPED)
		tally->cancelled++;
	else
		tally->failed++;
}

/* tallies: one for each deployment, by its number. */
static int count_all(struct tally *tallies, uint64_t last,
		     const struct pipeline_folder *folder, const struct layout *layout,
		     struct error *err)
{
	auto_pipeline_runs struct pipeline_runs runs = PIPELINE_RUNS_EMPTY;

	if (pipeline_runs_read(&runs, folder, err) < 0)
		return -1;
	for (size_t i = 0; i < runs.count; i++) {
		const struct pipeline_run *run = &runs.items[i];
		struct pipeline_run_look look = PIPELINE_RUN_LOOK_EMPTY;

		if (pipeline_run_status(&look, folder, run->id, layout, err) < 0)
			return -1;
		if (look.found && run->choice.deployment <= last)
			count(&tallies[run->choice.deployment], look.status.state);
	}
	return 0;
}

/* "98.5", of those that ended well or failed; NULL when there is none.  The caller frees it. */
static char *success_of(const struct tally *tally)
{
	uint64_t ended = tally->ok + tally->failed;
	uint64_t tenths = ended ? tally->ok * 1000 / ended : 0;

	if (!ended)
		return NULL;
	return str_format("%llu.%llu", (unsigned long long)tenths / 10,
			  (unsigned long long)tenths % 10);
}

static void add_line(struct buf *out, const struct pipeline_deployment *deployment,
		     const struct tally *tally)
{
	struct json_writer writer = { out, true };
	auto_free char *success = success_of(tally);

	pipeline_deployment_dump(out, deployment);
	if (deployment->version) {
		buf_cut(out, out->len - 1);
		json_write_u64(&writer, "runs", tally->runs);
		json_write_u64(&writer, "running", tally->running);
		json_write_u64(&writer, "ok", tally->ok);
		json_write_u64(&writer, "failed", tally->failed);
		json_write_u64(&writer, "cancelled", tally->cancelled);
		json_write_raw(&writer, "success_percent", success ? success : "null",
			       strlen(success ? success : "null"));
		json_write_object_end(&writer);
	}
	buf_add_char(out, '\n');
}

static void add_row(struct buf *out, const struct pipeline_deployment *deployment,
		    const struct tally *tally)
{
	auto_free char *success = success_of(tally);
	char share[PIPELINE_SHARE_LEN];
	char at[DATE_LEN];

	date_format(at, deployment->at_ms);
	/* To the second, as people read it. */
	at[19] = '\0';
	pipeline_share_format(share, deployment->share);
	buf_add_format(out, "%6llu  %s  %-11s  ", (unsigned long long)deployment->number,
		       at, pipeline_type_name(deployment->type));
	if (!deployment->version) {
		buf_add_format(out, "%s\n", deployment->by);
		return;
	}
	buf_add_format(out, "%7llu  %6s  %6llu  %7llu  %6llu  %6llu  %7s  %s\n",
		       (unsigned long long)deployment->version, share,
		       (unsigned long long)tally->runs,
		       (unsigned long long)tally->running, (unsigned long long)tally->ok,
		       (unsigned long long)tally->failed, success ? success : "-",
		       deployment->by);
}

static int add_all(struct buf *out, const struct context *context,
		   const struct pipeline_deployments *list, const struct tally *tallies,
		   struct error *err)
{
	const struct options *options = &context->options;
	uint64_t below = UINT64_MAX;
	uint64_t shown = 0;

	if (options->after &&
	    str_to_u64(&below, options->after, 1, UINT64_MAX, err) < 0) {
		err->kind = ERROR_USAGE;
		return error_wrap(err, "--after");
	}
	if (context->is_table)
		buf_add_format(out,
			       "%6s  %-19s  %-11s  %7s  %6s  %6s  %7s  %6s  %6s  %7s  "
			       "%s\n",
			       "NUMBER", "AT (UTC)", "TYPE", "VERSION", "SHARE", "RUNS",
			       "RUNNING", "OK", "FAILED", "% OK", "BY");
	for (size_t i = list->count; i > 0 && shown < options->limit; i--) {
		const struct pipeline_deployment *one = &list->items[i - 1];

		if (one->number >= below)
			continue;
		shown++;
		if (context->is_table)
			add_row(out, one, &tallies[one->number]);
		else
			add_line(out, one, &tallies[one->number]);
	}
	return 0;
}

static int add_counted(struct buf *out, const struct context *context,
		       const struct registered *registered,
		       const struct pipeline_deployments *list, struct error *err)
{
	uint64_t last = list->count ? list->items[list->count - 1].number : 0;
	struct tally *tallies;
	int status = -1;

	if (last > list->count)
		return error_set(err, ERROR_DATA,
				 "pipeline '%s': deployments has %zu lines, and not %llu",
				 registered->folder.name, list->count,
				 (unsigned long long)last);
	tallies = calloc(last + 1, sizeof(*tallies));
	if (!tallies)
		return error_errno(err, "count the runs");
	if (count_all(tallies, last, &registered->folder, &context->layout, err) == 0)
		status = add_all(out, context, list, tallies, err);
	free(tallies);
	return status;
}

int cmd_deployments(struct context *context, struct error *err)
{
	auto_registered struct registered registered = REGISTERED_NONE;
	auto_pipeline_deployments struct pipeline_deployments list =
		PIPELINE_DEPLOYMENTS_EMPTY;
	auto_buf struct buf out = BUF_EMPTY;

	if (registered_open(&registered, context, PIPELINE_LOOK, false, err) < 0 ||
	    pipeline_deployments_read(&list, &registered.folder, err) < 0 ||
	    add_counted(&out, context, &registered, &list, err) < 0)
		return -1;
	return file_write(STDOUT_FILENO, buf_str(&out), out.len, "standard output", err);
}
