/* runjob-queue: starts the jobs that wait for their turn, and ends when none does. */

#include "bin/runjob-queue/keeper.h"
#include "lib/error.h"
#include "lib/job_held.h"
#include "lib/log.h"
#include "lib/process.h"
#include "lib/program_helper.h"
#include "lib/str.h"

static const char usage[] =
	"usage: runjob-queue [apart] (started by runjob, not by hand)";

int main(int argc, char *argv[])
{
	auto_keeper struct keeper keeper = KEEPER_NONE;
	struct error err = { 0 };

	if (program_helper("runjob-queue", usage, argc, argv))
		return 0;
	if (argc != 1 && (argc != 2 || !str_equal(argv[1], "apart")))
		(void)error_set(&err, ERROR_USAGE, "%s", usage);
	else if ((argc == 1 || process_step_apart(&err) == 0) &&
		 keeper_open(&keeper, &err) == 0 && keeper_run(&keeper, &err) == 0)
		return 0;
	log_error("%s", err.message);
	if (keeper.queue.fd >= 0)
		job_held_fail(&keeper.queue, err.message);
	return error_exit_status(&err);
}
