#include "bin/runjob/options.h"

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/buf.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/setting.h"
#include "lib/str.h"
#include "lib/uuid.h"

const char options_usage[] =
	"usage: runjob run [OPTIONS] [--] COMMAND [ARGUMENT...]\n"
	"       runjob start [OPTIONS] [--] COMMAND [ARGUMENT...]\n"
	"       runjob start -\n"
	"       runjob list [--state STATE] [--group GROUP] [--since TIME]\n"
	"                    [--limit N] [--after ID] [--json]\n"
	"       runjob show [--json] ID\n"
	"       runjob tail [-f] [-n LINES | -c BYTES | --from OFFSET]\n"
	"                    [--stream out|err] [--times] ID\n"
	"       runjob stop [--grace TIME] [--signal SIGNAL] ID\n"
	"       runjob pause ID\n"
	"       runjob resume ID\n"
	"       runjob usage [--json] ID\n"
	"       runjob attach ID [COMMAND [ARGUMENT...]]\n"
	"       runjob shell ID\n"
	"       runjob env [--json] ID\n"
	"       runjob debug [-o FILE] ID\n"
	"       runjob wait [--json] ID...\n"
	"       runjob queue [--limit N] [--after ID] [GROUP]\n"
	"       runjob results [-f] [--after ID]\n"
	"       runjob why ID\n"
	"       runjob timeline [--json | --svg] ID\n"
	"       runjob watch [--json] ID\n"
	"       runjob again [--json] ID\n"
	"       runjob diff [--json] ID ID\n"
	"       runjob remove ID\n"
	"       runjob prune [--keep N] [--older-than TIME] [--max-bytes SIZE]\n"
	"                    [--all] [--dry-run]\n"
	"       runjob anchor\n"
	"       runjob recover\n"
	"       runjob object ...\n"
	"       runjob report github -\n"
	"       runjob certs ...\n"
	"       runjob pipeline ...\n"
	"       runjob serve ...\n"
	"OPTIONS: -n NAME -d DIR -e NAME=VALUE --secret NAME=SECRET --for WHO\n"
	"         --secret-file NAME=SECRET\n"
	"         --user USER[:GROUP] --umask MASK --sandbox SANDBOX --writable PATH\n"
	"         --timeout TIME --grace TIME\n"
	"         --cpu CPUS --memory SIZE --pids N --io-read SIZE --io-write SIZE\n"
	"         --open-files N --limits strict|best-effort --log-max SIZE\n"
	"         --log-index\n"
	"         --group GROUP --parallel N\n"
	"         --busy queue|reject|cancel-oldest|cancel-same\n"
	"         --after ID[:ok|:failed|:any]\n"
	"         --retry N --retry-delay TIME --retry-on CAUSE[,CAUSE...]\n"
	"         --retry-memory FACTOR --retry-memory-max SIZE\n"
	"         --result spool --json\n"
	"All but report, certs and serve: --owner CERTIFICATE\n";

