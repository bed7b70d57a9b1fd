/* hookroute: decide what events mean and deliver them.  See hookroute(8). */
#include "bin/hookroute/commands.h"
#include "bin/hookroute/helper.h"
#include "bin/hookroute/options.h"
#include "lib/error.h"
#include "lib/layout.h"
#include "lib/process.h"
#include "lib/program.h"
#include "lib/str.h"

struct command {
	const char *name;
	command_fn *run;
	size_t max; /* of operands */
	const char *letters;
};

/* clang-format off */
static const struct command commands[] = {
	{ "run", cmd_run, 0, "j" },
	{ "drain", cmd_drain, 0, "j" },
	{ "consumer-test", cmd_consumer_test, CLI_WORDS - 2, "vTJ" },
	{ "filter", cmd_filter, 0, "rt" },
	{ "test", cmd_test, CLI_WORDS, "r" },
	{ "check", cmd_check, 0, "rJ" },
	{ "explain", cmd_explain, CLI_WORDS, "rJ" },
	{ "status", cmd_status, 0, "J" },
	{ "metrics", cmd_metrics, 0, "O" },
	{ "put", cmd_put, 0, "enk" },
	{ "emit", cmd_emit, 0, "" },
	{ "list", cmd_list, 1, "aelnpSJU" },
	{ "show", cmd_show, 1, "J" },
	{ "log", cmd_log, CLI_WORDS, "aeflnpRSJtU" },
	{ "hold", cmd_hold, CLI_WORDS, "aAenpSU" },
	{ "release", cmd_release, CLI_WORDS, "aAenpSU" },
	{ "drop", cmd_drop, CLI_WORDS, "aDenpSU" },
	{ "replay", cmd_replay, CLI_WORDS, "aelnNpRSJU" },
	{ "diff", cmd_diff, 0, "aelnprSJU" },
	{ "stat", cmd_stat, 0, "bDenpSJU" },
	{ "prune", cmd_prune, 0, "BDKNo" },
	{ "recover", cmd_recover, 0, "N" },
	{ "retry", cmd_retry, CLI_WORDS, "aADenptSU" },
};
/* clang-format on */

static const struct command *find_command(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (str_equal(commands[i].name, name))
			return &commands[i];
	}
	return NULL;
}

static int check(const struct command *command, const struct options *options,
		 struct error *err)
{
	if (options->operand_count > command->max)
		return error_set(err, ERROR_USAGE, "%s takes no '%s'", command->name,
				 options->operands[command->max]);
	return cli_check(&options->cli, command->name, command->letters, err);
}

static int run(void *context, struct error *err)
{
	const struct options *options = context;
	const struct command *command = find_command(options->command);
	auto_layout struct layout layout = LAYOUT_EMPTY;

	if (!command && options->command)
		return error_set(err, ERROR_USAGE,
				 "no command '%s': hookroute --help shows them",
				 options->command);
	if (!command)
		return error_set(err, ERROR_USAGE,
				 "which command?  hookroute --help shows them");
	if (check(command, options, err) < 0 || layout_read(&layout, err) < 0)
		return -1;
	process_prefer(layout.bin);
	return command->run(options, &layout, err);
}

int main(int argc, char *argv[])
{
	static const struct program program = { "hookroute", options_usage, run };
	struct options options;
	struct error err = { 0 };
	int status;

	if (helper_is_called(argc, argv))
		return helper_become(argc, argv);
	status = options_parse(&options, argc, argv, &err);
	return program_main(&program, &options.cli, status, &err);
}
