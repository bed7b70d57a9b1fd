/* ghstats: statistics of workflow runs and jobs.  See ghstats(1). */
#include "bin/ghstats/commands.h"
#include "bin/ghstats/options.h"
#include "lib/error.h"
#include "lib/layout.h"
#include "lib/program.h"
#include "lib/str.h"

#define FILTERS "rwbeasFT"
#define PAGES "nAfj"

static const struct command {
	const char *name;
	command_fn *run;
	bool dash; /* it may be told to read standard input */
	const char *letters;
} commands[] = {
	{ "ingest", cmd_ingest, true, "" },
	{ "report", cmd_report, false, FILTERS PAGES "B" },
	{ "workflows", cmd_list, false, "r" PAGES },
	{ "runs", cmd_list, false, FILTERS PAGES },
	{ "jobs", cmd_list, false, FILTERS PAGES "L" },
	{ "summarize", cmd_summarize, false, "" },
	{ "serve", cmd_serve, false, "lio" },
};

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (str_equal(commands[i].name, name))
			return &commands[i];
	}
	return NULL;
}

static int check(const struct command *command, const struct options *options,
		 struct error *err)
{
	if (options->operand && !(command->dash && str_equal(options->operand, "-")))
		return error_set(err, ERROR_USAGE, "%s takes no '%s'", command->name,
				 options->operand);
	return cli_check(&options->cli, command->name, command->letters, err);
}

static int run(void *context, struct error *err)
{
	const struct options *options = context;
	const struct command *command = find_command(options->command);
	auto_layout struct layout layout = LAYOUT_EMPTY;

	if (!options->command)
		return error_set(err, ERROR_USAGE,
				 "which command?  ghstats --help shows them");
	if (!command)
		return error_set(err, ERROR_USAGE,
				 "no command '%s': ghstats --help shows them",
				 options->command);
	if (check(command, options, err) < 0 || layout_read(&layout, err) < 0)
		return -1;
	return command->run(options, &layout, err);
}

int main(int argc, char *argv[])
{
	static const struct program program = { "ghstats", options_usage, run };
	struct options options;
	struct error err = { 0 };
	int status = options_parse(&options, argc, argv, &err);

	return program_main(&program, &options.cli, status, &err);
}
