/* tokenmint: short-lived tokens, and the sealed store of secrets.  See tokenmint(1). */
#include "bin/tokenmint/commands.h"
#include "bin/tokenmint/helper.h"
#include "bin/tokenmint/options.h"
#include "lib/error.h"
#include "lib/program.h"
#include "lib/str.h"

/* A command: its one or two words, how many operands it takes, the letters of its options. */
struct command {
	const char *word;
	const char *action;
	int (*run)(const struct options *options, const char *const *operands,
		   struct error *err);
	size_t min;
	size_t max;
	const char *letters;
};

/* clang-format off */
static const struct command commands[] = {
	{ "vault", "init", cmd_vault_init, 0, 0, "" },
	{ "vault", "put", cmd_vault_put, 1, 1, "feF" },
	{ "vault", "get", cmd_vault_get, 1, 1, "F" },
	{ "vault", "list", cmd_vault_list, 0, 1, "jlnF" },
	{ "vault", "delete", cmd_vault_delete, 1, 1, "F" },
	{ "vault", "rekey", cmd_vault_rekey, 0, 0, "fj" },
	{ "vault", "export", cmd_vault_export, 0, 1, "RT" },
	{ "vault", "import", cmd_vault_import, 0, 0, "yf" },
	{ "vault", "test", cmd_vault_test, 1, 1, "j" },
	{ "app", "add", cmd_app_add, 1, 1, "icfuSK" },
	{ "app", "list", cmd_app_list, 0, 0, "j" },
	{ "app", "show", cmd_app_show, 1, 1, "j" },
	{ "app", "remove", cmd_app_remove, 1, 1, "" },
	{ "jwt", NULL, cmd_jwt, 0, 1, "a" },
	{ "jws", "sign", cmd_jws_sign, 0, 0, "kgf" },
	{ "jws", "verify", cmd_jws_verify, 0, 0, "ksgf" },
	{ "get", NULL, cmd_get, 1, 1, "amrpjGx" },
	{ "doctor", NULL, cmd_doctor, 0, 0, "j" },
	{ "revoke", NULL, cmd_revoke, 0, 1, "AaI" },
	{ "git-credential", NULL, cmd_credential, 1, 2, "amrpG" },
	{ "sync", NULL, cmd_sync, 1, 1, "" },
	{ "refresh", NULL, cmd_refresh, 0, CLI_WORDS, "Aao" },
};
/* clang-format on */

static const struct command *find_command(const struct options *options)
{
	const char *word = options->cli.count > 0 ? options->cli.words[0] : "";
	const char *action = options->cli.count > 1 ? options->cli.words[1] : "";

	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
		if (str_equal(commands[i].word, word) &&
		    (!commands[i].action || str_equal(commands[i].action, action)))
			return &commands[i];
	return NULL;
}

static int check_command(const struct command *command, const struct options *options,
			 size_t operand_count, struct error *err)
{
	if (operand_count < command->min || operand_count > command->max)
		return error_set(
			err, ERROR_USAGE,
			"wrong number of arguments: tokenmint --help shows them");
	return cli_check(&options->cli, command->word, command->letters, err);
}

static int run(void *context, struct error *err)
{
	const struct options *options = context;
	const struct command *command = find_command(options);
	size_t words = command && command->action ? 2 : 1;

	if (!command)
		return error_set(err, ERROR_USAGE,
				 "which command?  tokenmint --help shows them");
	if (check_command(command, options, options->cli.count - words, err) < 0)
		return -1;
	return command->run(options, options->cli.words + words, err);
}

int main(int argc, char *argv[])
{
	static const struct program program = { "tokenmint", options_usage, run };
	struct options options;
	struct error err = { 0 };
	int status;

	if (helper_is_called(argc, argv))
		return helper_become(argv);
	status = options_parse(&options, argc, argv, &err);
	return program_main(&program, &options.cli, status, &err);
}
