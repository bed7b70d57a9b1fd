#include "bin/hookrecv/options.h"

#include <string.h>

#include "bin/hookrecv/crew.h"
#include "bin/hookrecv/trace.h"
#include "lib/error.h"
#include "lib/str.h"

enum { MAX_BODY = 25 << 20, IDLE_S = 30, TOTAL_S = 60, TIME_MAX_S = 3600 };

const char options_usage[] =
	"usage: hookrecv [serve] -l ADDR:PORT|unix:PATH [--idle 30s] [--total 60s]\n"
	"                [--trusted-proxy CIDR|unix]... [--workers N]\n"
	"                [--tls-cert F --tls-key F]\n"
	"       hookrecv [serve]                       the socket comes from systemd\n"
	"       hookrecv -i                            one request on standard input\n"
	"       hookrecv add NAME [-p PROVIDER] [--url URL] [--secret-file F|-]\n"
	"                [--max-body 25M] [--json]\n"
	"                [--create [--events push,…] [--project PATH | --app APP]]\n"
	"       hookrecv list [--json]\n"
	"       hookrecv show ID [--check] [--json]\n"
	"       hookrecv rotate ID [--secret-file F|-] [--grace 24h] [--create]\n"
	"                [--json]\n"
	"       hookrecv remove ID [--keep-remote]\n"
	"       hookrecv reconcile [ID] [--app APP] [--since 2d] [--dry-run] [--json]\n"
	"       hookrecv enable ID\n"
	"       hookrecv disable ID\n"
	"       hookrecv sign -p PROVIDER --secret-file F [--event E] [--delivery D] < "
	"body\n"
	"       hookrecv providers [--json]\n"
	"       hookrecv bans list [--json]\n"
	"       hookrecv bans lift ADDR\n"
	"       hookrecv explain ID [--json]\n"
	"       hookrecv explain --trace [ID] [--last 20] [--json]\n"
	"       hookrecv explain --request F|- ID [--json]\n"
	"       hookrecv explain --request F|- -p PROVIDER --secret-file F [--json]\n"
	"       hookrecv doctor [-l ADDR:PORT|unix:PATH] [--url URL] [--json]\n";

#define GRACE_MS ((uint64_t)24 * 3600 * 1000)
#define GRACE_MAX_MS (90 * GRACE_MS)
#define SINCE_MAX_MS (30 * GRACE_MS)

static const struct option longs[] = {
	{ "app", required_argument, NULL, 'a' },
	{ "check", no_argument, NULL, 'C' },
	{ "create", no_argument, NULL, 'F' },
	{ "debug", no_argument, NULL, 'd' },
	{ "delivery", required_argument, NULL, 'D' },
	{ "dry-run", no_argument, NULL, 'n' },
	{ "event", required_argument, NULL, 'e' },
	{ "events", required_argument, NULL, 'E' },
	{ "grace", required_argument, NULL, 'g' },
	{ "help", no_argument, NULL, 'h' },
	{ "idle", required_argument, NULL, 'I' },
	{ "inetd", no_argument, NULL, 'i' },
	{ "json", no_argument, NULL, 'j' },
	{ "keep-remote", no_argument, NULL, 'K' },
	{ "last", required_argument, NULL, 'L' },
	{ "listen", required_argument, NULL, 'l' },
	{ "max-body", required_argument, NULL, 'm' },
	{ "project", required_argument, NULL, 'P' },
	{ "provider", required_argument, NULL, 'p' },
	{ "request", required_argument, NULL, 'R' },
	{ "secret-file", required_argument, NULL, 's' },
	{ "since", required_argument, NULL, 'S' },
	{ "tls-cert", required_argument, NULL, 'c' },
	{ "tls-key", required_argument, NULL, 'k' },
	{ "total", required_argument, NULL, 'T' },
	{ "trace", no_argument, NULL, 'x' },
	{ "trusted-proxy", required_argument, NULL, 't' },
	{ "url", required_argument, NULL, 'u' },
	{ "version", no_argument, NULL, 'V' },
	{ "workers", required_argument, NULL, 'w' },
	{ NULL, 0, NULL, 0 },
};

static int take_seconds(uint64_t *seconds, struct error *err)
{
	uint64_t ms = 0;

	if (str_to_duration(&ms, optarg, err) < 0 || ms < 1000 ||
	    ms > (uint64_t)TIME_MAX_S * 1000)
		return error_set(err, ERROR_USAGE,
				 "a time from 1s to 1h is wanted, not '%s'", optarg);
	*seconds = ms / 1000;
	return 0;
}

static int take_grace(struct options *options, struct error *err)
{
	if (str_to_duration(&options->grace_ms, optarg, err) < 0 ||
	    options->grace_ms > (uint64_t)GRACE_MAX_MS)
		return error_set(err, ERROR_USAGE,
				 "--grace wants a time up to 90d, not '%s'", optarg);
	return 0;
}

