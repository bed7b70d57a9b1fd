#include "lib/config.h"

#include <fcntl.h>
#include <unistd.h>

#include "lib/error.h"
#include "lib/file.h"
#include "lib/layout.h"
#include "tests/lib/check.h"

static int load(struct config *config, const char *text, struct error *err)
{
	struct layout layout = { .conf = (char[]){ "." } };

	unsetenv("HOOKTOOLS_RETRY");
	CHECK(chdir(getenv("BATS_TEST_TMPDIR")) == 0);
	if (text)
		CHECK(file_replace(AT_FDCWD, "hooktools.conf", text, strlen(text), 0600,
				   err) == 0);
	return config_load(config, &layout, err);
}

static void a_missing_file_is_fine(void)
{
	auto_config struct config config = CONFIG_EMPTY;
	struct error err = { 0 };

	CHECK(load(&config, NULL, &err) == 0);
	CHECK(config_get(&config, "HOOKTOOLS_RETRY") == NULL);
}

static void lines_quotes_and_comments(void)
{
	auto_config struct config config = CONFIG_EMPTY;
	struct error err = { 0 };

	CHECK(load(&config,
		   "# c\n; c\n\nHOOKTOOLS_RETRY=\"5s 5m\"\r\n HOOKTOOLS_CGROUP = no \n"
		   "HOOKTOOLS_JOBS_MAX='4'\nHOOKTOOLS_GITHUB_URL=\n",
		   &err) == 0);
	CHECK_STR(config_get(&config, "HOOKTOOLS_RETRY"), "5s 5m");
	CHECK_STR(config_get(&config, "HOOKTOOLS_CGROUP"), "no");
	CHECK_STR(config_get(&config, "HOOKTOOLS_JOBS_MAX"), "4");
	CHECK(config_get(&config, "HOOKTOOLS_GITHUB_URL") == NULL);
}

static void the_environment_beats_the_file(void)
{
	auto_config struct config config = CONFIG_EMPTY;
	struct error err = { 0 };

	setenv("HOOKTOOLS_CGROUP", "yes", 1);
	CHECK(load(&config, "HOOKTOOLS_CGROUP=no\n", &err) == 0);
	CHECK_STR(config_get(&config, "HOOKTOOLS_CGROUP"), "yes");
}

static void wrong_lines_are_named(void)
{
	auto_config struct config config = CONFIG_EMPTY;
	struct error err = { 0 };

	CHECK(load(&config, "HOOKTOOLS_RETRY=1s\nRETRY=2s\n", &err) == -1);
	CHECK(err.kind == ERROR_CONFIG);
	CHECK_STR(err.message, "./hooktools.conf:2: unknown setting 'RETRY'");
	CHECK(load(&config, "just words\n", &err) == -1);
	CHECK_STR(err.message, "./hooktools.conf:1: no '=' in 'just words'");
}

static const struct check_case cases[] = {
	{ "a_missing_file_is_fine", a_missing_file_is_fine },
	{ "lines_quotes_and_comments", lines_quotes_and_comments },
	{ "the_environment_beats_the_file", the_environment_beats_the_file },
	{ "wrong_lines_are_named", wrong_lines_are_named },
};

CHECK_MAIN(cases)
