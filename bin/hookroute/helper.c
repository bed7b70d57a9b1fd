#include "bin/hookroute/helper.h"

#include <stddef.h>

#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/layout.h"
#include "lib/log.h"
#include "lib/path.h"
#include "lib/process.h"
#include "lib/str.h"

struct helper {
	const char *word;
	const char *program;
	bool is_whole; /* it gets the word, too */
};

static const struct helper helpers[] = {
	{ "plugin", "hookroute-plugin", false },
	{ "schedule", "hookroute-tick", true },
	{ "tick", "hookroute-tick", true },
};

/* NULL when it is none. */
static const struct helper *find(const char *word)
{
	size_t i;

	for (i = 0; i < sizeof(helpers) / sizeof(helpers[0]); i++) {
		if (str_equal(helpers[i].word, word))
			return &helpers[i];
	}
	return NULL;
}

/* Where the word stands; 0 if it does not. */
static int find_word(int argc, char *argv[])
{
	int at = 1;

	while (at < argc && (str_equal(argv[at], "-d") || str_equal(argv[at], "--debug")))
		at++;
	return at < argc && find(argv[at]) ? at : 0;
}

bool helper_is_called(int argc, char *argv[])
{
	return find_word(argc, argv) > 0;
}

int helper_become(int argc, char *argv[])
{
	int at = find_word(argc, argv);
	const struct helper *helper = find(argv[at]);
	auto_layout struct layout layout = LAYOUT_EMPTY;
	auto_free char *program = NULL;
	struct error err = { 0 };

	log_start("hookroute", false);
	if (layout_read(&layout, &err) == 0) {
		program = path_join(layout.libexec, helper->program);
		for (; !helper->is_whole && at < argc; at++)
			argv[at] = argv[at + 1];
		argv[0] = program;
		(void)process_become((const char *const *)argv,
				     (struct str_view){ NULL, 0 }, &err);
	}
	log_error("%s", err.message);
	return error_exit_status(&err);
}
