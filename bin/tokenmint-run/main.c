/* tokenmint-run: what a job may do while it runs, and what is left when it has ended.  Started as
 * `tokenmint run-token` and `tokenmint prune`; see tokenmint(1). */
#include "bin/tokenmint-run/commands.h"
#include "bin/tokenmint-run/options.h"
#include "bin/tokenmint-run/keyring.h"
#include "lib/error.h"
#include "lib/program.h"
#include "lib/str.h"

static const struct command {
	const char *word;
	const char *action; /* NULL: it has one word */
	command_fn *run;
	const char *letters;
	bool wants_run;
} commands[] = {
	{ "run-token", "issue", cmd_run_token_issue, "ejnru", true },
	{ "run-token", "revoke", cmd_run_token_revoke, "u", true },
	{ "run-token", "verify", cmd_run_token_verify, "u", false },
	{ "run-token", "list", cmd_run_token_list, "alu", false },
	{ "prune", NULL, cmd_prune, "Ao", false },
};

static const struct command *find_command(const struct cli *cli)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (cli->count == (commands[i].action ? 2u : 1u) &&
		    str_equal(commands[i].word, cli->words[0]) &&
		    (!commands[i].action || str_equal(commands[i].action, cli->words[1])))
			return &commands[i];
	return NULL;
}

static int run(void *context, struct error *err)
{
	const struct options *options = context;
	const struct command *command = find_command(&options->cli);
	auto_keyring struct keyring keyring = KEYRING_NONE;

	if (!command)
		return error_set(err, ERROR_USAGE,
				 "which command?  tokenmint run-token --help shows them");
	if (cli_check(&options->cli, command->word, command->letters, err) < 0)
		return -1;
	if (command->wants_run && !options->run)
		return error_set(err, ERROR_USAGE, "%s %s wants --run ID", command->word,
				 command->action);
	if (keyring_open(&keyring, err) < 0)
		return -1;
	return command->run(options, &keyring, err);
}

int main(int argc, char *argv[])
{
	static const struct program program = { "tokenmint", options_usage, run };
	struct options options;
	struct error err = { 0 };
	int status = options_parse(&options, argc, argv, &err);

	return program_main(&program, &options.cli, status, &err);
}
