#include "lib/program.h"

#include <signal.h>

#include "lib/cli.h"
#include "lib/error.h"
#include "lib/log.h"

int program_main(const struct program *program, const struct cli *cli, int parsed,
		 struct error *err)
{
	bool answered = false;
	int status = parsed;

	log_start(program->log, cli->debug);
	(void)signal(SIGPIPE, SIG_IGN); /* a write that fails says so */
	if (status == 0)
		status = cli_answer(&answered, cli, program->usage, err);
	if (status == 0 && !answered)
		status = program->run(cli->context, err);
	if (status == 0)
		return 0;
	log_error("%s", err->message);
	return error_exit_status(err);
}
