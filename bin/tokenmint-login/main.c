/* tokenmint-login: what others say about who somebody is.  Started as `tokenmint oidc`, `login`,
 * `logout`, `visitor` and `whoami`; see tokenmint-login(1). */
#include <stdbool.h>

#include "bin/tokenmint-login/commands.h"
#include "bin/tokenmint-login/options.h"
#include "lib/error.h"
#include "lib/place.h"
#include "lib/program.h"
#include "lib/str.h"

/* A command: its one or two words, the letters of its options. */
struct command {
	const char *word;
	const char *action; /* NULL: none */
	command_fn *run;
	const char *letters;
	bool is_open; /* it does without the master key */
};

/* clang-format off */
static const struct command commands[] = {
	{ "oidc", "verify", cmd_oidc_verify, "AgiLp", true },
	{ "login", NULL, cmd_login, "cDfiPstw", false },
	{ "logout", NULL, cmd_logout, "i", false },
	{ "visitor", "begin", cmd_visitor_begin, "", false },
	{ "visitor", "end", cmd_visitor_end, "", false },
	{ "visitor", "finish", cmd_visitor_finish, "", false },
	{ "visitor", "refresh", cmd_visitor_refresh, "", false },
	{ "whoami", NULL, cmd_whoami, "ir", false },
};
/* clang-format on */

static const struct command *find_command(const struct cli *cli)
{
	const char *word = cli->count > 0 ? cli->words[0] : NULL;
	const char *action = cli->count > 1 ? cli->words[1] : NULL;

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (str_equal(commands[i].word, word) &&
		    (!commands[i].action || str_equal(commands[i].action, action)))
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
							: "login");
	if (options->cli.count != (command->action ? 2u : 1u))
		return error_set(err, ERROR_USAGE, "%s takes no operand", command->word);
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
