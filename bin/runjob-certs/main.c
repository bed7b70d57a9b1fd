/* runjob-certs: the certificates whose owners have jobs.  Started as `runjob certs`; see
 * runjob-certs(1). */
#include <stdlib.h>

#include "bin/runjob-certs/commands.h"
#include "lib/error.h"
#include "lib/path.h"
#include "lib/program.h"
#include "lib/str.h"

static const struct command {
	const char *name;
	int (*run)(struct context *context, struct error *err);
	const char *letters;
	size_t operands;
} commands[] = {
	{ "list", cmd_list, "acjlp", 0 }, { "add", cmd_add, "pr", 1 },
	{ "renew", cmd_renew, "p", 2 },	  { "revoke", cmd_revoke, "cp", 1 },
	{ "remove", cmd_remove, "p", 1 }, { "hash", cmd_hash, "", 1 },
};

static const struct command *find_command(const struct cli *cli)
{
	const char *name = cli->count ? cli->words[0] : "list";

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (str_equal(commands[i].name, name))
			return &commands[i];
	}
	return NULL;
}

static int run_command(struct context *context, const struct command *command,
		       struct error *err)
{
	const struct options *options = &context->options;

	context->pool = options->pool ? str_dup(options->pool)
				      : path_join(context->layout.conf, "pool");
	context->crl = options->crl ? str_dup(options->crl)
				    : path_join(context->layout.conf, "revoked");
	context->operands = options->cli.words + 1;
	return command->run(context, err);
}

static int run(void *cli_context, struct error *err)
{
	struct context context = { .options = *(struct options *)cli_context,
				   .layout = LAYOUT_EMPTY };
	const struct cli *cli = &context.options.cli;
	const struct command *command = find_command(cli);
	int status = -1;

	if (!command)
		return error_set(err, ERROR_USAGE,
				 "unknown command '%s'; see runjob certs --help",
				 cli->words[0]);
	if (cli->count && cli->count - 1 != command->operands)
		return error_set(err, ERROR_USAGE,
				 "certs %s wants %zu operands; see runjob certs --help",
				 command->name, command->operands);
	if (cli_check(cli, command->name, command->letters, err) == 0 &&
	    layout_read(&context.layout, err) == 0)
		status = run_command(&context, command, err);
	free(context.pool);
	free(context.crl);
	layout_free(&context.layout);
	return status;
}

int main(int argc, char *argv[])
{
	static const struct program program = { "runjob", options_usage, run };
	struct options options;
	struct error err = { 0 };
	int status = options_parse(&options, argc, argv, &err);

	return program_main(&program, &options.cli, status, &err);
}
