#include "lib/layout.h"

#include <stdbool.h>
#include <unistd.h>

#include "lib/error.h"
#include "lib/str.h"
#include "tests/lib/check.h"

static void environment_comes_first(void)
{
	auto_layout struct layout layout = LAYOUT_EMPTY;
	struct error err = { 0 };

	setenv("HOOKTOOLS_STATE", "/s", 1);
	setenv("HOOKTOOLS_CONF", "/c", 1);
	setenv("HOOKTOOLS_RUN", "/r", 1);
	CHECK(layout_read(&layout, &err) == 0);
	CHECK_STR(layout.state, "/s");
	CHECK_STR(layout.conf, "/c");
	CHECK_STR(layout.run, "/r");
	CHECK(str_ends(layout.libexec, "/libexec/hooktools"));
	CHECK(str_ends(layout.share, "/share/hooktools") && layout.share[0] == '/');
}

/* The leak checker wants to be who began. */
static void be_a_person(bool person)
{
	if (getuid() == 0)
		CHECK(seteuid(person ? 65534 : 0) == 0);
}

static void a_person_gets_the_xdg_places(void)
{
	auto_layout struct layout layout = LAYOUT_EMPTY;
	struct error err = { 0 };

	be_a_person(true);
	unsetenv("HOOKTOOLS_STATE");
	unsetenv("HOOKTOOLS_CONF");
	unsetenv("HOOKTOOLS_RUN");
	unsetenv("XDG_CONFIG_HOME");
	setenv("XDG_STATE_HOME", "/xs", 1);
	setenv("XDG_RUNTIME_DIR", "/xr", 1);
	setenv("HOME", "/h", 1);
	CHECK(layout_read(&layout, &err) == 0);
	CHECK_STR(layout.state, "/xs/hooktools");
	CHECK_STR(layout.conf, "/h/.config/hooktools");
	CHECK_STR(layout.run, "/xr/hooktools");
	be_a_person(false);
}

static void no_home_is_said(void)
{
	auto_layout struct layout layout = LAYOUT_EMPTY;
	struct error err = { 0 };

	be_a_person(true);
	unsetenv("HOOKTOOLS_STATE");
	unsetenv("XDG_STATE_HOME");
	unsetenv("HOME");
	CHECK(layout_read(&layout, &err) == -1 && err.kind == ERROR_CONFIG);
	CHECK_STR(err.message, "neither HOOKTOOLS_STATE, XDG_STATE_HOME nor HOME is set");
	be_a_person(false);
}

static void key_comes_from_three_places(void)
{
	struct layout layout = { .conf = (char[]){ "/c" } };
	char *path;

	unsetenv("HOOKTOOLS_KEY_FILE");
	unsetenv("CREDENTIALS_DIRECTORY");
	path = layout_key_file(&layout);
	CHECK_STR(path, "/c/hooktools.key");
	free(path);
	setenv("CREDENTIALS_DIRECTORY", "/cd", 1);
	path = layout_key_file(&layout);
	CHECK_STR(path, "/cd/hooktools.key");
	free(path);
	setenv("HOOKTOOLS_KEY_FILE", "/k", 1);
	path = layout_key_file(&layout);
	CHECK_STR(path, "/k");
	free(path);
}

static const struct check_case cases[] = {
	{ "environment_comes_first", environment_comes_first },
	{ "a_person_gets_the_xdg_places", a_person_gets_the_xdg_places },
	{ "no_home_is_said", no_home_is_said },
	{ "key_comes_from_three_places", key_comes_from_three_places },
};

CHECK_MAIN(cases)
