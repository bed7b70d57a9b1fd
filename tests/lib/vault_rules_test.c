#include "lib/vault_rules.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/layout.h"
#include "tests/lib/check.h"

static void parse(struct vault_rules *rules, const char *text)
{
	struct error err = { 0 };

	CHECK(vault_rules_parse(rules, (struct str_view){ text, strlen(text) }, "rules",
				&err) == 0);
}

static bool may(const struct vault_rules *rules, const char *who, enum vault_right right,
		const char *name)
{
	const char *const one[] = { who, NULL };

	return vault_rules_may(rules, one, right, name);
}

static bool both_may(const struct vault_rules *rules, const char *a, const char *b,
		     const char *name)
{
	const char *const two[] = { a, b, NULL };

	return vault_rules_may(rules, two, VAULT_GET, name);
}

/* The rules that hold when the folder has no file. */
static void read_in(struct vault_rules *rules)
{
	struct layout layout = { .conf = getenv("BATS_TEST_TMPDIR") };
	struct error err = { 0 };

	CHECK(vault_rules_read(rules, &layout, &err) == 0);
}

static void what_no_rule_allows_is_denied(void)
{
	auto_vault_rules struct vault_rules rules = VAULT_RULES_NONE;
	const char *const nobody[] = { NULL };

	parse(&rules, "# nothing\n\n");
	CHECK(rules.count == 0 && !may(&rules, "role/admin", VAULT_GET, "global/x"));
	vault_rules_free(&rules);
	parse(&rules, "user/fred get,list global/x\r\n");
	CHECK(may(&rules, "user/fred", VAULT_GET, "global/x"));
	CHECK(may(&rules, "user/fred", VAULT_LIST, "global/x"));
	CHECK(!may(&rules, "user/fred", VAULT_PUT, "global/x"));
	CHECK(!may(&rules, "user/fred", VAULT_GET, "global/xy"));
	CHECK(!may(&rules, "user/fred", VAULT_GET, "global/"));
	CHECK(!may(&rules, "user/freddy", VAULT_GET, "global/x"));
	CHECK(!may(&rules, "group/fred", VAULT_GET, "global/x"));
	CHECK(!vault_rules_may(&rules, nobody, VAULT_GET, "global/x"));
}

static void stars_are_prefixes(void)
{
	auto_vault_rules struct vault_rules rules = VAULT_RULES_NONE;

	parse(&rules, "group/* get global/deploy.*\ngroup/root delete *");
	CHECK(may(&rules, "group/any", VAULT_GET, "global/deploy.key"));
	CHECK(may(&rules, "group/any", VAULT_GET, "global/deploy."));
	CHECK(!may(&rules, "group/any", VAULT_GET, "global/deploy"));
	CHECK(may(&rules, "group/root", VAULT_DELETE, "pipeline/p/x"));
	CHECK(!may(&rules, "user/root", VAULT_DELETE, "pipeline/p/x"));
}

static void percent_is_the_name(void)
{
	auto_vault_rules struct vault_rules rules = VAULT_RULES_NONE;

	parse(&rules, "pipeline/* get pipeline/%/*\nnamespace/* get global/%.*\n");
	CHECK(may(&rules, "pipeline/a.b", VAULT_GET, "pipeline/a.b/x"));
	CHECK(!may(&rules, "pipeline/a", VAULT_GET, "pipeline/a.b/x"));
	CHECK(!may(&rules, "pipeline/a", VAULT_GET, "pipeline/ab/x"));
	CHECK(!may(&rules, "pipeline/a/b", VAULT_GET, "pipeline/a/b/x"));
	CHECK(!may(&rules, "pipeline/", VAULT_GET, "pipeline//x"));
	CHECK(!may(&rules, "pipeline/*", VAULT_GET, "pipeline/p/x"));
	CHECK(may(&rules, "namespace/a", VAULT_GET, "global/a.x"));
	CHECK(!may(&rules, "namespace/a.x", VAULT_GET, "global/a.x.y"));
}

static void several_must_all_fit(void)
{
	auto_vault_rules struct vault_rules rules = VAULT_RULES_NONE;

	parse(&rules, "role/operator&pipeline/site get global/x");
	CHECK(both_may(&rules, "pipeline/site", "role/operator", "global/x"));
	CHECK(!both_may(&rules, "pipeline/other", "role/operator", "global/x"));
	CHECK(!may(&rules, "pipeline/site", VAULT_GET, "global/x"));
	CHECK(!may(&rules, "role/operator", VAULT_GET, "global/x"));
}

