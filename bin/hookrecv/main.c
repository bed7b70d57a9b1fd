/* hookrecv: receive webhooks, verify them, make them durable.  See hookrecv(8). */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "bin/hookrecv/commands.h"
#include "bin/hookrecv/options.h"
#include "lib/error.h"
#include "lib/layout.h"
#include "lib/log.h"
#include "lib/str.h"

struct command {
	const char *name;
	command_fn *run;
	int operands; /* 0, 1, or up to 2 */
	const char *letters;
};

static const struct command commands[] = {
	{ "serve", cmd_serve, 0, "liITt" },	{ "add", cmd_add, 1, "pusmj" },
	{ "list", cmd_list, 0, "j" },		{ "show", cmd_show, 1, "j" },
	{ "remove", cmd_remove, 1, "" },	{ "enable", cmd_enable, 1, "" },
	{ "disable", cmd_disable, 1, "" },	{ "sign", cmd_sign, 0, "pseD" },
	{ "providers", cmd_providers, 0, "j" }, { "bans", cmd_bans, 2, "j" },
	{ "rotate", cmd_rotate, 1, "sgj" },
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
	const char *letter;

	if (command->operands == 1 && !options->operand)
		return error_set(err, ERROR_USAGE, "%s wants a name or an id",
				 command->name);
	if (command->operands < 2 && options->second)
		return error_set(err, ERROR_USAGE, "one argument too many: '%s'",
				 options->second);
	if (!command->operands && options->operand)
		return error_set(err, ERROR_USAGE, "%s takes no '%s'", command->name,
				 options->operand);
	for (letter = options->used; *letter; letter++) {
		if (*letter != 'd' && !strchr(command->letters, *letter))
			return error_set(err, ERROR_USAGE,
					 "an option does not belong to %s: "
					 "hookrecv --help shows them",
					 command->name);
	}
	return 0;
}

static int run(const struct options *options, struct error *err)
{
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

	log_start("hookrecv", options.debug);
	(void)signal(SIGPIPE, SIG_IGN); /* a write that fails says so */
	if (status == 0 && options.help)
		status = print(options_usage, &err);
	else if (status == 0 && options.version)
		status = print("hookrecv " HOOKTOOLS_VERSION "\n", &err);
	else if (status == 0)
		status = run(&options, &err);
	if (status == 0)
		return 0;
	log_error("%s", err.message);
	return error_exit_status(&err);
}
