#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <spawn.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bin/tokenmint-agent/commands.h"
#include "bin/tokenmint-agent/environment.h"
#include "bin/tokenmint-agent/options.h"
#include "bin/tokenmint-agent/server.h"
#include "lib/cleanup.h"
#include "lib/config.h"
#include "lib/crypto.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/hex.h"
#include "lib/layout.h"
#include "lib/path.h"
#include "lib/process.h"

#define FIRST_LIMIT 65536
#define FIRST_MS 100000

struct execution {
	struct server server;
	pid_t pid;
	int status;
};

/*
 * A name in the kernel's own name space: no file is left behind, however we end.  The name is no
 * secret, since only our own user is answered.
 */
static int listen_abstract(int *fd, char name[static 64], struct error *err)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	auto_close int opened =
		socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	uint8_t random[8] = { 0 };
	char digits[17] = "";

	crypto_random(random, sizeof random);
	hex_encode(digits, random, sizeof random);
	(void)snprintf(name, 64, "@hooktools-exec-%s", digits);
	memcpy(address.sun_path, name, strlen(name));
	address.sun_path[0] = '\0';
	if (opened < 0 ||
	    bind(opened, (struct sockaddr *)&address,
		 (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name))) <
		    0 ||
	    listen(opened, 128) < 0)
		return error_errno(err, "listen on '%s'", name);
	*fd = steal_fd(&opened);
	return 0;
}

/* What the command may ask for is what we were told, whichever repository it names. */
static int make_policy(struct policy *policy, const struct options *options,
		       struct error *err)
{
	const char *name = options->cli.words[1];
	size_t owner_len = strcspn(name, "/");
	auto_buf struct buf line = BUF_EMPTY;

	buf_add_format(&line, "user %u: owner %.*s", (unsigned)geteuid(), (int)owner_len,
		       name);
	for (size_t i = 0; i < options->repository_count; i++)
		buf_add_format(&line, ", repository %.*s/%s", (int)owner_len, name,
			       options->repositories[i]);
	for (size_t i = 0; i < options->permission_count; i++)
		buf_add_format(&line, ", %s", options->permissions[i]);
	if (options->permission_count == 0)
		buf_add_str(&line, ", everything");
	if (options->app)
		buf_add_format(&line, ", app %s", options->app);
	if (policy_add(policy, (struct str_view){ line.data, line.len }, err) < 0) {
		err->kind = ERROR_USAGE;
		return -1;
	}
	policy->rules[0].is_whole = true;
	return 0;
}

/* It has told what is wrong in its own name, and with our words. */
static int adopt(struct error *err)
{
	struct error said = *err;
	const char *name = "tokenmint: ";
	const char *text = strstr(said.message, name);

	return error_set(err, said.kind == ERROR_BUG ? ERROR_USAGE : said.kind, "%s",
			 text ? text + strlen(name) : said.message);
}

/* A token now, so that what is wrong is said before the command starts. */
static int ask_first(const char *tokenmint, const struct options *options,
		     struct error *err)
{
	auto_secret struct buf out = BUF_EMPTY;
	const char *argv[2 * OPTIONS_SCOPE + 2 * OPTIONS_SCOPE + 8] = { tokenmint,
									"get" };
	size_t count = 2;
	struct process_call call = { .argv = argv,
				     .limit = FIRST_LIMIT,
				     .timeout_ms = FIRST_MS };

	argv[count++] = options->cli.words[1];
	for (size_t i = 0; i < options->repository_count; i++) {
		argv[count++] = "--repository";
		argv[count++] = options->repositories[i];
	}
	for (size_t i = 0; i < options->permission_count; i++) {
		argv[count++] = "--permission";
		argv[count++] = options->permissions[i];
	}
	if (options->app) {
		argv[count++] = "--app";
		argv[count++] = options->app;
	}
	if (options->min_ttl) {
		argv[count++] = "--min-ttl";
		argv[count++] = options->min_ttl;
	}
	argv[count] = NULL;
	return process_capture(&out, &call, err) < 0 ? adopt(err) : 0;
}

/* The terminal sends its signals to the command as well: only the others are passed on. */
static void pass_on(void *context, const struct signalfd_siginfo *signal)
{
	const struct execution *execution = context;

	if (signal->ssi_code <= 0)
		(void)kill(execution->pid, (int)signal->ssi_signo);
}

