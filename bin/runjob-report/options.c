#include "bin/runjob-report/options.h"

#include <getopt.h>
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
	struct options parsed = { 0 };
	int letter = 0;

	opterr = 0;
	while ((letter = getopt_long(argc, argv, "+dhV", longs, NULL)) != -1) {
		parsed.debug |= letter == 'd';
		parsed.help |= letter == 'h';
		parsed.version |= letter == 'V';
		if (letter == '?')
			return error_set(err, ERROR_USAGE, "unknown option; %s",
					 options_usage);
	}
	*options = parsed;
	if (parsed.help || parsed.version)
		return 0;
	if (argc - optind != 2 || !str_equal(argv[optind], "github") ||
	    !str_equal(argv[optind + 1], "-"))
		return error_set(
			err, ERROR_USAGE,
			"it reports to github what comes on its input: runjob report "
			"github -");
	return 0;
}
