#include "bin/ghstats/options.h"

#include <string.h>

#include "lib/date.h"
#include "lib/error.h"
#include "lib/stats_report.h"
#include "lib/str.h"

enum { LIMIT_MAX = 1000 };

const char options_usage[] =
	"usage: ghstats ingest [-]\n"
	"       ghstats report [--by KEY] [FILTERS] [FORMAT]\n"
	"       ghstats workflows [--repo R] [PAGE] [FORMAT]\n"
	"       ghstats runs [FILTERS] [PAGE] [FORMAT]\n"
	"       ghstats jobs [--local] [FILTERS] [PAGE] [FORMAT]\n"
	"       ghstats summarize\n"
	"       ghstats serve [-l ADDR:PORT|unix:PATH | -i] [--login FILE]\n"
	"KEY:     workflow repository branch actor event job label day week\n"
	"FILTERS: --repo OWNER/NAME --workflow W --branch B --event E --actor A\n"
	"         --status S --from TIME --to TIME    (2026-11-20, RFC 3339, or 7d ago)\n"
	"PAGE:    --limit N --after CURSOR\n"
	"FORMAT:  --format table|tsv|csv|json --json\n";

static const struct option longs[] = {
	{ "actor", required_argument, NULL, 'a' },
	{ "after", required_argument, NULL, 'A' },
	{ "branch", required_argument, NULL, 'b' },
	{ "by", required_argument, NULL, 'B' },
	{ "debug", no_argument, NULL, 'd' },
	{ "event", required_argument, NULL, 'e' },
	{ "format", required_argument, NULL, 'f' },
	{ "from", required_argument, NULL, 'F' },
	{ "help", no_argument, NULL, 'h' },
	{ "inetd", no_argument, NULL, 'i' },
	{ "json", no_argument, NULL, 'j' },
	{ "limit", required_argument, NULL, 'n' },
	{ "listen", required_argument, NULL, 'l' },
	{ "local", no_argument, NULL, 'L' },
	{ "login", required_argument, NULL, 'o' },
	{ "repo", required_argument, NULL, 'r' },
	{ "status", required_argument, NULL, 's' },
	{ "to", required_argument, NULL, 'T' },
	{ "version", no_argument, NULL, 'V' },
	{ "workflow", required_argument, NULL, 'w' },
	{ NULL, 0, NULL, 0 },
};

/* In the order of enum stats_field. */
static const char filter_letters[] = "rwbeasFT";

static int take_filter(struct options *options, int letter, struct error *err)
{
	enum stats_field field =
		(enum stats_field)(strchr(filter_letters, letter) - filter_letters);

	if (stats_filter_set(&options->filter, field, optarg, date_now_ms(), err) < 0)
		return error_wrap(err, "--%s '%s'", stats_field_name(field), optarg);
	return 0;
}

static int take_by(struct options *options, struct error *err)
{
	options->by = optarg;
	if (!stats_report_find(optarg) || str_equal(optarg, "total"))
		return error_set(err, ERROR_USAGE,
				 "--by wants workflow, repository, branch, actor, event, "
				 "job, label, day or week, not '%s'",
				 optarg);
	return 0;
}

static int take_format(struct options *options, struct error *err)
{
	static const char *const formats[] = { "", "table", "tsv", "csv", "json" };

	for (int i = FORMAT_TABLE; i <= FORMAT_JSON; i++) {
		if (str_equal(formats[i], optarg)) {
			options->format = (enum options_format)i;
			return 0;
		}
	}
	return error_set(err, ERROR_USAGE,
			 "--format wants table, tsv, csv or json, not '%s'", optarg);
}

static int take_limit(struct options *options, struct error *err)
{
	uint64_t number = 0;

	if (str_to_u64(&number, optarg, 1, LIMIT_MAX, err) < 0)
		return error_set(err, ERROR_USAGE, "--limit wants 1 to %d, not '%s'",
				 LIMIT_MAX, optarg);
	options->limit = (int64_t)number;
	return 0;
}

static int take(void *context, int letter, struct error *err)
{
	struct options *options = context;

	if (strchr(filter_letters, letter))
		return take_filter(options, letter, err);
	switch (letter) {
	case 'A':
		options->after = optarg;
		return 0;
	case 'B':
		return take_by(options, err);
	case 'f':
		return take_format(options, err);
	case 'i':
		options->inetd = true;
		return 0;
	case 'j':
		options->format = FORMAT_JSON;
		return 0;
	case 'l':
		options->listen = optarg;
		return 0;
	case 'L':
		options->local = true;
		return 0;
	case 'o':
		options->login = optarg;
		return 0;
	case 'n':
		return take_limit(options, err);
	default:
		return error_set(err, ERROR_BUG, "option -%c", letter);
	}
}

int options_parse(struct options *options, int argc, char *argv[], struct error *err)
{
	static const struct cli_grammar grammar = { "a:A:b:B:de:f:F:hijn:l:Lo:r:s:T:Vw:",
						    longs, take };

	*options =
		(struct options){ .cli = { .program = "ghstats", .context = options } };
	if (cli_parse(&options->cli, &grammar, argc, argv, err) < 0)
		return -1;
	if (options->cli.count > 2)
		return error_set(err, ERROR_USAGE, "one argument too many: '%s'",
				 options->cli.words[2]);
	options->command = options->cli.words[0];
	options->operand = options->cli.words[1];
	return stats_filter_check(&options->filter, err);
}
