#include "lib/cli.h"

#include "lib/error.h"
#include "lib/str.h"
#include "tests/lib/check.h"

struct options {
	struct cli cli;
	const char *file;
	bool json;
};

static const struct option longs[] = {
	{ "debug", no_argument, NULL, 'd' },   { "file", required_argument, NULL, 'f' },
	{ "help", no_argument, NULL, 'h' },    { "json", no_argument, NULL, 'j' },
	{ "version", no_argument, NULL, 'V' }, { NULL, 0, NULL, 0 },
};

static int take(void *context, int letter, struct error *err)
{
	struct options *options = context;

	if (letter == 'f' && strcmp(optarg, "bad") == 0)
		return error_set(err, ERROR_USAGE, "bad file");
	if (letter == 'f')
		options->file = optarg;
	options->json = options->json || letter == 'j';
	return 0;
}

static int parse(struct options *options, const char *line, struct error *err)
{
	static const struct cli_grammar grammar = { "df:hjV", longs, take };
	static char words[400][32];
	char *argv[400] = { words[0] };
	int argc;

	snprintf(words[0], sizeof(words[0]), "program");
	for (argc = 1; line; argc++) {
		struct str_view word = str_split(&line, ' ');

		snprintf(words[argc], sizeof(words[argc]), "%.*s", (int)word.len,
			 word.data);
		argv[argc] = words[argc];
	}
	*options =
		(struct options){ .cli = { .program = "program", .context = options } };
	return cli_parse(&options->cli, &grammar, argc, argv, err);
}

static void check_refusal(const char *text, const char *message)
{
	struct options options;
	struct error err = { 0 };

	CHECK(parse(&options, text, &err) == -1);
	CHECK(err.kind == ERROR_USAGE);
	CHECK_STR(err.message, message);
}

static void takes_options_and_words_in_any_order(void)
{
	struct options options;
	struct error err = { 0 };
	char line[] = "show -j one --file=x two -d";

	CHECK(parse(&options, line, &err) == 0);
	CHECK(options.cli.count == 3);
	CHECK_STR(options.cli.words[0], "show");
	CHECK_STR(options.cli.words[1], "one");
	CHECK_STR(options.cli.words[2], "two");
	CHECK_STR(options.file, "x");
	CHECK(options.json && options.cli.debug && !options.cli.help);
	CHECK_STR(options.cli.used, "jf");
}

static void takes_what_is_behind_two_dashes_as_words(void)
{
	struct options options;
	struct error err = { 0 };
	char line[] = "put - -- -j --help";

	CHECK(parse(&options, line, &err) == 0);
	CHECK(options.cli.count == 4 && !options.json && !options.cli.help);
	CHECK_STR(options.cli.words[1], "-");
	CHECK_STR(options.cli.words[3], "--help");
}

static void names_the_option_that_is_wrong(void)
{
	check_refusal("list -x", "unknown option '-x': program --help shows them");
	check_refusal("list --wrong",
		      "unknown option '--wrong': program --help shows them");
	check_refusal("list -jx", "unknown option '-x': program --help shows them");
	check_refusal("list --json=1",
		      "unknown option '--json=1': program --help shows them");
	check_refusal("list -f", "option '-f' wants a value");
	check_refusal("list --file", "option '--file' wants a value");
	check_refusal("list -f bad", "bad file");
}

static void bounds_the_words(void)
{
	struct options options;
	struct error err = { 0 };
	char line[2 * CLI_WORDS + 10];
	size_t i;

	for (i = 0; i <= CLI_WORDS; i++)
		memcpy(line + 2 * i, " x", 3);
	CHECK(parse(&options, line, &err) == -1);
	CHECK(err.kind == ERROR_USAGE);
}

static void knows_what_belongs_to_a_command(void)
{
	struct options options;
	struct error err = { 0 };
	char line[] = "list -j -d";

	CHECK(parse(&options, line, &err) == 0);
	CHECK(cli_check(&options.cli, "list", "fj", &err) == 0);
	CHECK(cli_check(&options.cli, "list", "f", &err) == -1);
	CHECK_STR(err.message,
		  "option -j does not belong to list: program --help shows them");
}

static void reads_a_limit(void)
{
	static const char *const bad[] = { "0", "", "-1", "1x", "4294967296" };
	struct error err = { 0 };
	uint64_t limit = 0;

	CHECK(cli_limit(&limit, "4294967295", &err) == 0 && limit == UINT32_MAX);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK(cli_limit(&limit, bad[i], &err) == -1 && err.kind == ERROR_USAGE);
	CHECK_STR(err.message, "--limit wants a number, not '4294967296'");
}

static void answers_only_when_it_is_asked(void)
{
	struct options options;
	struct error err = { 0 };
	char none[] = "list";
	char help[] = "list -h";
	bool answered = true;

	CHECK(parse(&options, none, &err) == 0);
	CHECK(cli_answer(&answered, &options.cli, "usage\n", &err) == 0);
	CHECK(!answered);
	CHECK(parse(&options, help, &err) == 0);
	CHECK(cli_answer(&answered, &options.cli, "usage\n", &err) == 0);
	CHECK(answered);
}

static const struct check_case cases[] = {
	{ "takes_options_and_words_in_any_order", takes_options_and_words_in_any_order },
	{ "takes_what_is_behind_two_dashes_as_words",
	  takes_what_is_behind_two_dashes_as_words },
	{ "names_the_option_that_is_wrong", names_the_option_that_is_wrong },
	{ "bounds_the_words", bounds_the_words },
	{ "knows_what_belongs_to_a_command", knows_what_belongs_to_a_command },
	{ "reads_a_limit", reads_a_limit },
	{ "answers_only_when_it_is_asked", answers_only_when_it_is_asked },
};

CHECK_MAIN(cases)
