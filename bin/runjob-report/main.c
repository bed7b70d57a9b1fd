/* runjob-report: jobs that begin and end become Check runs.  A consumer of hookpipe(7), started as
 * `runjob report github -`; see runjob(1). */
#include <stdio.h>

#include "bin/runjob-report/job.h"
#include "bin/runjob-report/options.h"
#include "bin/runjob-report/report.h"
#include "lib/buf.h"
#include "lib/config.h"
#include "lib/error.h"
#include "lib/json_write.h"
#include "lib/layout.h"
#include "lib/log.h"
#include "lib/process.h"
#include "lib/program.h"
#include "lib/reply.h"

static void write_ok(struct buf *out, const struct record *record, bool wanted,
		     bool is_duplicate)
{
	struct json_writer writer = JSON_WRITER(out);

	json_write_object(&writer, NULL);
	json_write_bool(&writer, "ok", true);
	if (wanted) {
		json_write_u64(&writer, "check_run", record->check_run_id);
		json_write_string(&writer, "state",
				  record->state == RECORD_COMPLETED ? "completed"
								    : "in_progress");
	} else {
		json_write_bool(&writer, "skipped", true);
	}
	if (is_duplicate)
		json_write_bool(&writer, "duplicate", true);
	json_write_object_end(&writer);
	buf_add_char(out, '\n');
}

static void take_line(void *report, struct buf *reply, struct str_view line)
{
	auto_job struct job job = JOB_EMPTY;
	struct record record = { RECORD_NONE, 0 };
	struct error problem = { 0 };
	bool wanted = false;
	bool is_duplicate = false;
	int status = job_read(&job, &wanted, line, &problem);

	if (status == 0 && wanted)
		status = report_job(&record, &is_duplicate, report, &job, &problem);
	if (status < 0)
		reply_write_failure(reply, &problem);
	else
		write_ok(reply, &record, wanted, is_duplicate);
	if (status < 0)
		log_warning("not reported: %s", problem.message);
	else if (wanted && !is_duplicate)
		log_info("reported job=%s state=%s repository=%s", job.id, job.state,
			 job.repository);
}

static int run(void *context, struct error *err)
{
	auto_layout struct layout layout = LAYOUT_EMPTY;
	auto_config struct config config = CONFIG_EMPTY;
	auto_report struct report report = REPORT_NONE;

	(void)context;
	if (layout_read(&layout, err) < 0 || config_load(&config, &layout, err) < 0)
		return -1;
	process_prefer(layout.bin);
	if (report_open(&report, layout.state,
			config_get(&config, "HOOKTOOLS_GITHUB_API"), err) < 0)
		return -1;
	return reply_serve(take_line, &report, err);
}

int main(int argc, char *argv[])
{
	static const struct program program = { "runjob-report", options_usage, run };
	struct options options;
	struct error err = { 0 };
	int status = options_parse(&options, argc, argv, &err);

	return program_main(&program, &options.cli, status, &err);
}