static void child_ended(void *context)
{
	struct execution *execution = context;
	int status = 0;

	if (waitpid(execution->pid, &status, WNOHANG) != execution->pid)
		return;
	execution->status =
		WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	execution->server.stops = true;
}

static void passed_signals(sigset_t *signals)
{
	static const int passed[] = { SIGHUP,  SIGINT,	SIGQUIT, SIGTERM,
				      SIGUSR1, SIGUSR2, SIGALRM, SIGWINCH };

	sigemptyset(signals);
	for (size_t i = 0; i < sizeof passed / sizeof passed[0]; i++)
		sigaddset(signals, passed[i]);
}

/* With the signals and descriptors that we were given ourselves. */
static int spawn(pid_t *pid, char **command, char *const *environment,
		 const sigset_t *signals)
{
	posix_spawnattr_t attributes;
	sigset_t broken;
	int failed = posix_spawnattr_init(&attributes);

	if (failed)
		return failed;
	sigemptyset(&broken);
	sigaddset(&broken, SIGPIPE);
	failed = posix_spawnattr_setsigmask(&attributes, signals);
	if (!failed)
		failed = posix_spawnattr_setsigdefault(&attributes, &broken);
	if (!failed)
		failed = posix_spawnattr_setflags(
			&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	if (!failed)
		failed = posix_spawnp(pid, command[0], NULL, &attributes, command,
				      environment);
	posix_spawnattr_destroy(&attributes);
	return failed;
}

static int start_command(struct execution *execution, char **command,
			 char *const *environment, const sigset_t *signals,
			 struct error *err)
{
	int failed = spawn(&execution->pid, command, environment, signals);
	int pidfd = -1;

	if (failed) {
		execution->status = failed == ENOENT ? 127 : 126;
		errno = failed;
		return error_errno(err, "execute '%s'", command[0]);
	}
	pidfd = (int)syscall(SYS_pidfd_open, execution->pid, 0);
	if (pidfd < 0)
		return error_errno(err, "watch '%s'", command[0]);
	return server_watch_child(&execution->server, pidfd, err);
}

static int run_command(struct execution *execution, const struct options *options,
		       const struct layout *layout, struct error *err)
{
	auto_environment struct environment environment = ENVIRONMENT_EMPTY;
	auto_config struct config config = CONFIG_EMPTY;
	auto_close int listener = -1;
	char name[64] = "";
	sigset_t signals;
	sigset_t before;

	passed_signals(&signals);
	if (config_load(&config, layout, err) < 0 ||
	    listen_abstract(&listener, name, err) < 0 ||
	    make_policy(&execution->server.desk.policy, options, err) < 0)
		return -1;
	if (sigprocmask(SIG_BLOCK, &signals, &before) < 0 ||
	    server_open(&execution->server, steal_fd(&listener), &signals, err) < 0)
		return -1;
	environment_make(&environment, name, layout,
			 config_get(&config, "HOOKTOOLS_GITHUB_URL"));
	if (start_command(execution, options->command, environment.values, &before, err) <
	    0)
		return -1;
	return server_run(&execution->server, err);
}

static void execution_close(struct execution *execution)
{
	server_close(&execution->server);
}

int cmd_exec(int *status, const struct options *options, const struct layout *layout,
	     struct error *err)
{
	__attribute__((cleanup(execution_close))) struct execution execution = {
		.server = { .epoll = -1,
			    .listener = { .fd = -1 },
			    .signals = { .fd = -1 },
			    .child = { .fd = -1 } }
	};
	int failed = 0;
	auto_free char *tokenmint = path_join(layout->bin, "tokenmint");

	if (!options->command || !options->command[0])
		return error_set(
			err, ERROR_USAGE,
			"exec wants a command behind --: tokenmint exec acme/site -- "
			"git fetch");
	if (ask_first(tokenmint, options, err) < 0)
		return -1;
	execution.server.desk.fetches.program = tokenmint;
	execution.server.signalled = pass_on;
	execution.server.child_ended = child_ended;
	execution.server.context = &execution;
	failed = run_command(&execution, options, layout, err);
	*status = execution.status;
	return failed;
}
