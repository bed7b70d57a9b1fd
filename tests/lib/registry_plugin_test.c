#include "lib/registry_plugin.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/error.h"
#include "lib/layout.h"
#include "lib/registry.h"
#include "lib/registry_assign.h"
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

static int add_version(struct registry *registry, const char *name, const char *version,
		       struct error *err)
{
	char plugin_name[32];
	char file[] = "file";
	struct registry_plugin plugin = { .name = plugin_name,
					  .file = file,
					  .digest = "00ff",
					  .size = 7,
					  .created_ms = 5 };

	snprintf(plugin_name, sizeof(plugin_name), "%s", name);
	CHECK(version_parse(&plugin.version, version));
	return registry_plugin_add(registry, &plugin, err);
}

/* Two plugins, the first with three versions, and two repositories. */
static void opened(struct registry *registry)
{
	char state[] = "state";
	const struct layout layout = { .state = state };
	struct error err = { 0 };

	CHECK(chdir(getenv("BATS_TEST_TMPDIR")) == 0);
	CHECK(registry_open(registry, &layout, &err) == 0);
	CHECK(registry_command_add(registry, "lint", 1, &err) == 0);
	CHECK(registry_command_add(registry, "build", 2, &err) == 0);
	CHECK(add_version(registry, "lint", "1.10.0", &err) == 0);
	CHECK(add_version(registry, "lint", "1.9.0", &err) == 0);
	CHECK(add_version(registry, "lint", "2.0.0", &err) == 0);
	CHECK(add_version(registry, "build", "1.0.0", &err) == 0);
	add_hook(registry, "acme/site");
	add_hook(registry, "acme/shop");
}

static void check_list(struct registry *registry, const struct registry_page *page,
		       const char *want)
{
	auto_plugins struct registry_plugins plugins = { NULL, 0 };
	struct error err = { 0 };
	char text[256] = "";
	size_t i;

	CHECK(registry_plugin_list(&plugins, registry, page, &err) == 0);
	for (i = 0; i < plugins.count; i++) {
		char version[VERSION_LEN];
		size_t len = strlen(text);

		version_format(version, &plugins.list[i].version);
		snprintf(text + len, sizeof(text) - len, "%s@%s ", plugins.list[i].name,
			 version);
	}
	CHECK_STR(text, want);
}

static void versions_are_listed_by_name_and_number(void)
{
	auto_registry struct registry registry = REGISTRY_NONE;

	opened(&registry);
	check_list(&registry, &(struct registry_page){ .name = NULL },
		   "build@1.0.0 lint@1.9.0 lint@1.10.0 lint@2.0.0 ");
	check_list(&registry, &(struct registry_page){ .limit = 1 }, "build@1.0.0 ");
	check_list(&registry, &(struct registry_page){ .after = "build" },
		   "lint@1.9.0 lint@1.10.0 lint@2.0.0 ");
	check_list(&registry, &(struct registry_page){ .name = "build" }, "build@1.0.0 ");
	check_list(&registry, &(struct registry_page){ .name = "none" }, "");
}

static void a_version_is_there_once_and_never_changed(void)
{
	auto_registry struct registry registry = REGISTRY_NONE;
	struct error err = { 0 };

	opened(&registry);
	CHECK(add_version(&registry, "lint", "2.0.0", &err) < 0);
	CHECK(err.kind == ERROR_DATA);
	CHECK_STR(err.message, "there is a lint@2.0.0 already");
	CHECK(db_execute(&registry.db, "UPDATE versions SET digest = 'x'", &err) < 0);
	CHECK(strstr(err.message, "a version is not changed"));
}

static void a_version_can_be_dropped(void)
{
	auto_registry struct registry registry = REGISTRY_NONE;
	auto_plugins struct registry_plugins plugins = { NULL, 0 };
	const struct registry_page page = { .name = "lint" };
	struct error err = { 0 };

	opened(&registry);
	CHECK(registry_plugin_list(&plugins, &registry, &page, &err) == 0);
	CHECK(plugins.count == 3 && plugins.list[0].enabled && plugins.list[0].size == 7);
	CHECK(registry_plugin_drop(&registry, &plugins.list[2], &err) == 0);
	check_list(&registry, &page, "lint@1.9.0 lint@1.10.0 ");
}

