#include "bin/hookroute-forward/options.h"

#include "lib/error.h"
#include "lib/str.h"
#include "lib/vault.h"

enum { TIMEOUT_MS = 30000, TIMEOUT_MAX_MS = 600000 };

const char options_usage[] =
	"usage: hookroute-forward forward --url URL|NAME [--key NAME] [--timeout D] -\n"
	"       hookroute-forward chat --url NAME [--style slack|discord|teams] "
	"[--timeout D] -\n"
	"       hookroute-forward mail --to ADDRESSES [--from ADDRESS] [--sendmail "
	"PROGRAM] "
	"[--timeout D] -\n";

static const struct option longs[] = {
	{ "debug", no_argument, NULL, 'd' },
	{ "from", required_argument, NULL, 'f' },
	{ "help", no_argument, NULL, 'h' },
	{ "key", required_argument, NULL, 'k' },
	{ "sendmail", required_argument, NULL, 'm' },
	{ "style", required_argument, NULL, 's' },
	{ "timeout", required_argument, NULL, 'T' },
	{ "to", required_argument, NULL, 't' },
	{ "url", required_argument, NULL, 'u' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

static const struct {
	const char *kind;
	const char *letters;
} kinds[] = {
	{ "forward", "ukT" },
	{ "chat", "usT" },
	{ "mail", "tfmT" },
};

static int take_secret(const char **name, const char *option, struct error *err)
{
	if (!vault_is_name(optarg))
		return error_set(err, ERROR_USAGE,
				 "%s wants a name in the vault as global/chat.url",
				 option);
	*name = optarg;
	return 0;
}

static int take_url(struct options *options, struct error *err)
{
	if (!str_starts(optarg, "https://") && !str_starts(optarg, "http://"))
		return take_secret(&options->url, "--url", err);
	options->url = optarg;
	return 0;
}

static int take_address(const char **address, const char *option, struct error *err)
{
	const char *at;

	for (at = optarg; *at; at++) {
		if (*at < ' ' || *at > '~')
			return error_set(err, ERROR_USAGE,
					 "%s wants addresses in plain ASCII", option);
	}
	if (at == optarg || *optarg == '-')
		return error_set(err, ERROR_USAGE, "%s wants an address", option);
	*address = optarg;
	return 0;
}

static int take_style(struct options *options, struct error *err)
{
	if (!str_equal(optarg, "slack") && !str_equal(optarg, "discord") &&
	    !str_equal(optarg, "teams"))
		return error_set(
			err, ERROR_USAGE,
			"no style '%s': slack (Mattermost, too), discord or teams",
			optarg);
	options->style = optarg;
	return 0;
}

static int take_timeout(struct options *options, struct error *err)
{
	if (str_to_duration(&options->timeout_ms, optarg, err) < 0 ||
	    options->timeout_ms < 1 || options->timeout_ms > TIMEOUT_MAX_MS)
		return error_set(err, ERROR_USAGE,
				 "--timeout wants a time up to 10m as 30s, not '%s'",
				 optarg);
	return 0;
}

static int take(void *context, int letter, struct error *err)
{
	struct options *options = context;

	switch (letter) {
	case 'f':
		return take_address(&options->from, "--from", err);
	case 'k':
		return take_secret(&options->key, "--key", err);
	case 'm':
		options->sendmail = optarg;
		return 0;
	case 's':
		return take_style(options, err);
	case 't':
		return take_address(&options->to, "--to", err);
	case 'T':
		return take_timeout(options, err);
	case 'u':
		return take_url(options, err);
	default:
		return error_set(err, ERROR_BUG, "option -%c", letter);
	}
}

static int check(struct options *options, struct error *err)
{
	const struct cli *cli = &options->cli;
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!str_equal(kinds[i].kind, cli->words[0]))
			continue;
		options->kind = kinds[i].kind;
		if (cli->count != 2 || !str_equal(cli->words[1], "-"))
			return error_set(
				err, ERROR_USAGE,
				"it takes what comes on its input: hookroute-forward %s "
				"... -",
				options->kind);
		return cli_check(cli, options->kind, kinds[i].letters, err);
	}
	return error_set(err, ERROR_USAGE, "it is called as forward, chat or mail");
}

static int check_needs(const struct options *options, struct error *err)
{
	bool is_mail = str_equal(options->kind, "mail");

	if (is_mail && !options->to)
		return error_set(err, ERROR_USAGE, "mail needs --to");
	if (!is_mail && !options->url)
		return error_set(err, ERROR_USAGE, "%s needs --url", options->kind);
	/* Who knows a chat's url may write there, and everybody may read an argument. */
	if (str_equal(options->kind, "chat") && !vault_is_name(options->url))
		return error_set(err, ERROR_USAGE,
				 "a chat's url is a secret: tokenmint vault put "
				 "global/chat.url, then --url global/chat.url");
	return 0;
}

int options_parse(struct options *options, int argc, char *argv[], struct error *err)
{
	static const struct cli_grammar grammar = { "df:hk:m:s:T:t:u:V", longs, take };

	*options = (struct options){ .cli = { .program = "hookroute-forward",
					      .context = options },
				     .style = "slack",
				     .sendmail = "/usr/sbin/sendmail",
				     .timeout_ms = TIMEOUT_MS };
	if (cli_parse(&options->cli, &grammar, argc, argv, err) < 0)
		return -1;
	if (options->cli.help || options->cli.version)
		return 0;
	if (check(options, err) < 0)
		return -1;
	return check_needs(options, err);
}
