#include "bin/runjob-certs/options.h"

#include "lib/error.h"
#include "lib/str.h"

const char options_usage[] =
	"usage: runjob certs [list] [--limit N] [--after SHA256] [--json] [--crl FILE]\n"
	"       runjob certs add [--role ROLE] FILE\n"
	"       runjob certs renew CERTIFICATE FILE\n"
	"       runjob certs revoke [--crl FILE] CERTIFICATE\n"
	"       runjob certs remove CERTIFICATE\n"
	"       runjob certs hash FILE\n"
	"ROLE: plain, admin, viewer or anonymous; all but hash: --pool DIR\n";

static const struct option longs[] = {
	{ "after", required_argument, NULL, 'a' },
	{ "crl", required_argument, NULL, 'c' },
	{ "debug", no_argument, NULL, 'd' },
	{ "help", no_argument, NULL, 'h' },
	{ "json", no_argument, NULL, 'j' },
	{ "limit", required_argument, NULL, 'l' },
	{ "pool", required_argument, NULL, 'p' },
	{ "role", required_argument, NULL, 'r' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

static int take_role(struct options *options, struct error *err)
{
	for (int i = 0; i < CERTIFICATE_ROLES; i++) {
		enum certificate_role role = (enum certificate_role)i;

		if (str_equal(certificate_role_name(role), optarg)) {
			options->role = role;
			return 0;
		}
	}
	return error_set(err, ERROR_USAGE,
			 "--role wants plain, admin, viewer or anonymous, not '%s'",
			 optarg);
}

static int take(void *context, int letter, struct error *err)
{
	struct options *options = context;

	switch (letter) {
	case 'a':
		options->after = optarg;
		return 0;
	case 'c':
		options->crl = optarg;
		return 0;
	case 'j':
		options->json = true;
		return 0;
	case 'l':
		return cli_limit(&options->limit, optarg, err);
	case 'p':
		options->pool = optarg;
		return 0;
	case 'r':
		return take_role(options, err);
	default:
		return error_set(err, ERROR_BUG, "option -%c", letter);
	}
}

int options_parse(struct options *options, int argc, char *argv[], struct error *err)
{
	static const struct cli_grammar grammar = { "a:c:dhjl:p:r:V", longs, take };

	*options = (struct options){ .cli = { .program = "runjob", .context = options },
				     .limit = UINT64_MAX };
	return cli_parse(&options->cli, &grammar, argc, argv, err);
}
