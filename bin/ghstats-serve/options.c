#include "bin/ghstats-serve/options.h"

#include "lib/error.h"

const char options_usage[] = "usage: ghstats-serve [-l ADDR:PORT|unix:PATH | -i] "
			     "[--login FILE]    started by ghstats serve\n";

static const struct option longs[] = {
	{ "debug", no_argument, NULL, 'd' },
	{ "help", no_argument, NULL, 'h' },
	{ "inetd", no_argument, NULL, 'i' },
	{ "listen", required_argument, NULL, 'l' },
	{ "login", required_argument, NULL, 'o' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

static int take(void *context, int letter, struct error *err)
{
	struct options *options = context;

	(void)err;
	if (letter == 'l')
		options->listen = optarg;
	if (letter == 'o')
		options->login = optarg;
	options->inetd = options->inetd || letter == 'i';
	return 0;
}

int options_parse(struct options *options, int argc, char *argv[], struct error *err)
{
	static const struct cli_grammar grammar = { "dhil:o:V", longs, take };

	*options = (struct options){ .cli = { .program = "ghstats-serve",
					      .context = options } };
	if (cli_parse(&options->cli, &grammar, argc, argv, err) < 0)
		return -1;
	if (options->cli.count)
		return error_set(err, ERROR_USAGE, "one argument too many: '%s'",
				 options->cli.words[0]);
	if (options->listen && options->inetd)
		return error_set(err, ERROR_USAGE, "-l and -i exclude each other");
	return 0;
}
