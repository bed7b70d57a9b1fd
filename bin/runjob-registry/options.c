#include "bin/runjob-registry/options.h"

#include <string.h>

#include "lib/error.h"
#include "lib/pipeline_share.h"

const char options_usage[] =
	"usage: runjob pipeline register [FILE|-]\n"
	"       runjob pipeline diff [FILE|-]\n"
	"       runjob pipeline list [--limit N] [--after NAME]\n"
	"       runjob pipeline show [--limit N] [--after VERSION] NAME[@VERSION]\n"
	"       runjob pipeline run [-v PARAMETER=VALUE]... [--watch] NAME[@VERSION]\n"
	"       runjob pipeline runs [--limit N] [--after ID] NAME\n"
	"       runjob pipeline cancel NAME [ID...]\n"
	"       runjob pipeline deploy [--canary SHARE] NAME[@VERSION]\n"
	"       runjob pipeline promote NAME\n"
	"       runjob pipeline rollback NAME\n"
	"       runjob pipeline deployments [--limit N] [--after NUMBER] NAME\n"
	"       runjob pipeline enable NAME\n"
	"       runjob pipeline disable NAME\n"
	"       runjob pipeline delete NAME\n"
	"SHARE: as 10%; all: --owner CERTIFICATE, --json\n";

static const struct option longs[] = {
	{ "after", required_argument, NULL, 'a' },
	{ "canary", required_argument, NULL, 'c' },
	{ "debug", no_argument, NULL, 'd' },
	{ "help", no_argument, NULL, 'h' },
	{ "json", no_argument, NULL, 'j' },
	{ "limit", required_argument, NULL, 'l' },
	{ "owner", required_argument, NULL, 'o' },
	{ "parameter", required_argument, NULL, 'v' },
	{ "version", no_argument, NULL, 'V' },
	{ "watch", no_argument, NULL, 'w' },
	{ NULL, 0, NULL, 0 },
};

static int take_parameter(struct options *options, struct error *err)
{
	if (!strchr(optarg, '=') || optarg[0] == '=')
		return error_set(err, ERROR_USAGE, "-v wants PARAMETER=VALUE, not '%s'",
				 optarg);
	if (options->parameter_count == PARAMETERS_MAX)
		return error_set(err, ERROR_USAGE, "more than %d parameters",
				 PARAMETERS_MAX);
	options->parameters[options->parameter_count++] = optarg;
	return 0;
}

static int take(void *context, int letter, struct error *err)
{
	struct options *options = context;

	switch (letter) {
	case 'a':
		options->after = optarg;
		return 0;
	case 'c':
		return pipeline_share_parse(&options->share, optarg, err);
	case 'j':
		options->json = true;
		return 0;
	case 'l':
		return cli_limit(&options->limit, optarg, err);
	case 'o':
		options->owner = optarg;
		return 0;
	case 'v':
		return take_parameter(options, err);
	case 'w':
		options->watch = true;
		return 0;
	default:
		return error_set(err, ERROR_BUG, "option -%c", letter);
	}
}

int options_parse(struct options *options, int argc, char *argv[], struct error *err)
{
	static const struct cli_grammar grammar = { "a:c:dhjl:o:v:Vw", longs, take };

	*options = (struct options){ .cli = { .program = "runjob pipeline",
					      .context = options },
				     .limit = UINT64_MAX };
	return cli_parse(&options->cli, &grammar, argc, argv, err);
}