/* The rules without a file. */
static void only_admins_set_global_and_owners_their_own(void)
{
	auto_vault_rules struct vault_rules rules = VAULT_RULES_NONE;

	read_in(&rules);
	CHECK(may(&rules, "role/admin", VAULT_PUT, "global/x"));
	CHECK(!may(&rules, "role/operator", VAULT_PUT, "global/x"));
	CHECK(!may(&rules, "owner/site", VAULT_PUT, "global/x"));
	CHECK(!may(&rules, "pipeline/site", VAULT_PUT, "global/x"));
	CHECK(!may(&rules, "namespace/a", VAULT_PUT, "global/a.x"));
	CHECK(!may(&rules, "user/fred", VAULT_PUT, "user/fred"));
	CHECK(may(&rules, "owner/site", VAULT_PUT, "pipeline/site/x"));
	CHECK(may(&rules, "owner/site", VAULT_DELETE, "pipeline/site/x"));
	CHECK(!may(&rules, "owner/site", VAULT_PUT, "pipeline/other/x"));
	CHECK(!may(&rules, "pipeline/site", VAULT_PUT, "pipeline/site/x"));
	CHECK(may(&rules, "pipeline/site", VAULT_GET, "pipeline/site/x"));
	CHECK(!may(&rules, "pipeline/site", VAULT_GET, "pipeline/other/x"));
	CHECK(!may(&rules, "pipeline/site", VAULT_GET, "app/main"));
	CHECK(may(&rules, "user/fred", VAULT_GET, "user/fred"));
	CHECK(!may(&rules, "user/fred", VAULT_GET, "user/fred.x"));
}

static void a_namespace_is_a_fence(void)
{
	auto_vault_rules struct vault_rules rules = VAULT_RULES_NONE;

	read_in(&rules);
	CHECK(may(&rules, "pipeline/p", VAULT_GET, "global/b.key"));
	CHECK(may(&rules, "namespace/b", VAULT_GET, "global/b.key"));
	CHECK(!may(&rules, "namespace/a", VAULT_GET, "global/b.key"));
	CHECK(!may(&rules, "namespace/a", VAULT_GET, "global/key"));
	CHECK(!both_may(&rules, "pipeline/p", "namespace/a", "global/b.key"));
	CHECK(!both_may(&rules, "role/admin", "namespace/a", "global/b.key"));
	CHECK(both_may(&rules, "pipeline/p", "namespace/b", "global/b.key"));
	CHECK(both_may(&rules, "pipeline/p", "namespace/a", "pipeline/p/x"));
}

static void check_bad(const char *text, const char *says)
{
	struct vault_rules rules = VAULT_RULES_NONE;
	struct error err = { 0 };

	CHECK(vault_rules_parse(&rules, (struct str_view){ text, strlen(text) }, "f",
				&err) < 0);
	CHECK(err.kind == ERROR_CONFIG && strstr(err.message, says) != NULL);
	CHECK(rules.count == 0);
}

static void errors_name_the_line(void)
{
	struct vault_rules rules = VAULT_RULES_NONE;
	struct error err = { 0 };

	check_bad("\nuser/x get\n", "f:2: want three words");
	check_bad("user/x get a b", "f:1: want three words");
	check_bad("users/x get global/x", "'users/x' is nobody");
	check_bad("user get global/x", "is nobody");
	check_bad("user/ get global/x", "is nobody");
	check_bad("user/a* get global/x", "is nobody");
	check_bad("user/a&user/b&user/c&user/d&user/e get x", "more than 4");
	check_bad("user/x read global/x", "'read' is no right");
	check_bad("user/x get,,put global/x", "'' is no right");
	check_bad("user/x get global/*x", "may stand at its end");
	CHECK(vault_rules_parse(&rules, (struct str_view){ "\0", 1 }, "f", &err) < 0);
}

static void a_file_that_others_may_write_is_refused(void)
{
	struct layout layout = { .conf = getenv("BATS_TEST_TMPDIR") };
	auto_vault_rules struct vault_rules rules = VAULT_RULES_NONE;
	const char *const who[] = { "role/admin", NULL };
	struct error err = { 0 };

	CHECK(chdir(layout.conf) == 0);
	CHECK(file_replace(AT_FDCWD, "vault.rules", "user/x get *\n", 13, 0644, &err) ==
	      0);
	CHECK(vault_rules_read(&rules, &layout, &err) == 0 && rules.count == 1);
	CHECK(vault_rules_check(&rules, who, VAULT_PUT, "global/x", &err) < 0);
	CHECK(err.kind == ERROR_DENIED);
	CHECK(strstr(err.message, "role/admin may not put secret 'global/x'"));
	vault_rules_free(&rules);
	CHECK(chmod("vault.rules", 0664) == 0);
	CHECK(vault_rules_read(&rules, &layout, &err) < 0 && err.kind == ERROR_DENIED);
}

static const struct check_case cases[] = {
	{ "what_no_rule_allows_is_denied", what_no_rule_allows_is_denied },
	{ "stars_are_prefixes", stars_are_prefixes },
	{ "percent_is_the_name", percent_is_the_name },
	{ "several_must_all_fit", several_must_all_fit },
	{ "only_admins_set_global_and_owners_their_own",
	  only_admins_set_global_and_owners_their_own },
	{ "a_namespace_is_a_fence", a_namespace_is_a_fence },
	{ "errors_name_the_line", errors_name_the_line },
	{ "a_file_that_others_may_write_is_refused",
	  a_file_that_others_may_write_is_refused },
};

CHECK_MAIN(cases)
