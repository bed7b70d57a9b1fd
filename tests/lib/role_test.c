#include "lib/role.h"

#include "tests/lib/check.h"

#define VIEWER ROLE_SET(ROLE_VIEWER)
#define OPERATOR ROLE_SET(ROLE_OPERATOR)
#define ADMIN ROLE_SET(ROLE_ADMIN)

static bool read_name(enum role *role, const char *name)
{
	return role_read(role, (struct str_view){ name, strlen(name) });
}

static void names_are_exact(void)
{
	enum role role = ROLE_VIEWER;

	for (int i = 0; i < ROLE_COUNT; i++) {
		CHECK(read_name(&role, role_name((enum role)i)));
		CHECK((int)role == i);
	}
	CHECK(!read_name(&role, "Admin") && !read_name(&role, "admin ") &&
	      !read_name(&role, "") && !read_name(&role, "root"));
}

static void a_viewer_looks_and_changes_nothing(void)
{
	CHECK(role_may(VIEWER, "GET", "/"));
	CHECK(role_may(VIEWER, "GET", "/runs") && role_may(VIEWER, "HEAD", "/runs/17"));
	CHECK(role_may(VIEWER, "POST", "/logout"));
	CHECK(role_may(VIEWER, "GET", "/local_jobs"));
	CHECK(!role_may(VIEWER, "POST", "/repositories"));
	CHECK(!role_may(VIEWER, "DELETE", "/repositories/3"));
	CHECK(!role_may(VIEWER, "GET", "/metrics"));
	CHECK(!role_may(VIEWER, "get", "token/acme/site"));
	CHECK(!role_may(VIEWER, "list", "secret/global/x"));
	CHECK(!role_may(VIEWER, "start", "job/1"));
}

static void an_operator_runs_things_but_sets_no_global_secret(void)
{
	CHECK(role_may(OPERATOR, "GET", "/runs"));
	CHECK(role_may(OPERATOR, "POST", "/repositories"));
	CHECK(role_may(OPERATOR, "POST", "/jobs/7/stop"));
	CHECK(role_may(OPERATOR, "put", "secret/pipeline/site/key"));
	CHECK(!role_may(OPERATOR, "put", "secret/global/key"));
	CHECK(!role_may(OPERATOR, "get", "secret/global/key"));
	CHECK(!role_may(OPERATOR, "create", "apikey/x"));
}

static void an_admin_may_what_stands_nowhere(void)
{
	CHECK(role_may(ADMIN, "put", "secret/global/key"));
	CHECK(role_may(ADMIN, "BREW", "/coffee"));
	CHECK(role_may(ADMIN | VIEWER, "GET", "/runs"));
	CHECK(!role_may(ADMIN, "", "/coffee"));
	CHECK(!role_may(0, "GET", "/") && !role_may(0, "GET", "/runs"));
}

static void verbs_are_exact(void)
{
	CHECK(!role_may(OPERATOR, "get", "/runs"));
	CHECK(!role_may(OPERATOR, "GETS", "/runs"));
	CHECK(!role_may(OPERATOR, "start|stop", "job/1"));
	CHECK(!role_may(OPERATOR, "*", "/runs"));
	CHECK(!role_may(VIEWER, "POST", "/logout/all"));
}

static void an_object_that_is_not_plain_is_nobodys(void)
{
	static const char *const bad[] = { "",	       "//",	  "/runs/../metrics",
					   "/runs//1", "/runs/",  "/runs/.",
					   "/%72uns",  "/ru ns",  "/runs\n",
					   "job//1",   "/runs?x", "/a\\b",
					   "../x",     "job/..",  "/\x7f" };
	char text[ROLE_OBJECT_MAX + 2];

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK(!role_may(ADMIN, "GET", bad[i]));
	memset(text, 'a', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	CHECK(!role_may(ADMIN, "GET", text));
	text[sizeof(text) - 2] = '\0';
	CHECK(role_may(ADMIN, "GET", text));
}

static const struct check_case cases[] = {
	{ "names_are_exact", names_are_exact },
	{ "a_viewer_looks_and_changes_nothing", a_viewer_looks_and_changes_nothing },
	{ "an_operator_runs_things_but_sets_no_global_secret",
	  an_operator_runs_things_but_sets_no_global_secret },
	{ "an_admin_may_what_stands_nowhere", an_admin_may_what_stands_nowhere },
	{ "verbs_are_exact", verbs_are_exact },
	{ "an_object_that_is_not_plain_is_nobodys",
	  an_object_that_is_not_plain_is_nobodys },
};

CHECK_MAIN(cases)
