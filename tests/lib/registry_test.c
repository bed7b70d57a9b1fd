#include "lib/registry.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/layout.h"
#include "lib/str.h"
#include "tests/lib/check.h"

#define FIRST "0195f3c2-7d1e-4abc-8def-0123456789ab"
#define SECOND "1195f3c2-7d1e-4abc-8def-0123456789ab"

static void opened(struct registry *registry)
{
	char state[] = "state/a";
	const struct layout layout = { .state = state };
	struct error err = { 0 };

	CHECK(chdir(getenv("BATS_TEST_TMPDIR")) == 0);
	umask(0);
	CHECK(registry_open(registry, &layout, &err) == 0);
}

static int add(struct registry *registry, const char *id, const char *name,
	       struct error *err)
{
	auto_registry_hook struct registry_hook hook = REGISTRY_HOOK_EMPTY;

	memcpy(hook.id, id, UUID_LEN);
	hook.name = str_dup(name);
	hook.provider = str_dup("github");
	hook.max_body = 25 << 20;
	hook.enabled = true;
	hook.created_ms = 1700000000123;
	return registry_add(registry, &hook, err);
}

static bool has(struct registry *registry, const char *key)
{
	auto_registry_hook struct registry_hook hook = REGISTRY_HOOK_EMPTY;
	struct error err = { 0 };
	bool found = false;

	CHECK(registry_find(&hook, &found, registry, key, &err) == 0);
	return found;
}

static int64_t repositories(struct registry *registry)
{
	auto_statement struct db_statement statement = DB_STATEMENT_NONE;
	struct error err = { 0 };
	bool row = false;

	CHECK(db_prepare(&statement, &registry->db, "SELECT count(*) FROM repositories",
			 &err) == 0);
	CHECK(db_step(&row, &statement, &err) == 0 && row);
	return db_int(&statement, 0);
}

static void only_its_owner_reads_it(void)
{
	auto_registry struct registry registry = REGISTRY_NONE;
	struct stat st = { 0 };

	opened(&registry);
	CHECK(stat("state/a", &st) == 0 && (st.st_mode & 0777) == 0700);
	CHECK(stat("state/a/registry.db", &st) == 0 && (st.st_mode & 0777) == 0600);
}

static void a_hook_is_found_by_id_and_name(void)
{
	struct error err = { 0 };
	const char *const keys[] = { FIRST, "acme/site" };
	size_t i;

	{
		auto_registry struct registry registry = REGISTRY_NONE;

		opened(&registry);
		CHECK(add(&registry, FIRST, "acme/site", &err) == 0);
	}
	for (i = 0; i < 2; i++) {
		auto_registry struct registry registry = REGISTRY_NONE;
		auto_registry_hook struct registry_hook hook = REGISTRY_HOOK_EMPTY;
		bool found = false;

		opened(&registry);
		CHECK(registry_find(&hook, &found, &registry, keys[i], &err) == 0);
		CHECK(found && hook.enabled && !hook.url);
		CHECK_STR(hook.id, FIRST);
		CHECK_STR(hook.name, "acme/site");
		CHECK_STR(hook.provider, "github");
		CHECK(hook.max_body == 25 << 20 && hook.created_ms == 1700000000123);
	}
}

static void what_is_not_there_is_no_failure(void)
{
	auto_registry struct registry registry = REGISTRY_NONE;
	auto_registry_hooks struct registry_hooks hooks = REGISTRY_HOOKS_EMPTY;
	auto_registry_hook struct registry_hook hook = REGISTRY_HOOK_EMPTY;
	struct error err = { 0 };
	bool found = true;

	opened(&registry);
	CHECK(registry_find(&hook, &found, &registry, "none", &err) == 0 && !found);
	CHECK(hook.name == NULL);
	CHECK(registry_list(&hooks, &registry, &err) == 0 && hooks.count == 0);
	CHECK(registry_remove(&registry, FIRST, &err) == 0);
	CHECK(registry_enable(&registry, FIRST, true, &err) == 0);
}

