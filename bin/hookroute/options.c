#include "bin/hookroute/options.h"

#include <getopt.h>
#include <string.h>

#include "bin/hookroute/dispatch.h"
#include "lib/error.h"
#include "lib/path.h"
#include "lib/str.h"
#include "lib/uuid.h"

enum { JOBS_MAX = 65536 };

const char options_usage[] =
	"usage: hookroute run [-j N]\n"
	"       hookroute drain [-j N]\n"
	"       hookroute filter [--routes DIR] [--to NAME] < events\n"
	"       hookroute test [--routes DIR] [FILE...]\n"
	"       hookroute check [--routes DIR]\n"
	"       hookroute put < events\n"
	"       hookroute put --event NAME [--name REPOSITORY] [--hook ID] < payloads\n"
	"       hookroute list [new|cur|defer|hold|dead|done] [--limit N] [--after ID] "
	"[--json]\n"
	"       hookroute show ID [--json]\n"
	"       hookroute retry ID...|--dead\n";

static const struct option longs[] = {
	{ "after", required_argument, NULL, 'a' },
	{ "dead", no_argument, NULL, 'D' },
	{ "debug", no_argument, NULL, 'd' },
	{ "event", required_argument, NULL, 'e' },
	{ "help", no_argument, NULL, 'h' },
	{ "hook", required_argument, NULL, 'k' },
	{ "jobs", required_argument, NULL, 'j' },
	{ "json", no_argument, NULL, 'J' },
	{ "limit", required_argument, NULL, 'l' },
	{ "name", required_argument, NULL, 'n' },
	{ "routes", required_argument, NULL, 'r' },
	{ "to", required_argument, NULL, 't' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

static int take_operand(struct options *options, struct error *err)
{
	if (!options->command) {
		options->command = optarg;
		return 0;
	}
	if (options->operand_count == OPTIONS_OPERANDS)
		return error_set(err, ERROR_USAGE, "too many arguments at '%s'", optarg);
	options->operands[options->operand_count++] = optarg;
	return 0;
}

static int take_number(uint64_t *number, const char *name, uint64_t max,
		       struct error *err)
{
	if (str_to_u64(number, optarg, 1, max, err) < 0)
		return error_set(err, ERROR_USAGE,
				 "%s wants a number of at least 1, not '%s'", name,
				 optarg);
	return 0;
}

static int take_id(const char **id, const char *name, struct error *err)
{
	if (!uuid_is_valid(optarg))
		return error_set(err, ERROR_USAGE, "%s wants an id, not '%s'", name,
				 optarg);
	*id = optarg;
	return 0;
}

static int take_event(struct options *options, struct error *err)
{
	if (!path_is_safe_name(optarg))
		return error_set(err, ERROR_USAGE,
				 "--event wants a name as push, not '%s'", optarg);
	options->event = optarg;
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

static int take_value(struct options *options, int letter, struct error *err)
{
	switch (letter) {
	case 1:
		return take_operand(options, err);
	case 'a':
		return take_id(&options->after, "--after", err);
	case 'e':
		return take_event(options, err);
	case 'j':
		return take_number(&options->jobs, "--jobs", JOBS_MAX, err);
	case 'k':
		return take_id(&options->hook, "--hook", err);
	case 'l':
		return take_number(&options->limit, "--limit", UINT32_MAX, err);
	case 'n':
		return take_name(options, err);
	case 'r':
		options->routes = optarg;
		return 0;
	case 't':
		options->to = optarg;
		return 0;
	default:
		return error_set(err, ERROR_USAGE,
				 "unknown option, or one without its value: "
				 "hookroute --help shows them");
	}
}

static int take_one(struct options *options, int letter, struct error *err)
{
	size_t used = strlen(options->used);

	if (letter != 1 && letter != '?' && letter != ':' &&
	    !strchr(options->used, letter))
		options->used[used] = (char)letter;
	switch (letter) {
	case 'D':
		options->dead = true;
		return 0;
	case 'd':
		options->debug = true;
		return 0;
	case 'h':
		options->help = true;
		return 0;
	case 'J':
		options->json = true;
		return 0;
	case 'V':
		options->version = true;
		return 0;
	default:
		return take_value(options, letter, err);
	}
}

/* The leading "-" hands operands over in their order, wherever options stand. */
int options_parse(struct options *options, int argc, char *argv[], struct error *err)
{
	struct options parsed = { .jobs = DISPATCH_EVENTS, .limit = UINT64_MAX };
	int letter = 0;

	opterr = 0;
	while ((letter = getopt_long(argc, argv, "-:a:Dde:hj:Jk:l:n:r:t:V", longs,
				     NULL)) != -1) {
		if (take_one(&parsed, letter, err) < 0)
			return -1;
	}
	for (; optind < argc; optind++) {
		optarg = argv[optind];
		if (take_one(&parsed, 1, err) < 0)
			return -1;
	}
	*options = parsed;
	return 0;
}
