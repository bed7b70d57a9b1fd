#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bin/runjob-shim/supervisor.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/log.h"
#include "lib/process.h"
#include "lib/program_helper.h"
#include "lib/str.h"

static const char usage[] =
	"usage: runjob-shim JOB-ID OWNER [apart] (started by runjob, not by hand)";

static int run(struct supervisor *supervisor, const char *id, const char *owner,
	       struct error *err)
{
	if (supervisor_open(supervisor, id, owner, err) < 0)
		return -1;
	return supervise(supervisor, err);
}

/* Our stderr is nobody's: what kept us from our work stands in the job's folder. */
static void leave_note(const struct supervisor *supervisor, const struct error *err)
{
	auto_close int fd = -1;
	struct error ignored = { 0 };

	log_error("%s", err->message);
	if (supervisor->job.fd < 0)
		return;
	fd = openat(supervisor->job.fd, "error", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
		    0600);
	if (fd >= 0)
		(void)file_write(fd, err->message, strlen(err->message), "error",
				 &ignored);
}

int main(int argc, char *argv[])
{
	auto_supervisor struct supervisor supervisor = SUPERVISOR_NONE;
	struct error err = { 0 };

	if (program_helper("runjob-shim", usage, argc, argv))
		return 0;
	if (argc != 3 && (argc != 4 || !str_equal(argv[3], "apart")))
		(void)error_set(&err, ERROR_USAGE, "%s", usage);
	else if ((argc == 3 || process_step_apart(&err) == 0) &&
		 run(&supervisor, argv[1], argv[2], &err) == 0)
		return 0;
	leave_note(&supervisor, &err);
	return error_exit_status(&err);
}
