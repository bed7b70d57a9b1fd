/* hookroute-plugin: programs that run when something happens in a repository.  Started as
 * `hookroute plugin`, and as the consumer plugin; see hookplugin(5) and hookroute(8). */
#include "bin/hookroute-plugin/commands.h"
#include "bin/hookroute-plugin/options.h"
#include "lib/error.h"
#include "lib/layout.h"
#include "lib/process.h"
#include "lib/program.h"
#include "lib/str.h"

struct command {
	const char *name;
	command_fn *run;
	size_t min; /* operands */
	size_t max;
	const char *letters;
	const char *wants;
};

/* clang-format off */
static const struct command commands[] = {
	{ "add", cmd_add, 2, 2, "v", "a name and a file" },
	{ "update", cmd_update, 2, 2, "v", "a name and a file" },
	{ "list", cmd_list, 0, 0, "aJlr", "" },
	{ "show", cmd_show, 1, 1, "J", "a name" },
	{ "enable", cmd_enable, 1, 1, "", "a name" },
	{ "disable", cmd_disable, 1, 1, "", "a name" },
	{ "remove", cmd_remove, 1, 1, "", "a name" },
	{ "assign", cmd_assign, 2, 2, "", "a plugin and a repository" },
	{ "unassign", cmd_unassign, 2, 2, "", "a plugin and a repository" },
	{ "set", cmd_set, 2, 3, "rs", "a plugin, a key and a value" },
	{ "unset", cmd_unset, 2, 2, "r", "a plugin and a key" },
	{ "schedule", cmd_schedule, 2, 2, "jt",
	  "a plugin and an expression in quotes: lint '0 2 * * *'" },
	{ "unschedule", cmd_unschedule, 1, 1, "", "a name" },
	{ "start", cmd_start, 1, 1, "", "a name" },
	{ "stop", cmd_stop, 1, 1, "", "a name" },
	{ "-", cmd_consume, 0, 0, "", "" },
	{ "watch", cmd_watch, 0, 0, "", "" },
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
	if (options->operand_count < command->min)
		return error_set(err, ERROR_USAGE, "plugin %s wants %s", command->name,
				 command->wants);
	if (options->operand_count > command->max)
		return error_set(err, ERROR_USAGE, "plugin %s takes no '%s'",
				 command->name, options->operands[command->max]);
	return cli_check(&options->cli, command->name, command->letters, err);
}

static int run(void *context, struct error *err)
{
	const struct options *options = context;
	const struct command *command = find_command(options->command);
	auto_layout struct layout layout = LAYOUT_EMPTY;

	if (!command && options->command)
		return error_set(err, ERROR_USAGE,
				 "no command 'plugin %s': hookroute plugin --help shows "
				 "them",
				 options->command);
	if (!command)
		return error_set(err, ERROR_USAGE,
				 "which command?  hookroute plugin --help shows them");
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
	int status = options_parse(&options, argc, argv, &err);

	return program_main(&program, &options.cli, status, &err);
}
