#include "lib/path.h"

#include <stdbool.h>

#include "tests/lib/check.h"

static void joins_with_one_slash(void)
{
	char *joined = path_join("/a", "b");

	CHECK_STR(joined, "/a/b");
	free(joined);
	joined = path_join("/", "b");
	CHECK_STR(joined, "/b");
	free(joined);
}

static void safe_names_stay_in_their_folder(void)
{
	char long_name[257];

	CHECK(path_is_safe_name("0195-a.b_c+d@e") && path_is_safe_name("a"));
	CHECK(!path_is_safe_name("") && !path_is_safe_name(".") &&
	      !path_is_safe_name(".."));
	CHECK(!path_is_safe_name(".hidden") && !path_is_safe_name("a/b"));
	CHECK(!path_is_safe_name("a b") && !path_is_safe_name("a\n") &&
	      !path_is_safe_name("\xc3\xa9"));
	memset(long_name, 'a', 256);
	long_name[256] = '\0';
	CHECK(!path_is_safe_name(long_name));
	CHECK(path_is_safe_name(long_name + 1));
}

static const struct check_case cases[] = {
	{ "joins_with_one_slash", joins_with_one_slash },
	{ "safe_names_stay_in_their_folder", safe_names_stay_in_their_folder },
};

CHECK_MAIN(cases)
