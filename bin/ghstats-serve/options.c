#include "bin/ghstats-serve/options.h"

#include <getopt.h>
#include <stddef.h>

#include "lib/error.h"

const char options_usage[] = "usage: ghstats-serve [-l ADDR:PORT|unix:PATH | -i]    "
			     "started by ghstats serve\n";

static const struct option longs[] = {
	{ "debug", no_argument, NULL, 'd' },   { "help", no_argument, NULL, 'h' },
	{ "inetd", no_argument, NULL, 'i' },   { "listen", required_argument, NULL, 'l' },
	{ "version", no_argument, NULL, 'V' }, { NULL, 0, NULL, 0 },
};

static int take_one(struct options *options, int letter, struct error *err)
{
	switch (letter) {
	case 'd':
		options->debug = true;
		return 0;
	case 'h':
		options->help = true;
		return 0;
	case 'i':
		options->inetd = true;
		return 0;
	case 'l':
		options->listen = optarg;
		return 0;
	case 'V':
		options->version = true;
		return 0;
	default:
		return error_set(err, ERROR_USAGE,
				 "unknown option, or one without its value: "
				 "ghstats --help shows them");
	}
}

int options_parse(struct options *options, int argc, char *argv[], struct error *err)
{
	struct options parsed = { 0 };
	int letter = 0;

	opterr = 0;
	while ((letter = getopt_long(argc, argv, "+:dhil:V", longs, NULL)) != -1) {
		if (take_one(&parsed, letter, err) < 0)
			return -1;
	}
	if (optind < argc)
		return error_set(err, ERROR_USAGE, "one argument too many: '%s'",
				 argv[optind]);
	if (parsed.listen && parsed.inetd)
		return error_set(err, ERROR_USAGE, "-l and -i exclude each other");
	*options = parsed;
	return 0;
}
