#include "bin/tokenmint-run/options.h"

#include <string.h>

#include "lib/date.h"
#include "lib/error.h"
#include "lib/principal.h"
#include "lib/role.h"
#include "lib/str.h"

#define DAY_MS (UINT64_C(24) * 3600 * 1000)
#define RUN_MAX 100

const char options_usage[] =
	"usage: tokenmint run-token issue --run ID [--role R]... [--namespace NAME]\n"
	"                 [--expires 1d] [--json]\n"
	"       tokenmint run-token revoke --run ID\n"
	"       tokenmint run-token verify [--run ID] < token\n"
	"       tokenmint run-token list [--run ID] [--limit N] [--after ID]\n"
	"       tokenmint prune [--older-than 7d] [--audit-older-than 400d]\n";

static const struct option longs[] = {
	{ "after", required_argument, NULL, 'a' },
	{ "audit-older-than", required_argument, NULL, 'A' },
	{ "debug", no_argument, NULL, 'd' },
	{ "expires", required_argument, NULL, 'e' },
	{ "help", no_argument, NULL, 'h' },
	{ "json", no_argument, NULL, 'j' },
	{ "limit", required_argument, NULL, 'l' },
	{ "namespace", required_argument, NULL, 'n' },
	{ "older-than", required_argument, NULL, 'o' },
	{ "role", required_argument, NULL, 'r' },
	{ "run", required_argument, NULL, 'u' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

static int take_time(uint64_t *ms, const char *name, struct error *err)
{
	if (str_to_duration(ms, optarg, err) < 0 || *ms == 0 || *ms > 36600 * DAY_MS)
		return error_set(err, ERROR_USAGE, "%s wants a time as 7d, not '%s'",
				 name, optarg);
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

static int take_run(struct options *options, struct error *err)
{
	size_t len = strlen(optarg);

	if (len == 0 || len > RUN_MAX ||
	    strspn(optarg, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
			   "0123456789._:/@-") != len)
		return error_set(
			err, ERROR_USAGE,
			"--run wants up to %d of letters, digits and ._:/@-, not "
			"'%.120s'",
			RUN_MAX, optarg);
	options->run = optarg;
	return 0;
}

static int take(void *context, int letter, struct error *err)
{
	struct options *options = context;

	switch (letter) {
	case 'A':
		return take_time(&options->audit_older_than_ms, "--audit-older-than",
				 err);
	case 'a':
		options->after = optarg;
		return 0;
	case 'e':
		return take_time(&options->life_ms, "--expires", err);
	case 'j':
		options->json = true;
		return 0;
	case 'l':
		return cli_limit(&options->limit, optarg, err);
	case 'n':
		return take_namespace(options, err);
	case 'o':
		return take_time(&options->older_than_ms, "--older-than", err);
	case 'r':
		return take_role(options, err);
	case 'u':
		return take_run(options, err);
	default:
		return error_set(err, ERROR_BUG, "option -%c", letter);
	}
}

int options_parse(struct options *options, int argc, char *argv[], struct error *err)
{
	static const struct cli_grammar grammar = { "A:a:de:hjl:n:o:r:u:V", longs, take };

	*options =
		(struct options){ .cli = { .program = "tokenmint", .context = options },
				  .now_ms = date_now_ms(),
				  .life_ms = DAY_MS,
				  .older_than_ms = 7 * DAY_MS,
				  .limit = UINT64_MAX };
	return cli_parse(&options->cli, &grammar, argc, argv, err);
}
