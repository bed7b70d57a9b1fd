#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bin/tokenmint-agent/commands.h"
#include "bin/tokenmint-agent/options.h"
#include "bin/tokenmint-agent/server.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/layout.h"
#include "lib/listener.h"
#include "lib/log.h"
#include "lib/path.h"
#include "lib/str.h"

#define POLICY "agent.policy"

struct agent {
	struct server server;
	char *policy;
};

static void agent_close(struct agent *agent)
{
	server_close(&agent->server);
	free(agent->policy);
}

#define auto_agent __attribute__((cleanup(agent_close)))

/* What cannot be read leaves the old rules in force. */
static void reload(struct agent *agent)
{
	struct error err = { 0 };

	if (policy_read(&agent->server.desk.policy, agent->policy, &err) < 0)
		log_error("%s: the policy stays as it was", err.message);
	else
		log_notice("policy '%s' read again: %zu lines", agent->policy,
			   agent->server.desk.policy.count);
}

static void take_signal(void *context, const struct signalfd_siginfo *signal)
{
	struct agent *agent = context;

	if (signal->ssi_signo == SIGHUP)
		reload(agent);
	else
		agent->server.stops = true;
}

/* systemd's socket, else one of ours: anybody may connect, the policy decides. */
static int listen_somewhere(int *fd, const char *address, struct error *err)
{
	bool found = false;

	if (!address && listener_inherited(fd, &found, err) < 0)
		return -1;
	if (found)
		return 0;
	if (!address)
		return error_set(err, ERROR_USAGE,
				 "where?  Use -l unix:PATH, or start the socket's unit "
				 "tokenmint-agent.socket");
	if (!str_starts(address, "unix:"))
		return error_set(err, ERROR_USAGE,
				 "-l wants unix:PATH, not '%s': who connects is known "
				 "on local sockets only",
				 address);
	if (listener_open(fd, address, err) < 0)
		return -1;
	if (chmod(address + 5, 0666) < 0)
		return error_errno(err, "open '%s' to others", address + 5);
	return 0;
}

static int announce(int fd, struct error *err)
{
	auto_free char *name = listener_name(fd);

	if (printf("listening on %s\n", name) < 0 || fflush(stdout) != 0)
		return error_errno(err, "write to standard output");
	return 0;
}

static int start(struct agent *agent, const struct options *options, struct error *err)
{
	auto_close int listener = -1;
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGHUP);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	if (listen_somewhere(&listener, options->listen, err) < 0 ||
	    announce(listener, err) < 0)
		return -1;
	agent->server.signalled = take_signal;
	agent->server.context = agent;
	return server_open(&agent->server, steal_fd(&listener), &signals, err);
}

int cmd_agent(int *status, const struct options *options, const struct layout *layout,
	      struct error *err)
{
	auto_agent struct agent agent = { .server = { .epoll = -1,
						      .listener = { .fd = -1 },
						      .signals = { .fd = -1 },
						      .child = { .fd = -1 } } };
	auto_free char *tokenmint = path_join(layout->bin, "tokenmint");

	*status = 0;
	agent.policy = options->policy ? str_dup(options->policy)
				       : path_join(layout->conf, POLICY);
	if (policy_read(&agent.server.desk.policy, agent.policy, err) < 0)
		return -1;
	if (options->checks)
		return 0;
	(void)unsetenv("HOOKTOOLS_AGENT"); /* our questions are not for an agent */
	agent.server.desk.fetches.program = tokenmint;
	agent.server.desk.trail.layout = layout;
	if (start(&agent, options, err) < 0)
		return -1;
	return server_run(&agent.server, err);
}
