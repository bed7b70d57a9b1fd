#include "bin/hookroute-plugin/options.h"

#include "lib/error.h"
#include "lib/str.h"
#include "lib/vault.h"

#define JITTER_MAX_MS (UINT64_C(24) * 3600 * 1000)

const char options_usage[] =
	"usage: hookroute plugin add NAME FILE|- [--version N]\n"
	"       hookroute plugin update NAME FILE|- [--version N]\n"
	"       hookroute plugin list [--repository NAME] [--limit N] [--after NAME] "
	"[--json]\n"
	"       hookroute plugin show NAME [--json]\n"
	"       hookroute plugin enable|disable NAME\n"
	"       hookroute plugin remove NAME[@VERSION]\n"
	"       hookroute plugin assign NAME[@VERSION] REPOSITORY\n"
	"       hookroute plugin unassign NAME REPOSITORY\n"
	"       hookroute plugin set NAME KEY VALUE [--repository NAME]\n"
	"       hookroute plugin set NAME KEY --secret NAME [--repository NAME]\n"
	"       hookroute plugin unset NAME KEY [--repository NAME]\n"
	"       hookroute plugin schedule NAME EXPRESSION [--timezone ZONE] "
	"[--jitter DURATION]\n"
	"       hookroute plugin unschedule|start|stop NAME\n";

static const struct option longs[] = {
	{ "after", required_argument, NULL, 'a' },
	{ "debug", no_argument, NULL, 'd' },
	{ "help", no_argument, NULL, 'h' },
	{ "jitter", required_argument, NULL, 'j' },
	{ "json", no_argument, NULL, 'J' },
	{ "limit", required_argument, NULL, 'l' },
	{ "repository", required_argument, NULL, 'r' },
	{ "secret", required_argument, NULL, 's' },
	{ "timezone", required_argument, NULL, 't' },
	{ "version", required_argument, NULL, 'v' },
	{ NULL, 0, NULL, 0 },
};

static int take_jitter(struct options *options, struct error *err)
{
	uint64_t ms = 0;

	if (str_to_duration(&ms, optarg, err) < 0 || ms > JITTER_MAX_MS)
		return error_set(err, ERROR_USAGE,
				 "--jitter wants a duration from 0 to 24h, not '%s'",
				 optarg);
	options->jitter_ms = (int64_t)ms;
	return 0;
}

static int take_repository(struct options *options, struct error *err)
{
	if (!str_is_name(optarg))
		return error_set(
			err, ERROR_USAGE,
			"--repository wants a name as owner/repository, not '%s'",
			optarg);
	options->repository = optarg;
	return 0;
}

static int take_secret(struct options *options, struct error *err)
{
	if (!vault_is_name(optarg) && !str_starts(optarg, "token:"))
		return error_set(err, ERROR_USAGE,
				 "--secret wants a name in the vault, as global/DEPLOY, "
				 "or token:OWNER/REPOSITORY, not '%s'",
				 optarg);
	options->secret = optarg;
	return 0;
}

static int take_version(struct options *options, struct error *err)
{
	if (!version_parse(&options->version, optarg) || options->version.parts != 3)
		return error_set(err, ERROR_USAGE,
				 "--version wants three numbers as 1.2.0, not '%s'",
				 optarg);
	return 0;
}

static int take(void *context, int letter, struct error *err)
{
	struct options *options = context;

	switch (letter) {
	case 'a':
		options->after = optarg;
		return 0;
	case 'j':
		return take_jitter(options, err);
	case 'J':
		options->json = true;
		return 0;
	case 'l':
		return cli_limit(&options->limit, optarg, err);
	case 'r':
		return take_repository(options, err);
	case 's':
		return take_secret(options, err);
	case 't':
		options->timezone = optarg;
		return 0;
	case 'v':
		return take_version(options, err);
	default:
		return error_set(err, ERROR_BUG, "option -%c", letter);
	}
}

int options_parse(struct options *options, int argc, char *argv[], struct error *err)
{
	static const struct cli_grammar grammar = { "a:dhj:Jl:r:s:t:v:V", longs, take };

	*options = (struct options){ .cli = { .program = "hookroute plugin",
					      .context = options },
				     .jitter_ms = -1 };
	if (cli_parse(&options->cli, &grammar, argc, argv, err) < 0)
		return -1;
	options->command = options->cli.words[0];
	options->operands = options->cli.words + 1;
	options->operand_count = options->cli.count ? options->cli.count - 1 : 0;
	return 0;
}
