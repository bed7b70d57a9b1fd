#include "bin/hookroute-tick/options.h"

#include <string.h>
#include <unistd.h>

#include "lib/date.h"
#include "lib/error.h"
#include "lib/json_plain.h"
#include "lib/str.h"

enum { COUNT_MAX = 10000, PAYLOAD_MAX = 65536 };

#define JITTER_MAX_MS (INT64_C(24) * 3600 * 1000)

const char options_usage[] =
	"usage: hookroute tick [--jitter DURATION] [--at TIME] [--dry-run] [--json]\n"
	"       hookroute schedule add NAME EXPRESSION [--timezone ZONE] "
	"[--jitter DURATION] [--name REPOSITORY] [--payload JSON] [--at TIME]\n"
	"       hookroute schedule list [--limit N] [--after NAME] [--at TIME] [--json]\n"
	"       hookroute schedule next EXPRESSION [--timezone ZONE] [--count N] "
	"[--at TIME] [--json]\n"
	"       hookroute schedule start NAME [--at TIME]\n"
	"       hookroute schedule stop|remove NAME\n";

static const struct option longs[] = {
	{ "after", required_argument, NULL, 'a' },
	{ "at", required_argument, NULL, 'A' },
	{ "count", required_argument, NULL, 'c' },
	{ "debug", no_argument, NULL, 'd' },
	{ "dry-run", no_argument, NULL, 'N' },
	{ "help", no_argument, NULL, 'h' },
	{ "jitter", required_argument, NULL, 'j' },
	{ "json", no_argument, NULL, 'J' },
	{ "limit", required_argument, NULL, 'l' },
	{ "name", required_argument, NULL, 'n' },
	{ "payload", required_argument, NULL, 'p' },
	{ "timezone", required_argument, NULL, 't' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

static int take_number(uint64_t *number, const char *name, uint64_t max,
		       struct error *err)
{
	if (str_to_u64(number, optarg, 1, max, err) < 0)
		return error_set(err, ERROR_USAGE,
				 "%s wants a number from 1 to %ju, not '%s'", name,
				 (uintmax_t)max, optarg);
	return 0;
}

static int take_time(struct options *options, struct error *err)
{
	if (!date_parse(&options->now_ms, optarg) || options->now_ms < 0)
		return error_set(err, ERROR_USAGE,
				 "--at wants a time as 2026-03-29T01:00:00Z or "
				 "2026-03-29T03:00:00+02:00, not '%s'",
				 optarg);
	return 0;
}

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

static int take_name(struct options *options, struct error *err)
{
	if (!str_is_name(optarg))
		return error_set(err, ERROR_USAGE,
				 "--name wants a name as owner/repository, not '%s'",
				 optarg);
	options->name = optarg;
	return 0;
}

static int take_payload(struct options *options, struct error *err)
{
	const struct str_view text = { optarg, strlen(optarg) };

	if (text.len > PAYLOAD_MAX)
		return error_set(err, ERROR_USAGE, "--payload: more than %d bytes",
				 PAYLOAD_MAX);
	if (!json_plain_is_valid(text))
		return error_set(err, ERROR_USAGE, "--payload wants JSON, not '%.80s'",
				 optarg);
	options->payload = optarg;
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
		return take_time(options, err);
	case 'c':
		return take_number(&options->count, "--count", COUNT_MAX, err);
	case 'N':
		options->dry_run = true;
		return 0;
	case 'j':
		return take_jitter(options, err);
	case 'J':
		options->json = true;
		return 0;
	case 'l':
		return take_number(&options->limit, "--limit", UINT32_MAX, err);
	case 'n':
		return take_name(options, err);
	case 'p':
		return take_payload(options, err);
	case 't':
		options->timezone = optarg;
		return 0;
	default:
		return error_set(err, ERROR_BUG, "option -%c", letter);
	}
}

/* The words are "tick", or "schedule" and its command. */
static void find_command(struct options *options)
{
	const struct cli *cli = &options->cli;
	size_t taken = str_equal(cli->words[0], "schedule") ? 2 : 1;

	if (cli->count < taken)
		return;
	options->command = cli->words[taken - 1];
	options->operands = cli->words + taken;
	options->operand_count = cli->count - taken;
}

int options_parse(struct options *options, int argc, char *argv[], struct error *err)
{
	static const struct cli_grammar grammar = { "a:A:c:dhj:Jl:n:Np:t:V", longs,
						    take };

	*options =
		(struct options){ .cli = { .program = "hookroute", .context = options },
				  .now_ms = date_now_ms(),
				  .jitter_ms = -1,
				  .limit = UINT64_MAX,
				  .count = 5 };
	if (cli_parse(&options->cli, &grammar, argc, argv, err) < 0)
		return -1;
	options->json = options->json || !isatty(STDOUT_FILENO);
	find_command(options);
	return 0;
}
