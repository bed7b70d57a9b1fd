/* runjob-report: jobs that begin and end become Check runs.  A consumer of hookpipe(7), started as
 * `runjob report github -`; see runjob(1). */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "bin/runjob-report/job.h"
#include "bin/runjob-report/options.h"
#include "bin/runjob-report/report.h"
#include "lib/buf.h"
#include "lib/config.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/json_write.h"
#include "lib/layout.h"
#include "lib/log.h"
#include "lib/process.h"

static void write_ok(struct json_writer *writer, const struct record *record, bool wanted,
		     bool is_duplicate)
{
	json_write_bool(writer, "ok", true);
	if (!wanted) {
		json_write_bool(writer, "skipped", true);
		return;
	}
	json_write_u64(writer, "check_run", record->check_run_id);
	json_write_string(writer, "state",
			  record->state == RECORD_COMPLETED ? "completed"
							    : "in_progress");
	if (is_duplicate)
		json_write_bool(writer, "duplicate", true);
}

static void write_failure(struct json_writer *writer, const struct error *problem)
{
	json_write_bool(writer, "ok", false);
	json_write_object(writer, "error");
	json_write_string(writer, "kind", error_retry_word(problem));
	json_write_string(writer, "message", problem->message);
	json_write_object_end(writer);
}

static void take_line(struct buf *reply, struct report *report, struct str_view line)
{
	auto_job struct job job = JOB_EMPTY;
	struct json_writer writer = JSON_WRITER(reply);
	struct record record = { RECORD_NONE, 0 };
	struct error problem = { 0 };
	bool wanted = false;
	bool is_duplicate = false;
	int status = job_read(&job, &wanted, line, &problem);

	if (status == 0 && wanted)
		status = report_job(&record, &is_duplicate, report, &job, &problem);
	json_write_object(&writer, NULL);
	if (status < 0)
		write_failure(&writer, &problem);
	else
		write_ok(&writer, &record, wanted, is_duplicate);
	json_write_object_end(&writer);
	buf_add_char(reply, '\n');
	if (status < 0)
		log_warning("not reported: %s", problem.message);
	else if (wanted && !is_duplicate)
		log_info("reported job=%s state=%s repository=%s", job.id, job.state,
			 job.repository);
}

static int serve(struct report *report, char **line, size_t *cap, struct error *err)
{
	ssize_t len = 0;

	while ((len = getline(line, cap, stdin)) > 0) {
		auto_buf struct buf reply = BUF_EMPTY;

		take_line(&reply, report, (struct str_view){ *line, (size_t)len });
		if (file_write(STDOUT_FILENO, reply.data, reply.len, "standard output",
			       err) < 0)
			return -1;
	}
	if (ferror(stdin))
		return error_errno(err, "read standard input");
	return 0;
}

static int run(struct error *err)
{
	auto_layout struct layout layout = LAYOUT_EMPTY;
	auto_config struct config config = CONFIG_EMPTY;
	auto_report struct report report = REPORT_NONE;
	char *line = NULL;
	size_t cap = 0;
	int status = 0;

	if (layout_read(&layout, err) < 0 || config_load(&config, &layout, err) < 0)
		return -1;
	process_prefer(layout.bin);
	if (report_open(&report, layout.state,
			config_get(&config, "HOOKTOOLS_GITHUB_API"), err) < 0)
		return -1;
	status = serve(&report, &line, &cap, err);
	free(line);
	return status;
}

static int print(const char *text, struct error *err)
{
	if (fputs(text, stdout) < 0 || fflush(stdout) != 0)
		return error_errno(err, "write to standard output");
	return 0;
}

int main(int argc, char *argv[])
{
	struct options options = { 0 };
	struct error err = { 0 };
	int status = options_parse(&options, argc, argv, &err);

	log_start("runjob-report", options.debug);
	(void)signal(SIGPIPE, SIG_IGN); /* a write that fails says so */
	if (status == 0 && options.help)
		status = print(options_usage, &err);
	else if (status == 0 && options.version)
		status = print("runjob-report " HOOKTOOLS_VERSION "\n", &err);
	else if (status == 0)
		status = run(&err);
	if (status == 0)
		return 0;
	log_error("%s", err.message);
	return error_exit_status(&err);
}
