#include "bin/runjob-serve/options.h"

#include "bin/runjob-serve/order.h"
#include "lib/error.h"

const char options_usage[] =
	"usage: runjob-serve [-l ADDR:PORT|unix:PATH] --tls-cert F --tls-key F\n"
	"                    [--pool DIR] [--crl F] [--sandbox S]    started by runjob "
	"serve\n";

static const struct option longs[] = {
	{ "debug", no_argument, NULL, 'd' },
	{ "help", no_argument, NULL, 'h' },
	{ "listen", required_argument, NULL, 'l' },
	{ "tls-cert", required_argument, NULL, 'c' },
	{ "tls-key", required_argument, NULL, 'k' },
	{ "pool", required_argument, NULL, 'p' },
	{ "crl", required_argument, NULL, 'r' },
	{ "sandbox", required_argument, NULL, 's' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

static int take(void *context, int letter, struct error *err)
{
	struct options *options = context;

	if (letter == 's' && !order_knows_sandbox(optarg))
		return error_set(err, ERROR_USAGE, "'%s' is no sandbox; see runjob(1)",
				 optarg);
	if (letter == 's')
		options->sandbox = optarg;
	if (letter == 'l')
		options->listen = optarg;
	if (letter == 'c')
		options->tls_cert = optarg;
	if (letter == 'k')
		options->tls_key = optarg;
	if (letter == 'p')
		options->pool = optarg;
	if (letter == 'r')
		options->revoked = optarg;
	return 0;
}

int options_parse(struct options *options, int argc, char *argv[], struct error *err)
{
	static const struct cli_grammar grammar = { "dhl:c:k:p:r:s:V", longs, take };

	*options = (struct options){ .cli = { .program = "runjob", .context = options },
				     .sandbox = "default" };
	if (cli_parse(&options->cli, &grammar, argc, argv, err) < 0)
		return -1;
	if (options->cli.help || options->cli.version)
		return 0;
	if (options->cli.count)
		return error_set(err, ERROR_USAGE, "one argument too many: '%s'",
				 options->cli.words[0]);
	if (!options->tls_cert || !options->tls_key)
		return error_set(err, ERROR_USAGE,
				 "serve wants --tls-cert and --tls-key: it speaks "
				 "nothing but TLS");
	return 0;
}
