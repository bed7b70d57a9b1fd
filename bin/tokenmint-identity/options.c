#include "bin/tokenmint-identity/options.h"

#include <string.h>

#include "lib/date.h"
#include "lib/error.h"
#include "lib/principal.h"
#include "lib/role.h"
#include "lib/str.h"

#define EXPIRES_MS (INT64_C(90) * 24 * 3600 * 1000)
#define EXPIRES_MAX_MS (UINT64_C(100) * 366 * 24 * 3600 * 1000)

const char options_usage[] =
	"usage: tokenmint apikey bootstrap [--name TEXT] [--expires 90d|never] [--json]\n"
	"       tokenmint apikey create [--role admin|operator|viewer]... "
	"[--namespace NAME]\n"
	"                 [--name TEXT] [--expires 90d|never] [--json]\n"
	"       tokenmint apikey list [--limit N] [--after ID] [--json]\n"
	"       tokenmint apikey show ID\n"
	"       tokenmint apikey revoke ID\n"
	"       tokenmint apikey verify < key\n"
	"       tokenmint session issue --audience NAME [--no-refresh] < key\n"
	"       tokenmint session issue --audience NAME --subject NAME [--role ROLE]...\n"
	"                 [--namespace NAME] [--no-refresh]\n"
	"       tokenmint session verify --audience NAME < token\n"
	"       tokenmint session refresh < token\n"
	"       tokenmint session revoke ID|--subject NAME|--all\n"
	"       tokenmint session list [--subject NAME] [--limit N] [--after ID] "
	"[--json]\n"
	"       tokenmint session keys\n"
	"       tokenmint session rotate [--alg EdDSA|ES256]\n";

static const struct option longs[] = {
	{ "after", required_argument, NULL, 'a' },
	{ "alg", required_argument, NULL, 'g' },
	{ "all", no_argument, NULL, 'X' },
	{ "audience", required_argument, NULL, 'A' },
	{ "debug", no_argument, NULL, 'd' },
	{ "expires", required_argument, NULL, 'e' },
	{ "help", no_argument, NULL, 'h' },
	{ "json", no_argument, NULL, 'j' },
	{ "limit", required_argument, NULL, 'l' },
	{ "name", required_argument, NULL, 'N' },
	{ "namespace", required_argument, NULL, 'n' },
	{ "no-refresh", no_argument, NULL, 'R' },
	{ "role", required_argument, NULL, 'r' },
	{ "subject", required_argument, NULL, 's' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

static int take_expires(struct options *options, struct error *err)
{
	uint64_t ms = 0;

	if (str_equal(optarg, "never")) {
		options->expires_ms = 0;
		return 0;
	}
	if (str_to_duration(&ms, optarg, err) < 0 || ms == 0 || ms > EXPIRES_MAX_MS)
		return error_set(err, ERROR_USAGE,
				 "--expires wants a time as 90d, or never, not '%s'",
				 optarg);
	options->expires_ms = options->now_ms + (int64_t)ms;
	return 0;
}

static int take_role(struct options *options, struct error *err)
{
	enum role role = ROLE_VIEWER;

	if (!role_read(&role, (struct str_view){ optarg, strlen(optarg) }))
		return error_set(err, ERROR_USAGE,
				 "--role wants admin, operator or viewer, not '%s'",
				 optarg);
	options->roles |= ROLE_SET(role);
	return 0;
}

static int take_namespace(struct options *options, struct error *err)
{
	if (!principal_is_namespace(optarg))
		return error_set(err, ERROR_USAGE,
				 "--namespace wants a name as acme, not '%s'", optarg);
	options->name_space = optarg;
	return 0;
}

static int take_algorithm(struct options *options, struct error *err)
{
	if (str_equal(optarg, "EdDSA"))
		options->algorithm = CRYPTO_EDDSA;
	else if (str_equal(optarg, "ES256"))
		options->algorithm = CRYPTO_ES256;
	else
		return error_set(err, ERROR_USAGE, "--alg wants EdDSA or ES256, not '%s'",
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
	case 'A':
		options->audience = optarg;
		return 0;
	case 'e':
		return take_expires(options, err);
	case 'g':
		return take_algorithm(options, err);
	case 'j':
		options->json = true;
		return 0;
	case 'l':
		return cli_limit(&options->limit, optarg, err);
	case 'N':
		options->name = optarg;
		return 0;
	case 'n':
		return take_namespace(options, err);
	case 'R':
		options->once = true;
		return 0;
	case 'r':
		return take_role(options, err);
	case 's':
		options->subject = optarg;
		return 0;
	case 'X':
		options->all = true;
		return 0;
	default:
		return error_set(err, ERROR_BUG, "option -%c", letter);
	}
}

int options_parse(struct options *options, int argc, char *argv[], struct error *err)
{
	static const struct cli_grammar grammar = { "a:A:de:g:hjl:N:n:Rr:s:VX", longs,
						    take };

	*options =
		(struct options){ .cli = { .program = "tokenmint", .context = options },
				  .now_ms = date_now_ms(),
				  .algorithm = CRYPTO_EDDSA,
				  .limit = UINT64_MAX };
	options->expires_ms = options->now_ms + EXPIRES_MS;
	if (cli_parse(&options->cli, &grammar, argc, argv, err) < 0)
		return -1;
	if (options->cli.count > 2) {
		options->operands = options->cli.words + 2;
		options->operand_count = options->cli.count - 2;
	}
	return 0;
}
