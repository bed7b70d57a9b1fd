#include "lib/registry_assign.h"

#include <unistd.h>

#include "lib/buf.h"
#include "lib/error.h"
#include "lib/layout.h"
#include "lib/registry.h"
#include "lib/str.h"
#include "tests/lib/check.h"

static void add_hook(struct registry *registry, const char *name)
{
	auto_registry_hook struct registry_hook hook = REGISTRY_HOOK_EMPTY;
	struct error err = { 0 };

	uuid_random(hook.id);
	hook.name = str_dup(name);
	hook.provider = str_dup("github");
	CHECK(registry_add(registry, &hook, &err) == 0);
}

/* Two commands and three repositories. */
static void opened(struct registry *registry)
{
	char state[] = "state";
	const struct layout layout = { .state = state };
	struct error err = { 0 };

	CHECK(chdir(getenv("BATS_TEST_TMPDIR")) == 0);
	CHECK(registry_open(registry, &layout, &err) == 0);
	CHECK(registry_command_add(registry, "build", 1, &err) == 0);
	CHECK(registry_command_add(registry, "lint", 2, &err) == 0);
	add_hook(registry, "acme/site");
	add_hook(registry, "acme/shop");
	add_hook(registry, "other/x");
}

static void assign(struct registry *registry, const char *command, const char *repository)
{
	struct error err = { 0 };

	CHECK(registry_assign(registry, command, repository, &err) == 0);
}

static void check(struct registry *registry, const char *command, const char *want)
{
	auto_buf struct buf names = BUF_EMPTY;
	struct error err = { 0 };

	CHECK(registry_assigned(&names, registry, command, &err) == 0);
	CHECK_STR(buf_str(&names), want);
}

static void many_of_either_are_related(void)
{
	auto_registry struct registry registry = REGISTRY_NONE;

	opened(&registry);
	check(&registry, "build", "");
	assign(&registry, "build", "acme/site");
	assign(&registry, "build", "acme/shop");
	assign(&registry, "lint", "acme/site");
	check(&registry, "build", "acme/shop\nacme/site\n");
	check(&registry, "lint", "acme/site\n");
}

static void assigning_twice_is_once(void)
{
	auto_registry struct registry registry = REGISTRY_NONE;
	struct error err = { 0 };

	opened(&registry);
	assign(&registry, "build", "acme/site");
	assign(&registry, "build", "acme/site");
	check(&registry, "build", "acme/site\n");
	CHECK(registry_unassign(&registry, "build", "acme/site", &err) == 0);
	check(&registry, "build", "");
	CHECK(registry_unassign(&registry, "build", "acme/site", &err) < 0);
	CHECK(err.kind == ERROR_ABSENT);
}

static void what_is_not_there_is_not_related(void)
{
	auto_registry struct registry registry = REGISTRY_NONE;
	struct error err = { 0 };

	opened(&registry);
	CHECK(registry_assign(&registry, "none", "acme/site", &err) < 0);
	CHECK(err.kind == ERROR_ABSENT);
	CHECK(registry_assign(&registry, "build", "acme/none", &err) < 0);
	CHECK(err.kind == ERROR_ABSENT);
	/* A command is assigned to a repository, never the other way round. */
	CHECK(registry_assign(&registry, "acme/site", "build", &err) < 0);
	CHECK(registry_command_remove(&registry, "none", &err) < 0);
	CHECK(err.kind == ERROR_ABSENT);
	CHECK(registry_command_add(&registry, "build", 3, &err) < 0);
	CHECK(err.kind == ERROR_DATA);
}

static void a_relation_goes_with_its_command(void)
{
	auto_registry struct registry registry = REGISTRY_NONE;
	struct error err = { 0 };

	opened(&registry);
	assign(&registry, "build", "acme/site");
	assign(&registry, "lint", "acme/site");
	CHECK(registry_command_remove(&registry, "build", &err) == 0);
	CHECK(registry_command_add(&registry, "build", 4, &err) == 0);
	check(&registry, "build", "");
	check(&registry, "lint", "acme/site\n");
}

static void a_relation_goes_with_its_repository(void)
{
	auto_registry struct registry registry = REGISTRY_NONE;
	auto_registry_hook struct registry_hook hook = REGISTRY_HOOK_EMPTY;
	struct error err = { 0 };
	bool found = false;

	opened(&registry);
	assign(&registry, "build", "acme/site");
	assign(&registry, "build", "acme/shop");
	CHECK(registry_find(&hook, &found, &registry, "acme/site", &err) == 0 && found);
	CHECK(registry_remove(&registry, hook.id, &err) == 0);
	check(&registry, "build", "acme/shop\n");
	add_hook(&registry, "acme/site");
	check(&registry, "build", "acme/shop\n");
}

static void a_relation_is_never_changed(void)
{
	auto_registry struct registry registry = REGISTRY_NONE;
	struct error err = { 0 };

	opened(&registry);
	assign(&registry, "build", "acme/site");
	CHECK(db_execute(&registry.db,
			 "UPDATE assignments SET repository ="
			 " (SELECT id FROM repositories WHERE name = 'other/x')",
			 &err) < 0);
	CHECK(strstr(err.message, "an assignment is not changed"));
	check(&registry, "build", "acme/site\n");
}

static void half_a_relation_is_refused(void)
{
	auto_registry struct registry registry = REGISTRY_NONE;
	struct error err = { 0 };

	opened(&registry);
	CHECK(db_execute(&registry.db,
			 "INSERT INTO assignments (command, repository)"
			 " SELECT id, 'nowhere' FROM commands",
			 &err) < 0);
	CHECK(strstr(err.message, "FOREIGN KEY"));
	check(&registry, "build", "");
}

static const struct check_case cases[] = {
	{ "many_of_either_are_related", many_of_either_are_related },
	{ "assigning_twice_is_once", assigning_twice_is_once },
	{ "what_is_not_there_is_not_related", what_is_not_there_is_not_related },
	{ "a_relation_goes_with_its_command", a_relation_goes_with_its_command },
	{ "a_relation_goes_with_its_repository", a_relation_goes_with_its_repository },
	{ "a_relation_is_never_changed", a_relation_is_never_changed },
	{ "half_a_relation_is_refused", half_a_relation_is_refused },
};

CHECK_MAIN(cases)