/* clang-format off */
static const struct option top_options[] = {
	{ "debug", no_argument, NULL, 'd' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};
static const struct option tail_options[] = {
	{ "follow", no_argument, NULL, 'f' },
	{ "lines", required_argument, NULL, 'n' },
	{ "bytes", required_argument, NULL, 'c' },
	{ "from", required_argument, NULL, 'o' },
	{ "stream", required_argument, NULL, 's' },
	{ "times", no_argument, NULL, 't' },
	{ "owner", required_argument, NULL, 'O' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};
static const struct option query_options[] = {
	{ "state", required_argument, NULL, 's' },
	{ "limit", required_argument, NULL, 'l' },
	{ "after", required_argument, NULL, 'a' },
	{ "grace", required_argument, NULL, 'g' },
	{ "signal", required_argument, NULL, 'k' },
	{ "output", required_argument, NULL, 'o' },
	{ "group", required_argument, NULL, 'G' },
	{ "since", required_argument, NULL, 'S' },
	{ "follow", no_argument, NULL, 'f' },
	{ "keep", required_argument, NULL, 'K' },
	{ "older-than", required_argument, NULL, 'T' },
	{ "max-bytes", required_argument, NULL, 'B' },
	{ "all", no_argument, NULL, 'A' },
	{ "dry-run", no_argument, NULL, 'D' },
	{ "svg", no_argument, NULL, 'v' },
	{ "owner", required_argument, NULL, 'O' },
	{ "json", no_argument, NULL, 'j' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};
/* clang-format on */

/* Those of run and start are the settings, by their places in the table. */
enum { SETTING_BASE = 1000, SETTINGS_MAX = 64 };

static const struct setting *setting_of(int letter)
{
	const struct setting *setting = settings;

	if (letter >= SETTING_BASE)
		return &settings[letter - SETTING_BASE];
	while (!setting_is_last(setting) &&
	       (!setting->letters || setting->letters[0] != letter))
		setting++;
	return setting;
}

static int parse_job(struct options *options, int letter, struct error *err)
{
	return setting_take(setting_of(letter), &options->plan, optarg ? optarg : "1",
			    err);
}

static int take_stream(struct options *options, struct error *err)
{
	if (!str_equal(optarg, "out") && !str_equal(optarg, "err"))
		return error_set(err, ERROR_USAGE, "a stream is 'out' or 'err', not '%s'",
				 optarg);
	options->view.stream = optarg[0];
	return 0;
}

static int parse_tail(struct options *options, int letter, struct error *err)
{
	switch (letter) {
	case 'f':
		options->follow = true;
		return 0;
	case 'n':
		options->has_lines = true;
		return str_to_u64(&options->lines, optarg, 0, UINT64_MAX, err);
	case 'c':
		options->has_bytes = true;
		return str_to_size(&options->bytes, optarg, err);
	case 'o':
		return str_to_u64(&options->from, optarg, 0, INT64_MAX, err);
	case 's':
		return take_stream(options, err);
	case 't':
		options->view.times = true;
		return 0;
	default:
		return error_set(err, ERROR_BUG, "option %c", letter);
	}
}

static int take_signal(struct options *options, struct error *err)
{
	const char *name = str_starts(optarg, "SIG") ? optarg + 3 : optarg;
	uint64_t number = 0;
	int i;

	for (i = 1; i < NSIG; i++) {
		if (str_equal(sigabbrev_np(i), name)) {
			options->signal = i;
			return 0;
		}
	}
	if (str_to_u64(&number, name, 1, NSIG - 1, err) < 0)
		return error_set(err, ERROR_USAGE, "'%s' is no signal", optarg);
	options->signal = (int)number;
	return 0;
}

static int take_state(struct options *options, struct error *err)
{
	options->has_state = true;
	if (!job_state_find(&options->state, optarg))
		return error_set(err, ERROR_USAGE, "'%s' is no state of a job", optarg);
	return 0;
}

static int take_after(struct options *options, struct error *err)
{
	options->after = optarg;
	if (!uuid_is_valid(optarg))
		return error_set(err, ERROR_USAGE, "'%s' is no job id", optarg);
	return 0;
}

static int parse_prune(struct options *options, int letter, struct error *err)
{
	switch (letter) {
	case 'K':
		options->has_keep = true;
		return str_to_u64(&options->keep, optarg, 0, UINT64_MAX, err);
	case 'T':
		return str_to_duration(&options->older_ms, optarg, err);
	case 'B':
		return str_to_size(&options->max_bytes, optarg, err);
	case 'A':
		options->all = true;
		return 0;
	case 'D':
		options->dry_run = true;
		return 0;
	default:
		return error_set(err, ERROR_BUG, "option %c", letter);
	}
}

/* A time, or how long ago. */
static int take_since(struct options *options, struct error *err)
{
	uint64_t ago_ms = 0;

	if (date_parse(&options->since_ms, optarg))
		return 0;
	if (str_to_duration(&ago_ms, optarg, err) < 0)
		return error_set(err, ERROR_USAGE,
				 "'%s' is no time, as 2026-11-21T23:45:10.123Z, nor a "
				 "duration, as 2h",
				 optarg);
	options->since_ms = date_now_ms() - (int64_t)ago_ms;
	return 0;
}

static int parse_query(struct options *options, int letter, struct error *err)
{
	switch (letter) {
	case 's':
		return take_state(options, err);
	case 'l':
		return str_to_u64(&options->limit, optarg, 1, UINT64_MAX, err);
	case 'a':
		return take_after(options, err);
	case 'g':
		options->has_grace = true;
		return str_to_duration(&options->grace_ms, optarg, err);
	case 'k':
		return take_signal(options, err);
	case 'o':
		options->output = optarg;
		return 0;
	case 'G':
		options->group = optarg;
		return 0;
	case 'S':
		return take_since(options, err);
	case 'f':
		options->follow = true;
		return 0;
	case 'v':
		options->svg = true;
		return 0;
	default:
		return parse_prune(options, letter, err);
	}
}

static int parse_top(struct options *options, int letter, struct error *err)
{
	(void)err;
	options->debug = options->debug || letter == 'd';
	options->version = options->version || letter == 'V';
	return 0;
}

struct grammar {
	const char *letters;
	const struct option *longs;
	int (*parse_one)(struct options *options, int letter, struct error *err);
};

/* '+': what follows the first operand is the job's own; ':': we say what is wrong. */
static const struct grammar top = { "+:dhV", top_options, parse_top };
/* What OPTIONS_JOB takes is made from the settings. */
static const struct grammar grammars[] = {
	[OPTIONS_TAIL] = { "+:fn:c:o:s:th", tail_options, parse_tail },
	[OPTIONS_QUERY] = { "+:s:l:a:g:k:o:fjh", query_options, parse_query },
};

/* Values of options are command lines, too: bad ones are wrong usage. */
static int bad_value(struct error *err, int letter, const char *name)
{
	err->kind = ERROR_USAGE;
	return name ? error_wrap(err, "option '--%s'", name)
		    : error_wrap(err, "option '-%c'", letter);
}

static int parse(struct options *options, const struct grammar *grammar, int argc,
		 char *argv[], struct error *err)
{
	int letter;
	int at = -1;

	/* 0 starts getopt over, with what it had cached forgotten. */
	optind = 0;
	opterr = 0;
	while ((letter = getopt_long(argc, argv, grammar->letters, grammar->longs,
				     &at)) != -1) {
		const char *option = argv[optind > 1 ? optind - 1 : 1];

		if (letter == '?')
			return error_set(err, ERROR_USAGE,
					 "unknown option '%s'; see runjob --help",
					 option);
		if (letter == ':')
			return error_set(err, ERROR_USAGE, "option '%s' wants a value",
					 option);
		if (letter == 'h')
			options->help = true;
		else if (letter == 'j')
			options->json = true;
		else if (letter == 'O')
			options->owner = optarg;
		else if (grammar->parse_one(options, letter, err) < 0)
			return bad_value(err, letter,
					 at < 0 ? NULL : grammar->longs[at].name);
		at = -1;
	}
	options->operands = argv + optind;
	options->operand_count = argc - optind;
	return 0;
}

static int parse_settings(struct options *options, int argc, char *argv[],
			  struct error *err)
{
	/* Three more, and the end. */
	struct option longs[SETTINGS_MAX + 4] = { { "json", no_argument, NULL, 'j' },
						  { "owner", required_argument, NULL,
						    'O' },
						  { "help", no_argument, NULL, 'h' } };
	auto_buf struct buf letters = BUF_EMPTY;
	struct grammar grammar = { NULL, longs, parse_job };
	size_t count = 3;

	buf_add_str(&letters, "+:jh");
	for (int i = 0; !setting_is_last(&settings[i]) && i < SETTINGS_MAX; i++) {
		bool is_flag = settings[i].kind == SETTING_FLAG;

		if (settings[i].letters)
			buf_add_str(&letters, settings[i].letters);
		if (settings[i].option)
			longs[count++] = (struct option){ settings[i].option,
							  is_flag ? no_argument
								  : required_argument,
							  NULL, SETTING_BASE + i };
	}
	grammar.letters = buf_str(&letters);
	return parse(options, &grammar, argc, argv, err);
}

int options_parse(struct options *options, int argc, char *argv[], struct error *err)
{
	if (parse(options, &top, argc, argv, err) < 0)
		return -1;
	if (!options->help && !options->version && options->operand_count == 0)
		return error_set(err, ERROR_USAGE,
				 "a command is missing; see runjob --help");
	return 0;
}

int options_parse_command(struct options *options, enum options_grammar grammar, int argc,
			  char *argv[], struct error *err)
{
	if (grammar == OPTIONS_JOB)
		return parse_settings(options, argc, argv, err);
	if (grammar != OPTIONS_RAW)
		return parse(options, &grammars[grammar], argc, argv, err);
	options->operands = argv + 1;
	options->operand_count = argc - 1;
	return 0;
}

void options_free(struct options *options)
{
	job_plan_free(&options->plan);
}
