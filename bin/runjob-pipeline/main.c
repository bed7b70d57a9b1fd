/* runjob-pipeline: the program of a pipeline's own job; its stdin is the specification. */
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "bin/runjob-pipeline/run.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/log.h"
#include "lib/program_helper.h"
#include "lib/str.h"

enum { SPEC_LIMIT = 64 * 1024 * 1024 };

static const char usage[] =
	"usage: runjob-pipeline [OWNER] < specification (run by runjob as a job)";

static int catch_stop(int *fd, struct error *err)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return error_errno(err, "block signals");
	*fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return *fd < 0 ? error_errno(err, "make a signal descriptor") : 0;
}

static int run(bool *failed, const char *owner, struct error *err)
{
	struct run run = { .id = getenv("HOOKTOOLS_JOB_ID"),
			   .owner = owner,
			   .signal_fd = -1 };
	auto_buf struct buf text = BUF_EMPTY;
	auto_pipeline struct pipeline pipeline = PIPELINE_EMPTY;
	auto_free struct run_task *tasks = NULL;
	size_t i;

	if (!run.id || !uuid_is_valid(run.id))
		return error_set(err, ERROR_USAGE, "%s", usage);
	if (catch_stop(&run.signal_fd, err) < 0 ||
	    file_read_fd(&text, STDIN_FILENO, SPEC_LIMIT, err) < 0 ||
	    pipeline_parse(&pipeline, (struct str_view){ buf_str(&text), text.len },
			   err) < 0)
		return -1;
	tasks = calloc(pipeline.count, sizeof(*tasks));
	if (!tasks)
		return error_errno(err, "run pipeline '%s'", pipeline.name);
	for (i = 0; i < pipeline.count; i++)
		tasks[i].waiter = (struct process)PROCESS_NONE;
	run.pipeline = pipeline;
	run.tasks = tasks;
	return run_pipeline(failed, &run, err);
}

int main(int argc, char *argv[])
{
	struct error err = { 0 };
	bool failed = false;

	if (program_helper("runjob-pipeline", usage, argc, argv))
		return 0;
	if (argc > 2 || (argc == 2 && argv[1][0] == '-'))
		(void)error_set(&err, ERROR_USAGE, "%s", usage);
	else if (run(&failed, argv[1], &err) == 0)
		return failed ? 1 : 0;
	log_error("%s", err.message);
	return error_exit_status(&err);
}
