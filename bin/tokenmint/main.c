/* tokenmint: short-lived tokens, and the sealed store of secrets.  See tokenmint(1). */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "bin/tokenmint/commands.h"
#include "bin/tokenmint/options.h"
#include "lib/error.h"
#include "lib/log.h"
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
	{ "vault", "put", cmd_vault_put, 1, 1, "fe" },
	{ "vault", "get", cmd_vault_get, 1, 1, "" },
	{ "vault", "list", cmd_vault_list, 0, 1, "j" },
	{ "vault", "delete", cmd_vault_delete, 1, 1, "" },
	{ "app", "add", cmd_app_add, 1, 1, "icf" },
	{ "app", "list", cmd_app_list, 0, 0, "j" },
	{ "app", "show", cmd_app_show, 1, 1, "j" },
	{ "app", "remove", cmd_app_remove, 1, 1, "" },
	{ "jwt", NULL, cmd_jwt, 0, 1, "a" },
	{ "get", NULL, cmd_get, 1, 1, "amrpj" },
	{ "sync", NULL, cmd_sync, 1, 1, "" },
	{ "refresh", NULL, cmd_refresh, 0, OPTIONS_OPERANDS, "Aao" },
};
/* clang-format on */

static const struct command *find_command(const struct options *options)
{
	const char *word = options->operand_count > 0 ? options->operands[0] : "";
	const char *action = options->operand_count > 1 ? options->operands[1] : "";

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
	for (const char *letter = options->used; *letter; letter++)
		if (*letter != 'd' && !strchr(command->letters, *letter))
			return error_set(err, ERROR_USAGE,
					 "option -%c does not belong to this command",
					 *letter);
	return 0;
}

static int run(const struct options *options, struct error *err)
{
	const struct command *command = find_command(options);
	size_t words = command && command->action ? 2 : 1;

	if (!command)
		return error_set(err, ERROR_USAGE,
				 "which command?  tokenmint --help shows them");
	if (check_command(command, options, options->operand_count - words, err) < 0)
		return -1;
	return command->run(options, options->operands + words, err);
}

static int print(const char *text, struct error *err)
{
	if (fputs(text, stdout) < 0 || fflush(stdout) != 0)
		return error_errno(err, "write to standard output");
	return 0;
}

int main(int argc, char *argv[])
{
	struct options options = { 0 };
	struct error err = { 0 };
	int status = options_parse(&options, argc, argv, &err);

	log_start("tokenmint", options.debug);
	(void)signal(SIGPIPE, SIG_IGN); /* a write that fails says so */
	if (status == 0 && options.help)
		status = print(options_usage, &err);
	else if (status == 0 && options.version)
		status = print("tokenmint " HOOKTOOLS_VERSION "\n", &err);
	else if (status == 0)
		status = run(&options, &err);
	if (status == 0)
		return 0;
	log_error("%s", err.message);
	return error_exit_status(&err);
}
