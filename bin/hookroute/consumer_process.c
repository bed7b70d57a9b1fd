#include "bin/hookroute/consumer_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "bin/hookroute/consumer.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/log.h"

enum { MOMENT_MS = 100 };

static int make_pipes(int in[2], int out[2], struct error *err)
{
	if (pipe2(in, O_CLOEXEC) < 0 || pipe2(out, O_CLOEXEC) < 0)
		return error_errno(err, "make pipes");
	if (fcntl(in[1], F_SETFL, O_NONBLOCK) < 0 ||
	    fcntl(out[0], F_SETFL, O_NONBLOCK) < 0)
		return error_errno(err, "set up pipes");
	return 0;
}

int consumer_process_start(struct consumer *consumer, struct error *err)
{
	struct process_start how = { .argv = (const char *const *)consumer->file.argv,
				     .err = STDERR_FILENO,
				     .new_session = true };
	int in[2] = { -1, -1 };
	int out[2] = { -1, -1 };
	int failed = make_pipes(in, out, err);

	how.in = in[0];
	how.out = out[1];
	if (!failed)
		failed = process_spawn(&consumer->process, &how, err);
	cleanup_close(&in[0]);
	cleanup_close(&out[1]);
	if (failed) {
		cleanup_close(&in[1]);
		cleanup_close(&out[0]);
		return -1;
	}
	consumer->starts++;
	consumer->to = in[1];
	consumer->from = out[0];
	log_debug("%s: started as process %d", consumer->name,
		  (int)consumer->process.pid);
	return 0;
}

/* With its children, when it has to be told: they would keep what we no longer read. */
static void kill_if_it_runs(const struct consumer *consumer)
{
	struct pollfd ended = { consumer->process.pidfd, POLLIN, 0 };

	if (poll(&ended, 1, 0) == 0)
		(void)kill(-consumer->process.pid, SIGKILL);
}

static void reap(struct consumer *consumer)
{
	struct process_outcome outcome = { false, 0 };
	struct error err = { 0 };

	kill_if_it_runs(consumer);
	if (process_wait(&outcome, &consumer->process, &err) < 0)
		snprintf(consumer->trouble, sizeof(consumer->trouble), "%.150s",
			 err.message);
	else if (outcome.signalled)
		snprintf(consumer->trouble, sizeof(consumer->trouble),
			 "the consumer was killed by signal %d", outcome.code);
	else
		snprintf(consumer->trouble, sizeof(consumer->trouble),
			 "the consumer ended with status %d", outcome.code);
}

void consumer_process_end(struct consumer *consumer)
{
	struct pollfd ended = { consumer->process.pidfd, POLLIN, 0 };

	cleanup_close(&consumer->to);
	cleanup_close(&consumer->from);
	consumer->to = -1;
	consumer->from = -1;
	if (consumer->process.pid <= 0)
		return;
	(void)poll(&ended, 1, MOMENT_MS);
	reap(consumer);
	buf_clear(&consumer->output);
	buf_clear(&consumer->input);
	consumer->written = 0;
}
