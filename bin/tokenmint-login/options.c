#include "bin/tokenmint-login/options.h"

#include <string.h>

#include "lib/date.h"
#include "lib/error.h"
#include "lib/jws.h"
#include "lib/oidc.h"
#include "lib/str.h"

#define LEEWAY_MS 60000
#define LEEWAY_MAX_MS 600000

const char options_usage[] = "usage: tokenmint oidc verify --issuer URL --audience NAME "
			     "[--alg A]... [--policy "
			     "FILE]\n"
			     "                 [--leeway 60s] < token\n";

static const struct option longs[] = {
	{ "alg", required_argument, NULL, 'g' },
	{ "audience", required_argument, NULL, 'A' },
	{ "debug", no_argument, NULL, 'd' },
	{ "help", no_argument, NULL, 'h' },
	{ "issuer", required_argument, NULL, 'i' },
	{ "leeway", required_argument, NULL, 'L' },
	{ "policy", required_argument, NULL, 'p' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

static int take_algorithm(struct options *options, struct error *err)
{
	enum crypto_scheme scheme = CRYPTO_RS256;

	if (!jws_algorithm(&scheme, (struct str_view){ optarg, strlen(optarg) }) ||
	    !(JWS_ALGORITHM(scheme) & oidc_algorithms))
		return error_set(err, ERROR_USAGE,
				 "--alg wants RS256, PS256, ES256, ES384 or EdDSA, not "
				 "'%s'",
				 optarg);
	options->algorithms |= JWS_ALGORITHM(scheme);
	return 0;
}

static int take_leeway(struct options *options, struct error *err)
{
	if (str_to_duration(&options->leeway_ms, optarg, err) < 0 ||
	    options->leeway_ms > LEEWAY_MAX_MS)
		return error_set(err, ERROR_USAGE,
				 "--leeway wants a time up to 10m, not '%s'", optarg);
	return 0;
}

static int take(void *context, int letter, struct error *err)
{
	struct options *options = context;

	switch (letter) {
	case 'A':
		options->audience = optarg;
		return 0;
	case 'g':
		return take_algorithm(options, err);
	case 'i':
		options->issuer = optarg;
		return 0;
	case 'L':
		return take_leeway(options, err);
	case 'p':
		options->policy = optarg;
		return 0;
	default:
		return error_set(err, ERROR_BUG, "option -%c", letter);
	}
}

int options_parse(struct options *options, int argc, char *argv[], struct error *err)
{
	static const struct cli_grammar grammar = { "A:dg:hi:L:p:V", longs, take };

	*options =
		(struct options){ .cli = { .program = "tokenmint", .context = options },
				  .now_ms = date_now_ms(),
				  .leeway_ms = LEEWAY_MS };
	return cli_parse(&options->cli, &grammar, argc, argv, err);
}
