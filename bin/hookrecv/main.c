/* hookrecv: receive webhooks, verify them, make them durable.  See hookrecv(8). */
#include "bin/hookrecv/commands.h"
#include "bin/hookrecv/options.h"
#include "lib/error.h"
#include "lib/layout.h"
#include "lib/program.h"
#include "lib/str.h"

struct command {
	const char *name;
	command_fn *run;
	int operands; /* 0, 1, or up to 2 */
	const char *letters;
};

static const struct command commands[] = {
	{ "serve", cmd_serve, 0, "ciIkltTw" },
	{ "add", cmd_add, 1, "pusmjFEPa" },
	{ "list", cmd_list, 0, "j" },
	{ "show", cmd_show, 1, "jC" },
	{ "remove", cmd_remove, 1, "K" },
	{ "enable", cmd_enable, 1, "" },
	{ "disable", cmd_disable, 1, "" },
	{ "sign", cmd_sign, 0, "pseD" },
	{ "providers", cmd_providers, 0, "j" },
	{ "bans", cmd_bans, 2, "j" },
	{ "rotate", cmd_rotate, 1, "sgjF" },
	{ "doctor", cmd_doctor, 0, "luj" },
	{ "explain", cmd_explain, 2, "LRpsjx" },
	{ "reconcile", cmd_reconcile, 2, "aSnj" },
};

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
	if (command->operands == 1 && !options->operand)
		return error_set(err, ERROR_USAGE, "%s wants a name or an id",
				 command->name);
	if (command->operands < 2 && options->second)
		return error_set(err, ERROR_USAGE, "one argument too many: '%s'",
				 options->second);
	if (!command->operands && options->operand)
		return error_set(err, ERROR_USAGE, "%s takes no '%s'", command->name,
				 options->operand);
	return cli_check(&options->cli, command->name, command->letters, err);
}

static int run(void *context, struct error *err)
{
	const struct options *options = context;
	const struct command *command = find_command(options->command);
	auto_layout struct layout layout = LAYOUT_EMPTY;

	if (!command)
		return error_set(err, ERROR_USAGE,
				 "no command '%s': hookrecv --help shows them",
				 options->command);
	if (check(command, options, err) < 0 || layout_read(&layout, err) < 0)
		return -1;
	return command->run(options, &layout, err);
}

int main(int argc, char *argv[])
{
	static const struct program program = { "hookrecv", options_usage, run };
	struct options options;
	struct error err = { 0 };
	int status = options_parse(&options, argc, argv, &err);

	return program_main(&program, &options.cli, status, &err);
}