static void the_list_is_sorted_by_id(void)
{
	auto_registry struct registry registry = REGISTRY_NONE;
	auto_registry_hooks struct registry_hooks hooks = REGISTRY_HOOKS_EMPTY;
	struct error err = { 0 };

	opened(&registry);
	CHECK(add(&registry, SECOND, "a", &err) == 0);
	CHECK(add(&registry, FIRST, "b", &err) == 0);
	CHECK(registry_list(&hooks, &registry, &err) == 0 && hooks.count == 2);
	CHECK_STR(hooks.hooks[0].id, FIRST);
	CHECK_STR(hooks.hooks[0].name, "b");
	CHECK_STR(hooks.hooks[1].name, "a");
}

static void a_name_has_one_hook(void)
{
	auto_registry struct registry registry = REGISTRY_NONE;
	struct error err = { 0 };

	opened(&registry);
	CHECK(add(&registry, FIRST, "acme/site", &err) == 0);
	CHECK(add(&registry, SECOND, "acme/site", &err) == -1);
	CHECK(err.kind == ERROR_DATA && strstr(err.message, FIRST));
	CHECK(!has(&registry, SECOND) && repositories(&registry) == 1);
}

/* The repository that was entered before the hook failed is taken back. */
static void half_an_addition_is_none(void)
{
	auto_registry struct registry registry = REGISTRY_NONE;
	struct error err = { 0 };

	opened(&registry);
	CHECK(add(&registry, FIRST, "acme/site", &err) == 0);
	CHECK(add(&registry, FIRST, "acme/other", &err) == -1);
	CHECK(err.kind == ERROR_DATA);
	CHECK(!has(&registry, "acme/other") && repositories(&registry) == 1);
	CHECK(add(&registry, SECOND, "acme/other", &err) == 0);
}

static void a_repository_goes_with_its_last_hook(void)
{
	auto_registry struct registry registry = REGISTRY_NONE;
	struct error err = { 0 };

	opened(&registry);
	CHECK(add(&registry, FIRST, "acme/site", &err) == 0);
	CHECK(add(&registry, SECOND, "acme/other", &err) == 0);
	CHECK(registry_remove(&registry, FIRST, &err) == 0);
	CHECK(!has(&registry, FIRST) && !has(&registry, "acme/site"));
	CHECK(has(&registry, SECOND) && repositories(&registry) == 1);
	CHECK(add(&registry, FIRST, "acme/site", &err) == 0);
}

static void hooks_go_with_their_repository(void)
{
	auto_registry struct registry registry = REGISTRY_NONE;
	struct error err = { 0 };

	opened(&registry);
	CHECK(add(&registry, FIRST, "acme/site", &err) == 0);
	CHECK(db_execute(&registry.db, "DELETE FROM repositories", &err) == 0);
	CHECK(!has(&registry, FIRST));
}

static void a_hook_is_switched_off_and_on(void)
{
	auto_registry struct registry registry = REGISTRY_NONE;
	struct error err = { 0 };
	int on;

	opened(&registry);
	CHECK(add(&registry, FIRST, "acme/site", &err) == 0);
	CHECK(add(&registry, SECOND, "acme/other", &err) == 0);
	for (on = 0; on < 2; on++) {
		auto_registry_hooks struct registry_hooks hooks = REGISTRY_HOOKS_EMPTY;

		CHECK(registry_enable(&registry, FIRST, on, &err) == 0);
		CHECK(registry_list(&hooks, &registry, &err) == 0);
		CHECK(hooks.hooks[0].enabled == on && hooks.hooks[1].enabled);
	}
}

static void a_change_elsewhere_is_noticed(void)
{
	auto_registry struct registry ours = REGISTRY_NONE;
	auto_registry struct registry theirs = REGISTRY_NONE;
	struct error err = { 0 };
	int64_t before = 0;
	int64_t after = 0;

	opened(&ours);
	opened(&theirs);
	CHECK(registry_version(&before, &ours, &err) == 0);
	CHECK(registry_version(&after, &ours, &err) == 0 && before == after);
	CHECK(add(&theirs, FIRST, "acme/site", &err) == 0);
	CHECK(registry_version(&after, &ours, &err) == 0 && before != after);
	CHECK(has(&ours, "acme/site"));
}

