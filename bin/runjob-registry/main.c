/* runjob-registry: pipelines under a name, in versions.  Started as `runjob pipeline`; see
 * runjob-pipeline(1). */
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include "bin/runjob-registry/commands.h"
#include "lib/error.h"
#include "lib/job_owner_ask.h"
#include "lib/process.h"
#include "lib/program.h"
#include "lib/str.h"

/* clang-format off */
static const struct command {
	const char *name;
	int (*run)(struct context *context, struct error *err);
	const char *letters;
	size_t least; /* operands */
	size_t most;
} commands[] = {
	{ "register", cmd_register, "jo", 0, 1 },
	{ "diff", cmd_diff, "jo", 0, 1 },
	{ "list", cmd_list, "ajlo", 0, 0 },
	{ "show", cmd_show, "ajlo", 1, 1 },
	{ "run", cmd_run, "jovw", 1, 1 },
	{ "runs", cmd_runs, "ajlo", 1, 1 },
	{ "cancel", cmd_cancel, "jo", 1, SIZE_MAX },
	{ "deploy", cmd_deploy, "cjo", 1, 1 },
	{ "promote", cmd_promote, "jo", 1, 1 },
	{ "rollback", cmd_rollback, "jo", 1, 1 },
	{ "deployments", cmd_deployments, "ajlo", 1, 1 },
	{ "enable", cmd_enable, "jo", 1, 1 },
	{ "disable", cmd_disable, "jo", 1, 1 },
	{ "delete", cmd_delete, "jo", 1, 1 },
};
/* clang-format on */

static int find_command(const struct command **command, const struct cli *cli,
			struct error *err)
{
	if (!cli->count)
		return error_set(err, ERROR_USAGE,
				 "a command is missing; see runjob pipeline --help");
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		*command = &commands[i];
		if (str_equal((*command)->name, cli->words[0]))
			return 0;
	}
	return error_set(err, ERROR_USAGE,
			 "unknown command 'pipeline %s'; see runjob pipeline --help",
			 cli->words[0]);
}

static int check_operands(const struct command *command, const struct cli *cli,
			  struct error *err)
{
	if (cli->count - 1 < command->least)
		return error_set(err, ERROR_USAGE,
				 "pipeline %s wants the name of a pipeline",
				 command->name);
	if (cli->count - 1 > command->most)
		return error_set(err, ERROR_USAGE,
				 "pipeline %s: '%s' is too much; see runjob pipeline "
				 "--help",
				 command->name, cli->words[command->most + 1]);
	return cli_check(cli, command->name, command->letters, err);
}

static int run(void *cli_context, struct error *err)
{
	struct context context = { .options = *(struct options *)cli_context,
				   .layout = LAYOUT_EMPTY };
	const struct options *options = &context.options;
	const struct command *command = NULL;
	int status = -1;

	if (find_command(&command, &options->cli, err) < 0 ||
	    check_operands(command, &options->cli, err) < 0)
		return -1;
	context.operands = options->cli.words + 1;
	context.operand_count = options->cli.count - 1;
	context.is_table = !options->json && isatty(STDOUT_FILENO);
	if (layout_read(&context.layout, err) == 0) {
		process_prefer(context.layout.bin);
		if (!options->owner || job_owner_ask(context.owner, &context.layout,
						     options->owner, err) == 0) {
			context.layout.owner = options->owner ? context.owner : NULL;
			status = command->run(&context, err);
		}
	}
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