static int take_since(struct options *options, struct error *err)
{
	if (str_to_duration(&options->since_ms, optarg, err) < 0 ||
	    options->since_ms == 0 || options->since_ms > (uint64_t)SINCE_MAX_MS)
		return error_set(err, ERROR_USAGE,
				 "--since wants a time up to 30d, not '%s'", optarg);
	return 0;
}

static int take_max_body(struct options *options, struct error *err)
{
	if (str_to_size(&options->max_body, optarg, err) < 0 || options->max_body == 0 ||
	    options->max_body > INT32_MAX)
		return error_set(err, ERROR_USAGE,
				 "--max-body wants a size as 25M, not '%s'", optarg);
	return 0;
}

static int take_workers(struct options *options, struct error *err)
{
	if (str_to_u64(&options->workers, optarg, 1, CREW_MAX, err) == 0)
		return 0;
	return error_set(err, ERROR_USAGE,
			 "--workers wants a number from 1 to %d, not '%s'", CREW_MAX,
			 optarg);
}

static int take_last(struct options *options, struct error *err)
{
	if (str_to_u64(&options->last, optarg, 1, TRACE_RECORDS, err) == 0)
		return 0;
	return error_set(err, ERROR_USAGE, "--last wants a number from 1 to %d, not '%s'",
			 TRACE_RECORDS, optarg);
}

static int take_proxy(struct options *options, struct error *err)
{
	if (source_trust_add(&options->trust, optarg, err) == 0)
		return 0;
	err->kind = ERROR_USAGE;
	return error_wrap(err, "--trusted-proxy");
}

/* These go into headers that `sign` writes. */
static int take_word(const char **word, struct error *err)
{
	if (!*optarg || strlen(optarg) > 200 || strpbrk(optarg, "\r\n"))
		return error_set(err, ERROR_USAGE, "'%s' cannot stand in a header",
				 optarg);
	*word = optarg;
	return 0;
}

/* Of add --create, show, remove and reconcile; *taken is false for another letter. */
static int take_forge(bool *taken, struct options *options, int letter, struct error *err)
{
	*taken = true;
	switch (letter) {
	case 'a':
		options->app = optarg;
		return 0;
	case 'F':
		options->create = true;
		return 0;
	case 'C':
		options->check = true;
		return 0;
	case 'E':
		options->events = optarg;
		return 0;
	case 'K':
		options->keep_remote = true;
		return 0;
	case 'n':
		options->dry_run = true;
		return 0;
	case 'P':
		options->project = optarg;
		return 0;
	case 'S':
		return take_since(options, err);
	default:
		*taken = false;
		return 0;
	}
}

static int take(void *context, int letter, struct error *err)
{
	struct options *options = context;
	bool taken = false;

	if (take_forge(&taken, options, letter, err) < 0)
		return -1;
	if (taken)
		return 0;
	switch (letter) {
	case 'c':
		options->tls_cert = optarg;
		return 0;
	case 'D':
		return take_word(&options->delivery, err);
	case 'e':
		return take_word(&options->event, err);
	case 'g':
		return take_grace(options, err);
	case 'i':
		options->inetd = true;
		return 0;
	case 'I':
		return take_seconds(&options->idle_s, err);
	case 'j':
		options->json = true;
		return 0;
	case 'k':
		options->tls_key = optarg;
		return 0;
	case 'l':
		options->listen = optarg;
		return 0;
	case 'm':
		return take_max_body(options, err);
	case 'p':
		options->provider = optarg;
		return 0;
	case 'R':
		options->request = optarg;
		return 0;
	case 's':
		options->secret_file = optarg;
		return 0;
	case 't':
		return take_proxy(options, err);
	case 'T':
		return take_seconds(&options->total_s, err);
	case 'u':
		options->url = optarg;
		return 0;
	case 'L':
		return take_last(options, err);
	case 'x':
		options->trace = true;
		return 0;
	case 'w':
		return take_workers(options, err);
	default:
		return error_set(err, ERROR_BUG, "option -%c", letter);
	}
}

int options_parse(struct options *options, int argc, char *argv[], struct error *err)
{
	static const struct cli_grammar grammar = {
		"a:c:CdD:e:E:Fg:hI:ijk:Kl:L:m:np:P:R:s:S:t:T:u:Vw:x", longs, take
	};
	const struct cli *cli = &options->cli;

	*options = (struct options){ .cli = { .program = "hookrecv", .context = options },
				     .max_body = MAX_BODY,
				     .grace_ms = GRACE_MS,
				     .idle_s = IDLE_S,
				     .total_s = TOTAL_S,
				     .workers = 1 };
	if (cli_parse(&options->cli, &grammar, argc, argv, err) < 0)
		return -1;
	if (cli->count > 3)
		return error_set(err, ERROR_USAGE, "one argument too many: '%s'",
				 cli->words[3]);
	options->command = cli->count ? cli->words[0] : "serve";
	options->operand = cli->words[1];
	options->second = cli->words[2];
	return 0;
}
