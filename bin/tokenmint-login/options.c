#include "bin/tokenmint-login/options.h"

#include <string.h>

#include "lib/date.h"
#include "lib/error.h"
#include "lib/jws.h"
#include "lib/oidc.h"
#include "lib/str.h"

#define LEEWAY_MS 60000
#define LEEWAY_MAX_MS 600000
#define TIMEOUT_MS 300000
#define TIMEOUT_MAX_MS 3600000

const char options_usage[] =
	"usage: tokenmint oidc verify --issuer URL --audience NAME "
	"[--alg A]... [--policy "
	"FILE]\n"
	"                 [--leeway 60s] < token\n"
	"       tokenmint login [--device|--web] [--issuer URL] [--client-id C]\n"
	"                 [--client-secret-file F] [--scope TEXT] [--port N] [--timeout "
	"5m]\n"
	"       tokenmint logout [--issuer URL]\n"
	"       tokenmint visitor begin|finish|refresh|end < question\n"
	"       tokenmint whoami [--issuer URL] [--repositories]\n";

static const struct option longs[] = {
	{ "alg", required_argument, NULL, 'g' },
	{ "audience", required_argument, NULL, 'A' },
	{ "client-id", required_argument, NULL, 'c' },
	{ "client-secret-file", required_argument, NULL, 'f' },
	{ "debug", no_argument, NULL, 'd' },
	{ "device", no_argument, NULL, 'D' },
	{ "help", no_argument, NULL, 'h' },
	{ "issuer", required_argument, NULL, 'i' },
	{ "leeway", required_argument, NULL, 'L' },
	{ "policy", required_argument, NULL, 'p' },
	{ "port", required_argument, NULL, 'P' },
	{ "repositories", no_argument, NULL, 'r' },
	{ "scope", required_argument, NULL, 's' },
	{ "timeout", required_argument, NULL, 't' },
	{ "version", no_argument, NULL, 'V' },
	{ "web", no_argument, NULL, 'w' },
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

static int take_port(struct options *options, struct error *err)
{
	uint64_t port = 0;

	if (str_to_u64(&port, optarg, 1, UINT16_MAX, err) < 0)
		return error_set(err, ERROR_USAGE,
				 "--port wants a number up to 65535, not '%s'", optarg);
	options->port = (unsigned)port;
	return 0;
}

static int take_timeout(struct options *options, struct error *err)
{
	if (str_to_duration(&options->timeout_ms, optarg, err) < 0 ||
	    options->timeout_ms > TIMEOUT_MAX_MS)
		return error_set(err, ERROR_USAGE,
				 "--timeout wants a time up to 1h, not '%s'", optarg);
	return 0;
}

static int take(void *context, int letter, struct error *err)
{
	struct options *options = context;

	switch (letter) {
	case 'A':
		options->audience = optarg;
		return 0;
	case 'c':
		options->client_id = optarg;
		return 0;
	case 'D':
		options->device = true;
		return 0;
	case 'f':
		options->client_secret = optarg;
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
	case 'P':
		return take_port(options, err);
	case 'r':
		options->repositories = true;
		return 0;
	case 's':
		options->scope = optarg;
		return 0;
	case 't':
		return take_timeout(options, err);
	case 'w':
		options->web = true;
		return 0;
	default:
		return error_set(err, ERROR_BUG, "option -%c", letter);
	}
}

int options_parse(struct options *options, int argc, char *argv[], struct error *err)
{
	static const struct cli_grammar grammar = { "A:c:Ddf:g:hi:L:p:P:rs:t:Vw", longs,
						    take };

	*options =
		(struct options){ .cli = { .program = "tokenmint", .context = options },
				  .now_ms = date_now_ms(),
				  .leeway_ms = LEEWAY_MS,
				  .timeout_ms = TIMEOUT_MS };
	return cli_parse(&options->cli, &grammar, argc, argv, err);
}
