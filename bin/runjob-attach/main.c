/* runjob-attach: a command where a job runs, or ran.  See runjob(1), attach and shell. */
#include <poll.h>
#include <stdbool.h>
#include <unistd.h>

#include "bin/runjob-attach/relay.h"
#include "bin/runjob-attach/session.h"
#include "bin/runjob-attach/target.h"
#include "bin/runjob-attach/terminal.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/log.h"
#include "lib/program_helper.h"
#include "lib/str.h"

static const char usage[] = "usage: runjob-attach attach|shell OWNER JOB-ID "
			    "[COMMAND [ARGUMENT...]] (started by runjob, not by hand)";

struct request {
	bool joins;
	const char *owner;
	const char *id;
	char **command; /* ends with NULL; empty: a shell */
};

/* With a terminal at both ends it is the command's, too. */
static int converse(int *status, struct session *session, const struct target *target,
		    int signal_fd, struct error *err)
{
	auto_terminal struct terminal terminal = TERMINAL_NONE;
	int job_pidfd = target->jail.joined ? target->jail.init.pidfd : -1;

	if (session->master_fd >= 0 && terminal_make_raw(&terminal, err) < 0)
		return -1;
	return relay(status, session, signal_fd, job_pidfd, err);
}

/* Whoever joined a job is killed with it, also before it executes anything. */
static int give_up(const struct request *request, const struct target *target,
		   struct error *err)
{
	struct pollfd leader = { target->jail.init.pidfd, POLLIN, 0 };

	if (request->joins && err->kind == ERROR_SYSTEM && poll(&leader, 1, 0) > 0)
		return error_set(err, ERROR_ABSENT, "job '%s' has ended meanwhile",
				 request->id);
	return -1;
}

static int run(int *status, const struct request *request, struct error *err)
{
	auto_target struct target target = TARGET_NONE;
	struct session session = SESSION_NONE;
	auto_close int signal_fd = -1;
	auto_free char *path = NULL;
	char *shell[] = { NULL, NULL };
	bool terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);

	if (target_open(&target, request->owner, request->id, err) < 0)
		return -1;
	if (request->joins ? target_join(&target, err) < 0
			   : target_repeat(&target, err) < 0)
		return -1;
	path = str_dup(target_shell(&target));
	shell[0] = path;
	if (relay_signals(&signal_fd, err) < 0)
		return -1;
	target.jail.program = *request->command ? request->command[0] : shell[0];
	if (session_start(&session, &target, *request->command ? request->command : shell,
			  terminal, err) < 0) {
		*status = session.exit_code;
		return *status ? -1 : give_up(request, &target, err);
	}
	return converse(status, &session, &target, signal_fd, err);
}

int main(int argc, char *argv[])
{
	struct request request = { false, NULL, NULL, NULL };
	struct error err = { 0 };
	int status = 0;

	if (program_helper("runjob", usage, argc, argv))
		return 0;
	if (argc >= 4)
		request = (struct request){ str_equal(argv[1], "attach"), argv[2],
					    argv[3], argv + 4 };
	if (argc < 4 || (!request.joins && !str_equal(argv[1], "shell")))
		(void)error_set(&err, ERROR_USAGE, "%s", usage);
	else if (run(&status, &request, &err) == 0)
		return status;
	log_error("%s", err.message);
	return status ? status : error_exit_status(&err);
}
