#include "bin/runjob-object/options.h"

#include "lib/error.h"
#include "lib/str.h"

const char options_usage[] =
	"usage: runjob object put [SCOPE] [--expires TIME] [--json] KEY FILE|-\n"
	"       runjob object get [SCOPE] KEY\n"
	"       runjob object list [SCOPE] [--limit N] [--after KEY] [--json]\n"
	"       runjob object delete [SCOPE] KEY\n"
	"       runjob object gc [SCOPE] [--json]\n"
	"SCOPE: --pipeline NAME or --run ID, '.' is our own; all: --owner CERTIFICATE\n";

static const struct option longs[] = {
	{ "after", required_argument, NULL, 'a' },
	{ "debug", no_argument, NULL, 'd' },
	{ "expires", required_argument, NULL, 'e' },
	{ "help", no_argument, NULL, 'h' },
	{ "json", no_argument, NULL, 'j' },
	{ "limit", required_argument, NULL, 'l' },
	{ "owner", required_argument, NULL, 'o' },
	{ "pipeline", required_argument, NULL, 'p' },
	{ "run", required_argument, NULL, 'r' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

static int take_expires(struct options *options, struct error *err)
{
	struct error ignored = { 0 };

	if (str_to_duration(&options->expires_ms, optarg, &ignored) < 0 ||
	    options->expires_ms == 0)
		return error_set(err, ERROR_USAGE,
				 "--expires wants a time, as 90s or 7d, not '%s'",
				 optarg);
	return 0;
}

static int take(void *context, int letter, struct error *err)
{
	struct options *options = context;
	struct error ignored = { 0 };

	switch (letter) {
	case 'a':
		options->after = optarg;
		return 0;
	case 'e':
		return take_expires(options, err);
	case 'j':
		options->json = true;
		return 0;
	case 'l':
		if (str_to_u64(&options->limit, optarg, 1, UINT32_MAX, &ignored) < 0)
			return error_set(err, ERROR_USAGE,
					 "--limit wants a number, not '%s'", optarg);
		return 0;
	case 'o':
		options->owner = optarg;
		return 0;
	case 'p':
		options->pipeline = optarg;
		return 0;
	case 'r':
		options->run = optarg;
		return 0;
	default:
		return error_set(err, ERROR_BUG, "option -%c", letter);
	}
}

int options_parse(struct options *options, int argc, char *argv[], struct error *err)
{
	static const struct cli_grammar grammar = { "a:de:hjl:o:p:r:V", longs, take };

	*options = (struct options){ .cli = { .program = "runjob", .context = options },
				     .limit = UINT64_MAX };
	return cli_parse(&options->cli, &grammar, argc, argv, err);
}
