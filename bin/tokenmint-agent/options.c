#include "bin/tokenmint-agent/options.h"

#include <string.h>

#include "lib/error.h"
#include "lib/str.h"

const char options_usage[] =
	"usage: tokenmint agent [-l unix:PATH] [--policy FILE] [--check]\n"
	"       tokenmint exec OWNER[/REPO] [--app NAME] [--min-ttl 25m] [--repository "
	"R]...\n"
	"                 [--permission contents=read]... -- CMD...\n";

static const struct option longs[] = {
	{ "app", required_argument, NULL, 'a' },
	{ "check", no_argument, NULL, 'c' },
	{ "debug", no_argument, NULL, 'd' },
	{ "help", no_argument, NULL, 'h' },
	{ "listen", required_argument, NULL, 'l' },
	{ "min-ttl", required_argument, NULL, 'm' },
	{ "permission", required_argument, NULL, 'p' },
	{ "policy", required_argument, NULL, 'P' },
	{ "repository", required_argument, NULL, 'r' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

static int add_text(const char **texts, size_t *count, struct error *err)
{
	if (*count >= OPTIONS_SCOPE)
		return error_set(err, ERROR_USAGE, "too many arguments at '%s'", optarg);
	texts[(*count)++] = optarg;
	return 0;
}

static int take(void *context, int letter, struct error *err)
{
	struct options *options = context;

	switch (letter) {
	case 'a':
		options->app = optarg;
		return 0;
	case 'c':
		options->checks = true;
		return 0;
	case 'l':
		options->listen = optarg;
		return 0;
	case 'm':
		options->min_ttl = optarg;
		return 0;
	case 'P':
		options->policy = optarg;
		return 0;
	case 'p':
		return add_text(options->permissions, &options->permission_count, err);
	case 'r':
		return add_text(options->repositories, &options->repository_count, err);
	default:
		return error_set(err, ERROR_BUG, "option -%c", letter);
	}
}

/* exec's command may be long, and none of its words is ours. */
static void cut_command(struct options *options, int *argc, char *argv[])
{
	for (int i = 1; i < *argc; i++)
		if (str_equal(argv[i], "--")) {
			options->command = argv + i + 1;
			*argc = i;
			argv[i] = NULL;
			return;
		}
}

int options_parse(struct options *options, int argc, char *argv[], struct error *err)
{
	static const struct cli_grammar grammar = { "a:cdhl:m:P:p:r:V", longs, take };

	*options =
		(struct options){ .cli = { .program = "tokenmint", .context = options } };
	cut_command(options, &argc, argv);
	return cli_parse(&options->cli, &grammar, argc, argv, err);
}
