/* tokenmint-identity: API keys and sessions.  Started as `tokenmint apikey` and `tokenmint
 * session`; see tokenmint-identity(1). */
#include <stdbool.h>

#include "bin/tokenmint-identity/commands.h"
#include "bin/tokenmint-identity/options.h"
#include "lib/error.h"
#include "lib/place.h"
#include "lib/program.h"
#include "lib/str.h"

/* A command: its two words, how many operands it takes, the letters of its options. */
struct command {
	const char *word;
	const char *action;
	command_fn *run;
	size_t min; /* operands */
	size_t max;
	const char *letters;
	bool is_open; /* it does without the master key */
};

/* clang-format off */
static const struct command commands[] = {
	{ "apikey", "bootstrap", cmd_apikey_bootstrap, 0, 0, "ejN", false },
	{ "apikey", "create", cmd_apikey_create, 0, 0, "ejNnr", false },
	{ "apikey", "list", cmd_apikey_list, 0, 0, "ajl", false },
	{ "apikey", "show", cmd_apikey_show, 1, 1, "", false },
	{ "apikey", "revoke", cmd_apikey_revoke, 1, 1, "", false },
	{ "apikey", "verify", cmd_apikey_verify, 0, 0, "", false },
	{ "session", "issue", cmd_session_issue, 0, 0, "AnrRs", false },
	{ "session", "verify", cmd_session_verify, 0, 0, "A", true },
	{ "session", "refresh", cmd_session_refresh, 0, 0, "", false },
	{ "session", "revoke", cmd_session_revoke, 0, 1, "sX", false },
	{ "session", "list", cmd_session_list, 0, 0, "ajls", false },
	{ "session", "keys", cmd_session_keys, 0, 0, "", false },
	{ "session", "rotate", cmd_session_rotate, 0, 0, "g", false },
};
/* clang-format on */

static const struct command *find_command(const struct cli *cli)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]) && cli->count >= 2;
	     i++)
		if (str_equal(commands[i].word, cli->words[0]) &&
		    str_equal(commands[i].action, cli->words[1]))
			return &commands[i];
	return NULL;
}

static int run(void *context, struct error *err)
{
	const struct options *options = context;
	const struct command *command = find_command(&options->cli);
	auto_place struct place place = PLACE_NONE;

	if (!command)
		return error_set(err, ERROR_USAGE,
				 "which command?  tokenmint %s --help shows them",
				 options->cli.count > 0 ? options->cli.words[0]
							: "apikey");
	if (options->operand_count < command->min ||
	    options->operand_count > command->max)
		return error_set(err, ERROR_USAGE, "%s %s takes %s", command->word,
				 command->action, command->max ? "one id" : "no operand");
	if (cli_check(&options->cli, command->word, command->letters, err) < 0 ||
	    place_open(&place, command->is_open, err) < 0)
		return -1;
	return command->run(options, &place, err);
}

int main(int argc, char *argv[])
{
	static const struct program program = { "tokenmint", options_usage, run };
	struct options options;
	struct error err = { 0 };
	int status = options_parse(&options, argc, argv, &err);

	return program_main(&program, &options.cli, status, &err);
}
