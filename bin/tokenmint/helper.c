#include "bin/tokenmint/helper.h"

#include <stddef.h>

#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/layout.h"
#include "lib/log.h"
#include "lib/path.h"
#include "lib/process.h"
#include "lib/str.h"

/* clang-format off */
static const struct helper {
	const char *word;
	const char *program;
} helpers[] = {
	{ "agent", "tokenmint-agent" },
	{ "apikey", "tokenmint-identity" },
	{ "exec", "tokenmint-agent" },
	{ "login", "tokenmint-login" },
	{ "logout", "tokenmint-login" },
	{ "oidc", "tokenmint-login" },
	{ "prune", "tokenmint-run" },
	{ "run-token", "tokenmint-run" },
	{ "session", "tokenmint-identity" },
	{ "visitor", "tokenmint-login" },
	{ "whoami", "tokenmint-login" },
};
/* clang-format on */

/* NULL when no helper is called. */
static const struct helper *find(char *argv[])
{
	const char *word = NULL;

	while (*argv && !word) {
		argv++;
		if (!str_equal(*argv, "-d") && !str_equal(*argv, "--debug"))
			word = *argv;
	}
	for (size_t i = 0; i < sizeof(helpers) / sizeof(helpers[0]); i++)
		if (str_equal(helpers[i].word, word))
			return &helpers[i];
	return NULL;
}

bool helper_is_called(int argc, char *argv[])
{
	return argc > 1 && find(argv);
}

int helper_become(char *argv[])
{
	const struct helper *helper = find(argv);
	auto_layout struct layout layout = LAYOUT_EMPTY;
	auto_free char *program = NULL;
	struct error err = { 0 };

	log_start("tokenmint", false);
	if (layout_read(&layout, &err) == 0) {
		program = path_join(layout.libexec, helper->program);
		argv[0] = program;
		(void)process_become((const char *const *)argv,
				     (struct str_view){ NULL, 0 }, &err);
	}
	log_error("%s", err.message);
	return error_exit_status(&err);
}
