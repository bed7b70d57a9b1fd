/* runjob-timeline: when what ran, and what is on now.  See runjob(1), timeline and watch. */
#include <unistd.h>

#include "bin/runjob-timeline/chart.h"
#include "bin/runjob-timeline/course.h"
#include "bin/runjob-timeline/report.h"
#include "bin/runjob-timeline/svg.h"
#include "bin/runjob-timeline/watch.h"
#include "lib/buf.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/job.h"
#include "lib/layout.h"
#include "lib/log.h"
#include "lib/program_helper.h"
#include "lib/str.h"

static const char usage[] = "usage: runjob-timeline timeline|watch text|json|svg OWNER "
			    "JOB-ID (started by runjob, not by hand)";

static int timeline(const struct layout *layout, const struct job *job,
		    const char *format, struct error *err)
{
	auto_course struct course course = COURSE_EMPTY;
	auto_buf struct buf text = BUF_EMPTY;
	struct chart chart = chart_here();

	if (course_read(&course, layout, job, err) < 0)
		return -1;
	if (str_equal(format, "json"))
		report_dump(&text, &course);
	else if (str_equal(format, "svg"))
		svg_dump(&text, &course);
	else
		chart_dump(&text, &chart, &course);
	return file_write(STDOUT_FILENO, text.data, text.len, "standard output", err);
}

static int run(int *status, char *argv[], struct error *err)
{
	auto_layout struct layout layout = LAYOUT_EMPTY;
	auto_job struct job job = JOB_NONE;
	bool found = false;

	if (layout_read(&layout, err) < 0)
		return -1;
	layout.owner = argv[3];
	if (job_open(&job, &found, &layout, argv[4], err) < 0)
		return -1;
	if (!found)
		return error_set(err, ERROR_ABSENT, "no job '%s'", argv[4]);
	if (str_equal(argv[1], "watch"))
		return watch(status, &layout, &job, str_equal(argv[2], "json"), err);
	return timeline(&layout, &job, argv[2], err);
}

int main(int argc, char *argv[])
{
	struct error err = { 0 };
	int status = 0;

	if (program_helper("runjob", usage, argc, argv))
		return 0;
	if (argc != 5)
		(void)error_set(&err, ERROR_USAGE, "%s", usage);
	else if (run(&status, argv, &err) == 0)
		return status;
	log_error("%s", err.message);
	return error_exit_status(&err);
}
