#include "bin/runjob/commands.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "bin/runjob/follow.h"
#include "bin/runjob/request.h"
#include "lib/stop.h"
#include "lib/turn.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"

/* Ctrl-C and the like reach us and not the job, which has a session of its own. */
static int catch_interrupts(int *fd, struct error *err)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return error_errno(err, "block signals");
	*fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return *fd < 0 ? error_errno(err, "make a signal descriptor") : 0;
}

static int follow_to_end(struct follow *follow, const struct context *context,
			 struct error *err)
{
	struct signalfd_siginfo info;

	for (;;) {
		if (follow_job(follow, err) < 0)
			return -1;
		if (!follow->interrupted)
			return 0;
		while (read(follow->interrupt_fd, &info, sizeof(info)) > 0)
			;
		/* A second one makes it end at once. */
		if (stop_job(follow->job, &context->layout, SIGTERM,
			     context->options.plan.grace_ms, err) < 0)
			return -1;
	}
}

static int print_status(const struct follow *follow, struct error *err)
{
	auto_buf struct buf text = BUF_EMPTY;

	job_status_dump(&text, follow->job, &follow->status);
	buf_add_char(&text, '\n');
	return file_write(STDOUT_FILENO, text.data, text.len, "standard output", err);
}

int cmd_run(struct context *context, struct error *err)
{
	auto_turn struct turn turn = TURN_NONE;
	struct follow follow = FOLLOW_OF(&turn.submission.job);
	auto_close int interrupt_fd = -1;
	/* Above 2: the supervisor gets it in another place than 0. */
	auto_close int stdin_fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);

	if (catch_interrupts(&interrupt_fd, err) < 0 ||
	    request_start(&turn, context, stdin_fd, err) < 0)
		return -1;
	follow.attempt = 1;
	follow.interrupt_fd = interrupt_fd;
	follow.pidfd = turn.submission.pidfd;
	/* With --json the result is what is printed, and the log stays in its file. */
	follow.out_fd = context->options.json ? -1 : STDOUT_FILENO;
	if (follow_to_end(&follow, context, err) < 0)
		return -1;
	context->status = job_exit_status(&follow.status);
	if (context->options.json)
		return print_status(&follow, err);
	if (follow.status.reason[0])
		fprintf(stderr, "runjob: %s: %s\n", job_state_name(follow.status.state),
			follow.status.reason);
	return 0;
}
