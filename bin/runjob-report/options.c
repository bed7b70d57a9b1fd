#include "bin/runjob-report/options.h"

#include <stddef.h>

#include "lib/error.h"
#include "lib/str.h"

const char options_usage[] = "usage: runjob report github -\n";

static const struct option longs[] = {
	{ "debug", no_argument, NULL, 'd' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

int options_parse(struct options *options, int argc, char *argv[], struct error *err)
{
	static const struct cli_grammar grammar = { "dhV", longs, NULL };
	const struct cli *cli = &options->cli;

	*options = (struct options){ .cli = { .program = "runjob-report",
					      .context = options } };
	if (cli_parse(&options->cli, &grammar, argc, argv, err) < 0)
		return -1;
	if (cli->help || cli->version)
		return 0;
	if (cli->count != 2 || !str_equal(cli->words[0], "github") ||
	    !str_equal(cli->words[1], "-"))
		return error_set(
			err, ERROR_USAGE,
			"it reports to github what comes on its input: runjob report "
			"github -");
	return 0;
}
