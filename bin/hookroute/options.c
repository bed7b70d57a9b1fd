#include "bin/hookroute/options.h"

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

static int take(void *context, int letter, struct error *err)
{
	struct options *options = context;

	switch (letter) {
	case 'a':
		return take_id(&options->after, "--after", err);
	case 'D':
		options->dead = true;
		return 0;
	case 'e':
		return take_event(options, err);
	case 'j':
		return take_number(&options->jobs, "--jobs", JOBS_MAX, err);
	case 'J':
		options->json = true;
		return 0;
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
		return error_set(err, ERROR_BUG, "option -%c", letter);
	}
}

int options_parse(struct options *options, int argc, char *argv[], struct error *err)
{
	static const struct cli_grammar grammar = { "a:Dde:hj:Jk:l:n:r:t:V", longs,
						    take };

	*options =
		(struct options){ .cli = { .program = "hookroute", .context = options },
				  .jobs = DISPATCH_EVENTS,
				  .limit = UINT64_MAX };
	if (cli_parse(&options->cli, &grammar, argc, argv, err) < 0)
		return -1;
	options->command = options->cli.words[0];
	options->operands = options->cli.words + 1;
	options->operand_count = options->cli.count ? options->cli.count - 1 : 0;
	return 0;
}