static void disabling_lasts(void)
{
	auto_registry struct registry registry = REGISTRY_NONE;
	auto_plugins struct registry_plugins plugins = { NULL, 0 };
	const struct registry_page page = { .name = "lint" };
	struct error err = { 0 };

	opened(&registry);
	CHECK(registry_plugin_enable(&registry, "lint", false, &err) == 0);
	CHECK(registry_plugin_list(&plugins, &registry, &page, &err) == 0);
	CHECK(plugins.count == 3 && !plugins.list[0].enabled && !plugins.list[2].enabled);
	CHECK(registry_plugin_enable(&registry, "none", true, &err) < 0);
	CHECK(err.kind == ERROR_ABSENT);
}

static void an_assignment_has_its_version(void)
{
	auto_registry struct registry registry = REGISTRY_NONE;
	auto_assignments struct registry_assignments rows = { NULL, 0 };
	struct error err = { 0 };

	opened(&registry);
	CHECK(registry_assign_version(&registry, "lint", "acme/site", "1.9", &err) == 0);
	CHECK(registry_assign_version(&registry, "lint", "acme/site", "1.9", &err) == 0);
	CHECK(registry_assign(&registry, "build", "acme/shop", &err) == 0);
	CHECK(registry_assign(&registry, "lint", "acme/site", &err) < 0);
	CHECK(err.kind == ERROR_DATA);
	CHECK(registry_plugin_assignments(&rows, &registry, NULL, &err) == 0);
	CHECK(rows.count == 2);
	CHECK_STR(rows.list[0].repository, "acme/shop");
	CHECK(rows.list[0].version.parts == 0 && rows.list[1].version.parts == 2);
}

static int set(struct registry *registry, const char *value, const char *repository,
	       struct error *err)
{
	struct registry_setting setting = { .plugin = str_dup("lint"),
					    .repository = str_dup(repository),
					    .key = str_dup("LEVEL"),
					    .value = str_dup(value) };
	int failed = registry_plugin_set(registry, &setting, err);

	free(setting.plugin);
	free(setting.repository);
	free(setting.key);
	free(setting.value);
	return failed;
}

static size_t count_settings(struct registry *registry)
{
	auto_settings struct registry_settings rows = { NULL, 0 };
	struct error err = { 0 };

	CHECK(registry_plugin_settings(&rows, registry, "lint", &err) == 0);
	return rows.count;
}

static void settings_are_replaced_and_go_with_what_they_are_for(void)
{
	auto_registry struct registry registry = REGISTRY_NONE;
	auto_registry_hook struct registry_hook hook = REGISTRY_HOOK_EMPTY;
	struct error err = { 0 };
	bool found = false;

	opened(&registry);
	CHECK(set(&registry, "1", NULL, &err) == 0);
	CHECK(set(&registry, "2", NULL, &err) == 0);
	CHECK(set(&registry, "1", "acme/site", &err) == 0);
	CHECK(set(&registry, "2", "acme/site", &err) == 0);
	CHECK(count_settings(&registry) == 2);
	CHECK(set(&registry, "1", "none", &err) < 0);
	CHECK(err.kind == ERROR_ABSENT);
	CHECK(registry_find(&hook, &found, &registry, "acme/site", &err) == 0 && found);
	CHECK(registry_remove(&registry, hook.id, &err) == 0);
	CHECK(count_settings(&registry) == 1);
	CHECK(registry_command_remove(&registry, "lint", &err) == 0);
	CHECK(count_settings(&registry) == 0);
	check_list(&registry, &(struct registry_page){ .name = NULL }, "build@1.0.0 ");
}

static const struct check_case cases[] = {
	{ "versions_are_listed_by_name_and_number",
	  versions_are_listed_by_name_and_number },
	{ "a_version_is_there_once_and_never_changed",
	  a_version_is_there_once_and_never_changed },
	{ "a_version_can_be_dropped", a_version_can_be_dropped },
	{ "disabling_lasts", disabling_lasts },
	{ "an_assignment_has_its_version", an_assignment_has_its_version },
	{ "settings_are_replaced_and_go_with_what_they_are_for",
	  settings_are_replaced_and_go_with_what_they_are_for },
};

CHECK_MAIN(cases)