static void of_two_who_add_a_name_one_succeeds(void)
{
	auto_registry struct registry registry = REGISTRY_NONE;
	int succeeded = 0;
	int status = 0;
	int i;

	opened(&registry);
	for (i = 0; i < 4; i++) {
		if (fork() == 0) {
			auto_registry struct registry own = REGISTRY_NONE;
			struct error err = { 0 };
			char id[UUID_LEN];

			opened(&own);
			uuid_random(id);
			_exit(add(&own, id, "acme/site", &err) == 0 ? 0
			      : err.kind == ERROR_DATA		    ? 1
								    : 2);
		}
	}
	for (i = 0; i < 4; i++) {
		CHECK(wait(&status) > 0 && WIFEXITED(status) && WEXITSTATUS(status) < 2);
		succeeded += WEXITSTATUS(status) == 0;
	}
	CHECK(succeeded == 1 && repositories(&registry) == 1);
}

static void keys_are_data(void)
{
	auto_registry struct registry registry = REGISTRY_NONE;
	struct error err = { 0 };

	opened(&registry);
	CHECK(add(&registry, FIRST, "x'); DROP TABLE hooks; --", &err) == 0);
	CHECK(!has(&registry, "' OR 1 = 1 --") && !has(&registry, "%"));
	CHECK(has(&registry, "x'); DROP TABLE hooks; --"));
}

static void where_the_secret_is(void)
{
	auto_free char *name = registry_secret_name(FIRST);

	CHECK_STR(name, "repository/" FIRST "_SECRET");
}

static void the_forges_hook_is_remembered(void)
{
	auto_registry struct registry registry = REGISTRY_NONE;
	auto_registry_hook struct registry_hook hook = REGISTRY_HOOK_EMPTY;
	auto_registry_hook struct registry_hook read = REGISTRY_HOOK_EMPTY;
	struct error err = { 0 };
	bool found = false;

	opened(&registry);
	CHECK(add(&registry, FIRST, "acme/site", &err) == 0);
	CHECK(registry_find(&hook, &found, &registry, FIRST, &err) == 0);
	CHECK(found && !hook.forge && !hook.app);
	hook.forge = str_dup("/repos/acme/site/hooks/7");
	CHECK(registry_set_forge(&registry, &hook, &err) == 0);
	CHECK(registry_find(&read, &found, &registry, "acme/site", &err) == 0);
	CHECK(found && !read.app);
	CHECK_STR(read.forge, "/repos/acme/site/hooks/7");
}

static const struct check_case cases[] = {
	{ "only_its_owner_reads_it", only_its_owner_reads_it },
	{ "a_hook_is_found_by_id_and_name", a_hook_is_found_by_id_and_name },
	{ "what_is_not_there_is_no_failure", what_is_not_there_is_no_failure },
	{ "the_list_is_sorted_by_id", the_list_is_sorted_by_id },
	{ "a_name_has_one_hook", a_name_has_one_hook },
	{ "half_an_addition_is_none", half_an_addition_is_none },
	{ "a_repository_goes_with_its_last_hook", a_repository_goes_with_its_last_hook },
	{ "hooks_go_with_their_repository", hooks_go_with_their_repository },
	{ "a_hook_is_switched_off_and_on", a_hook_is_switched_off_and_on },
	{ "a_change_elsewhere_is_noticed", a_change_elsewhere_is_noticed },
	{ "of_two_who_add_a_name_one_succeeds", of_two_who_add_a_name_one_succeeds },
	{ "keys_are_data", keys_are_data },
	{ "where_the_secret_is", where_the_secret_is },
	{ "the_forges_hook_is_remembered", the_forges_hook_is_remembered },
};

CHECK_MAIN(cases)
