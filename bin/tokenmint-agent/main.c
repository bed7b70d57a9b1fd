/*
 * tokenmint-agent: tokens over a local socket.  Started as `tokenmint agent`, for the users that a
 * policy names, and as `tokenmint exec`, for one command; see tokenmint-agent(8).
 */
#include <signal.h>

#include "bin/tokenmint-agent/commands.h"
#include "bin/tokenmint-agent/options.h"
#include "lib/error.h"
#include "lib/layout.h"
#include "lib/log.h"
#include "lib/str.h"

static const struct command {
	const char *word;
	int (*run)(int *status, const struct options *options,
		   const struct layout *layout, struct error *err);
	size_t words;
	const char *letters;
} commands[] = {
	{ "agent", cmd_agent, 1, "clP" },
	{ "exec", cmd_exec, 2, "ampr" },
};

static const struct command *find_command(const struct options *options)
{
	const char *word = options->cli.count > 0 ? options->cli.words[0] : "";

	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
		if (str_equal(commands[i].word, word))
			return &commands[i];
	return NULL;
}

static int run(int *status, const struct options *options, struct error *err)
{
	const struct command *command = find_command(options);
	auto_layout struct layout layout = LAYOUT_EMPTY;

	if (!command || options->cli.count != command->words)
		return error_set(
			err, ERROR_USAGE,
			"wrong number of arguments: tokenmint %s --help shows them",
			command ? command->word : "agent");
	if (cli_check(&options->cli, command->word, command->letters, err) < 0 ||
	    layout_read(&layout, err) < 0)
		return -1;
	return command->run(status, options, &layout, err);
}

int main(int argc, char *argv[])
{
	struct options options;
	struct error err = { 0 };
	bool answered = false;
	int failed = options_parse(&options, argc, argv, &err);
	int status = 0;

	log_start("tokenmint", options.cli.debug);
	(void)signal(SIGPIPE, SIG_IGN); /* a write that fails says so */
	if (failed == 0)
		failed = cli_answer(&answered, &options.cli, options_usage, &err);
	if (failed == 0 && !answered)
		failed = run(&status, &options, &err);
	if (failed == 0)
		return status;
	log_error("%s", err.message);
	return status != 0 ? status : error_exit_status(&err);
}
