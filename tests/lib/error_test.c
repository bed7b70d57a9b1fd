#include "lib/error.h"

#include <errno.h>

#include "tests/lib/check.h"

static void set_gives_minus_one_and_the_text(void)
{
	struct error err = { 0 };

	CHECK(error_set(&err, ERROR_DATA, "line %d", 3) == -1);
	CHECK(err.kind == ERROR_DATA);
	CHECK_STR(err.message, "line 3");
}

static void errno_names_object_and_reason(void)
{
	struct error err = { 0 };

	errno = ENOENT;
	CHECK(error_errno(&err, "open '%s'", "x") == -1);
	CHECK_STR(err.message, "open 'x': No such file or directory");
	CHECK(err.kind == ERROR_SYSTEM);
	errno = EACCES;
	error_errno(&err, "open");
	CHECK(err.kind == ERROR_DENIED);
	errno = ECONNREFUSED;
	error_errno(&err, "connect");
	CHECK(err.kind == ERROR_TEMPORARY);
}

static void wrap_keeps_the_kind(void)
{
	struct error err = { 0 };

	error_set(&err, ERROR_CONFIG, "no '='");
	CHECK(error_wrap(&err, "line %d", 7) == -1);
	CHECK_STR(err.message, "line 7: no '='");
	CHECK(err.kind == ERROR_CONFIG);
}

static void long_texts_are_cut(void)
{
	struct error err = { 0 };
	int i;

	error_set(&err, ERROR_DATA, "%0600d", 1);
	CHECK(strlen(err.message) == sizeof(err.message) - 1);
	for (i = 0; i < 40; i++)
		error_wrap(&err, "%s", "twenty characters ..");
	CHECK(strlen(err.message) == sizeof(err.message) - 1);
}

static void every_kind_has_its_status(void)
{
	static const struct {
		enum error_kind kind;
		int status;
		const char *word;
	} want[] = {
		{ ERROR_ABSENT, 1, "permanent" },  { ERROR_USAGE, 64, "permanent" },
		{ ERROR_DATA, 65, "permanent" },   { ERROR_BUG, 70, "permanent" },
		{ ERROR_SYSTEM, 71, "temporary" }, { ERROR_TEMPORARY, 75, "temporary" },
		{ ERROR_DENIED, 77, "permanent" }, { ERROR_CONFIG, 78, "permanent" },
		{ ERROR_NONE, 70, "permanent" },
	};
	size_t i;

	for (i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		struct error err = { .kind = want[i].kind };

		CHECK(error_exit_status(&err) == want[i].status);
		CHECK_STR(error_retry_word(&err), want[i].word);
	}
}

static const struct check_case cases[] = {
	{ "set_gives_minus_one_and_the_text", set_gives_minus_one_and_the_text },
	{ "errno_names_object_and_reason", errno_names_object_and_reason },
	{ "wrap_keeps_the_kind", wrap_keeps_the_kind },
	{ "long_texts_are_cut", long_texts_are_cut },
	{ "every_kind_has_its_status", every_kind_has_its_status },
};

CHECK_MAIN(cases)
