/* hookroute-tick: schedules, and the events of those that are due.  Started as `hookroute tick`
 * and `hookroute schedule`; see hookroute(8). */
#include "bin/hookroute-tick/commands.h"
#include "bin/hookroute-tick/options.h"
#include "lib/error.h"
#include "lib/layout.h"
#include "lib/program.h"
#include "lib/str.h"

struct command {
	const char *name;
	command_fn *run;
	size_t operands;
	const char *letters;
	const char *wants;
};

/* clang-format off */
static const struct command commands[] = {
	{ "tick", cmd_tick, 0, "AjJN", "no operand" },
	{ "add", cmd_add, 2, "Ajnpt", "a name and an expression in quotes: nightly '0 2 * * *'" },
	{ "list", cmd_list, 0, "aAJl", "no operand" },
	{ "next", cmd_next, 1, "AcJt", "one expression, in quotes: '0 2 * * *'" },
	{ "start", cmd_start, 1, "A", "the name of a schedule" },
	{ "stop", cmd_stop, 1, "", "the name of a schedule" },
	{ "remove", cmd_remove, 1, "", "the name of a schedule" },
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

static int run(void *context, struct error *err)
{
	const struct options *options = context;
	const struct command *command = find_command(options->command);
	auto_layout struct layout layout = LAYOUT_EMPTY;

	if (!options->command)
		return error_set(err, ERROR_USAGE,
				 "which command?  hookroute schedule --help shows them");
	if (!command)
		return error_set(err, ERROR_USAGE,
				 "no command 'schedule %s': hookroute schedule --help "
				 "shows them",
				 options->command);
	if (options->operand_count != command->operands)
		return error_set(err, ERROR_USAGE, "%s takes %s", command->name,
				 command->wants);
	if (cli_check(&options->cli, command->name, command->letters, err) < 0 ||
	    layout_read(&layout, err) < 0)
		return -1;
	return command->run(options, &layout, err);
}

int main(int argc, char *argv[])
{
	static const struct program program = { "hookroute", options_usage, run };
	struct options options;
	struct error err = { 0 };
	int status = options_parse(&options, argc, argv, &err);

	return program_main(&program, &options.cli, status, &err);
}
