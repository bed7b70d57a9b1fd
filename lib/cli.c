#include "lib/cli.h"

#include <string.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/str.h"

static int add_word(struct cli *cli, const char *word, struct error *err)
{
	if (cli->count == CLI_WORDS)
		return error_set(err, ERROR_USAGE, "too many arguments at '%s'", word);
	cli->words[cli->count++] = word;
	return 0;
}

/* optind is behind the argument at fault, or on it when there are letters left in it. */
static int refuse(const struct cli *cli, char *const argv[], int answer,
		  struct error *err)
{
	const char *argument = argv[optind - 1];
	char letter[3] = { '-', (char)optopt, '\0' };
	const char *option = optopt && !str_starts(argument, "--") ? letter : argument;

	if (answer == ':')
		return error_set(err, ERROR_USAGE, "option '%s' wants a value", option);
	return error_set(err, ERROR_USAGE, "unknown option '%s': %s --help shows them",
			 option, cli->program);
}

static int take(struct cli *cli, const struct cli_grammar *grammar, int letter,
		struct error *err)
{
	size_t used = strlen(cli->used);

	switch (letter) {
	case 1:
		return add_word(cli, optarg, err);
	case 'd':
		cli->debug = true;
		return 0;
	case 'h':
		cli->help = true;
		return 0;
	case 'V':
		cli->version = true;
		return 0;
	default:
		if (!strchr(cli->used, letter))
			cli->used[used] = (char)letter;
		return grammar->take(cli->context, letter, err);
	}
}

int cli_parse(struct cli *cli, const struct cli_grammar *grammar, int argc, char *argv[],
	      struct error *err)
{
	/* The "-" hands operands over in their order, wherever options stand. */
	auto_free char *letters = str_format("-:%s", grammar->letters);
	int letter;

	opterr = 0;
	optind = 0;
	while ((letter = getopt_long(argc, argv, letters, grammar->longs, NULL)) != -1) {
		if (letter == '?' || letter == ':')
			return refuse(cli, argv, letter, err);
		if (take(cli, grammar, letter, err) < 0)
			return -1;
	}
	/* What is behind "--". */
	for (; optind < argc; optind++) {
		if (add_word(cli, argv[optind], err) < 0)
			return -1;
	}
	return 0;
}

int cli_check(const struct cli *cli, const char *command, const char *letters,
	      struct error *err)
{
	const char *letter;

	for (letter = cli->used; *letter; letter++) {
		if (!strchr(letters, *letter))
			return error_set(err, ERROR_USAGE,
					 "option -%c does not belong to %s: "
					 "%s --help shows them",
					 *letter, command, cli->program);
	}
	return 0;
}

int cli_limit(uint64_t *limit, const char *text, struct error *err)
{
	if (str_to_u64(limit, text, 1, UINT32_MAX, err) == 0)
		return 0;
	return error_set(err, ERROR_USAGE, "--limit wants a number, not '%s'", text);
}

int cli_answer(bool *answered, const struct cli *cli, const char *usage,
	       struct error *err)
{
	auto_free char *version = str_format("%s %s\n", cli->program, HOOKTOOLS_VERSION);
	const char *text = cli->help ? usage : version;

	*answered = cli->help || cli->version;
	if (!*answered)
		return 0;
	return file_write(STDOUT_FILENO, text, strlen(text), "standard output", err);
}
