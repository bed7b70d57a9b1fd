#include "bin/hookroute/options.h"

#include "bin/hookroute/dispatch.h"
#include "bin/hookroute/values.h"
#include "lib/error.h"

enum { JOBS_MAX = 65536, REPLY_MS = 10000 };

const char options_usage[] =
	"usage: hookroute run [-j N]\n"
	"       hookroute drain [-j N]\n"
	"       hookroute consumer-test [--values FILE] [--timeout D] [--json] PROGRAM "
	"[ARG...]\n"
	"       hookroute filter [--routes DIR] [--to NAME] < events\n"
	"       hookroute test [--routes DIR] [FILE...]\n"
	"       hookroute check [--routes DIR] [--json]\n"
	"       hookroute explain [--routes DIR] [--json] [ID|FILE...]\n"
	"       hookroute status [--json]\n"
	"       hookroute metrics [--output FILE]\n"
	"       hookroute put < events\n"
	"       hookroute put --event NAME [--name REPOSITORY] [--hook ID] < payloads\n"
	"       hookroute emit < values\n"
	"       hookroute list [new|cur|defer|hold|dead|done] [--name PATTERN]\n"
	"               [--event NAME] [--provider NAME] [--since TIME] [--until TIME]\n"
	"               [--limit N] [--after ID] [--json]\n"
	"       hookroute show ID [--json]\n"
	"       hookroute log [ID...] [--follow] [--since TIME] [--until TIME] [--limit "
	"N]\n"
	"               [--after ID] [--name PATTERN] [--event NAME] [--provider NAME]\n"
	"               [--route NAME] [--to NAME] [--json]\n"
	"       hookroute stat [--by state|consumer|route|name|event|provider] [--dead]\n"
	"               [--name PATTERN] [--event NAME] [--json]\n"
	"       hookroute hold ID...|--all|--name PATTERN|--event NAME\n"
	"       hookroute release ID...|--all|--name PATTERN|--event NAME\n"
	"       hookroute retry ID...|--dead|--all [--to NAME] [--name PATTERN] "
	"[--event NAME]\n"
	"       hookroute drop ID...|--dead [--name PATTERN] [--event NAME]\n"
	"       hookroute replay ID...|--since TIME [--until TIME] [--route NAME]\n"
	"               [--name PATTERN] [--event NAME] [--provider NAME] [--limit N]\n"
	"               [--dry-run] [--json]\n"
	"       hookroute prune [--older-than TIME] [--keep N] [--max-bytes SIZE] "
	"[--dead]\n"
	"               [--dry-run]\n"
	"       hookroute recover [--dry-run]\n"
	"       hookroute diff --routes DIR [--since TIME] [--until TIME] [--name "
	"PATTERN]\n"
	"               [--event NAME] [--provider NAME] [--limit N] [--json]\n"
	"       hookroute tick [--jitter DURATION] [--at TIME] [--dry-run] [--json]\n"
	"       hookroute schedule add NAME EXPRESSION [--timezone ZONE] "
	"[--jitter DURATION] [--name REPOSITORY] [--payload JSON] [--at TIME]\n"
	"       hookroute schedule list [--limit N] [--after NAME] [--at TIME] [--json]\n"
	"       hookroute schedule next EXPRESSION [--timezone ZONE] [--count N] "
	"[--at TIME] [--json]\n"
	"       hookroute schedule start NAME [--at TIME]\n"
	"       hookroute schedule stop|remove NAME\n"
	"       hookroute plugin add NAME FILE|- [--version N]\n"
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
	{ "all", no_argument, NULL, 'A' },
	{ "by", required_argument, NULL, 'b' },
	{ "dead", no_argument, NULL, 'D' },
	{ "debug", no_argument, NULL, 'd' },
	{ "dry-run", no_argument, NULL, 'N' },
	{ "event", required_argument, NULL, 'e' },
	{ "follow", no_argument, NULL, 'f' },
	{ "help", no_argument, NULL, 'h' },
	{ "hook", required_argument, NULL, 'k' },
	{ "jobs", required_argument, NULL, 'j' },
	{ "json", no_argument, NULL, 'J' },
	{ "keep", required_argument, NULL, 'K' },
	{ "limit", required_argument, NULL, 'l' },
	{ "max-bytes", required_argument, NULL, 'B' },
	{ "name", required_argument, NULL, 'n' },
	{ "older-than", required_argument, NULL, 'o' },
	{ "output", required_argument, NULL, 'O' },
	{ "provider", required_argument, NULL, 'p' },
	{ "route", required_argument, NULL, 'R' },
	{ "routes", required_argument, NULL, 'r' },
	{ "since", required_argument, NULL, 'S' },
	{ "timeout", required_argument, NULL, 'T' },
	{ "to", required_argument, NULL, 't' },
	{ "until", required_argument, NULL, 'U' },
	{ "values", required_argument, NULL, 'v' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

/* Which events. */
static int take_choice(struct options *options, int letter, struct error *err)
{
	switch (letter) {
	case 'a':
		return values_id(&options->after, "--after", optarg, err);
	case 'A':
		options->all = true;
		return 0;
	case 'e':
		return values_word(&options->event, "--event", optarg, err);
	case 'n':
		return values_pattern(&options->name, "--name", optarg, err);
	case 'p':
		return values_word(&options->provider, "--provider", optarg, err);
	case 'R':
		return values_word(&options->route, "--route", optarg, err);
	case 'S':
		return values_time(&options->since_ms, "--since", optarg, err);
	case 't':
		options->to = optarg;
		return 0;
	case 'U':
		return values_time(&options->until_ms, "--until", optarg, err);
	default:
		return error_set(err, ERROR_BUG, "option -%c", letter);
	}
}

static int take(void *context, int letter, struct error *err)
{
	struct options *options = context;

	switch (letter) {
	case 'b':
		options->by = optarg;
		return 0;
	case 'B':
		return values_size(&options->max_bytes, "--max-bytes", optarg, err);
	case 'D':
		options->dead = true;
		return 0;
	case 'f':
		options->follow = true;
		return 0;
	case 'j':
		return values_number(&options->jobs, "--jobs", optarg, JOBS_MAX, err);
	case 'J':
		options->json = true;
		return 0;
	case 'k':
		return values_id(&options->hook, "--hook", optarg, err);
	case 'K':
		return values_number(&options->keep, "--keep", optarg, UINT32_MAX, err);
	case 'l':
		return values_number(&options->limit, "--limit", optarg, UINT32_MAX, err);
	case 'N':
		options->dry_run = true;
		return 0;
	case 'o':
		return values_duration(&options->older_than_ms, "--older-than", optarg,
				       err);
	case 'O':
		options->output = optarg;
		return 0;
	case 'r':
		options->routes = optarg;
		return 0;
	case 'T':
		return values_duration(&options->timeout_ms, "--timeout", optarg, err);
	case 'v':
		options->values = optarg;
		return 0;
	default:
		return take_choice(options, letter, err);
	}
}

int options_parse(struct options *options, int argc, char *argv[], struct error *err)
{
	static const struct cli_grammar grammar = {
		"a:Ab:B:De:fhj:Jk:K:l:n:No:O:p:r:R:S:t:T:U:v:Vd", longs, take
	};

	*options =
		(struct options){ .cli = { .program = "hookroute", .context = options },
				  .jobs = DISPATCH_EVENTS,
				  .limit = UINT64_MAX,
				  .keep = UINT64_MAX,
				  .max_bytes = UINT64_MAX,
				  .older_than_ms = UINT64_MAX,
				  .since_ms = INT64_MIN,
				  .until_ms = INT64_MAX,
				  .timeout_ms = REPLY_MS };
	if (cli_parse(&options->cli, &grammar, argc, argv, err) < 0)
		return -1;
	options->command = options->cli.words[0];
	options->operands = options->cli.words + 1;
	options->operand_count = options->cli.count ? options->cli.count - 1 : 0;
	return 0;
}
