#include "lib/registry_schedule.h"

#include <unistd.h>

#include "lib/buf.h"
#include "lib/error.h"
#include "lib/layout.h"
#include "lib/registry.h"
#include "lib/registry_assign.h"
#include "lib/registry_plugin.h"
#include "tests/lib/check.h"

/* Two plugins, one of them for two repositories. */
static void opened(struct registry *registry)
{
	char state[] = "state";
	const struct layout layout = { .state = state };
	struct error err = { 0 };

	CHECK(chdir(getenv("BATS_TEST_TMPDIR")) == 0);
	CHECK(registry_open(registry, &layout, &err) == 0);
	CHECK(registry_command_add(registry, "build", 1, &err) == 0);
	CHECK(registry_command_add(registry, "lint", 2, &err) == 0);
}

static void add_hook(struct registry *registry, const char *name)
{
	auto_registry_hook struct registry_hook hook = REGISTRY_HOOK_EMPTY;
	struct error err = { 0 };

	uuid_random(hook.id);
	hook.name = str_dup(name);
	hook.provider = str_dup("github");
	CHECK(registry_add(registry, &hook, &err) == 0);
}

static int add(struct registry *registry, const char *name, bool is_plugin,
	       const char *expression, struct error *err)
{
	auto_schedule struct registry_schedule schedule = REGISTRY_SCHEDULE_EMPTY;

	schedule.name = str_dup(name);
	schedule.is_plugin = is_plugin;
	schedule.expression = str_dup(expression);
	schedule.timezone = str_dup("Asia/Tokyo");
	schedule.started = !is_plugin;
	schedule.seen_ms = 1000;
	if (!is_plugin) {
		schedule.repository = str_dup("acme/site");
		schedule.payload = str_dup("{}");
	}
	return registry_schedule_add(registry, &schedule, err);
}

static void added(struct registry *registry, const char *name, bool is_plugin,
		  const char *expression)
{
	struct error err = { 0 };

	if (add(registry, name, is_plugin, expression, &err) < 0)
		CHECK_STR(err.message, "");
}

static void found(struct registry_schedule *schedule, struct registry *registry,
		  const char *name)
{
	struct error err = { 0 };
	bool there = false;

	CHECK(registry_schedule_find(schedule, &there, registry, name, &err) == 0);
	CHECK(there);
}

static bool is_there(struct registry *registry, const char *name)
{
	auto_schedule struct registry_schedule schedule = REGISTRY_SCHEDULE_EMPTY;
	struct error err = { 0 };
	bool there = false;

	CHECK(registry_schedule_find(&schedule, &there, registry, name, &err) == 0);
	return there;
}

static void what_was_added_is_found(void)
{
	auto_registry struct registry registry = REGISTRY_NONE;
	auto_schedule struct registry_schedule schedule = REGISTRY_SCHEDULE_EMPTY;

	opened(&registry);
	added(&registry, "nightly", false, "0 2 * * *");
	found(&schedule, &registry, "nightly");
	CHECK(uuid_is_valid(schedule.id));
	CHECK_STR(schedule.name, "nightly");
	CHECK_STR(schedule.expression, "0 2 * * *");
	CHECK_STR(schedule.timezone, "Asia/Tokyo");
	CHECK_STR(schedule.repository, "acme/site");
	CHECK_STR(schedule.payload, "{}");
	CHECK(schedule.started && schedule.is_enabled && !schedule.is_plugin);
	CHECK(schedule.jitter_ms == -1 && schedule.seen_ms == 1000);
	CHECK(schedule.due_ms == 0 && schedule.ran_ms == 0 && schedule.repositories == 0);
	CHECK(!is_there(&registry, "daily"));
}

static void a_name_is_taken_once(void)
{
	auto_registry struct registry registry = REGISTRY_NONE;
	struct error err = { 0 };

	opened(&registry);
	added(&registry, "nightly", false, "0 2 * * *");
	CHECK(add(&registry, "nightly", false, "0 3 * * *", &err) < 0);
	CHECK(err.kind == ERROR_DATA);
	CHECK(strstr(err.message, "hookroute schedule remove nightly"));
	added(&registry, "lint", true, "0 2 * * *");
	CHECK(add(&registry, "lint", false, "0 3 * * *", &err) < 0);
	CHECK(err.kind == ERROR_DATA && strstr(err.message, "for the plugin"));
	added(&registry, "build", false, "0 2 * * *");
	CHECK(add(&registry, "build", true, "0 3 * * *", &err) < 0);
	CHECK(err.kind == ERROR_DATA && strstr(err.message, "for routes"));
	CHECK(add(&registry, "none", true, "0 3 * * *", &err) < 0);
	CHECK(err.kind == ERROR_ABSENT && strstr(err.message, "no plugin 'none'"));
}

static void a_plugins_is_replaced_and_goes_on(void)
{
	auto_registry struct registry registry = REGISTRY_NONE;
	auto_schedule struct registry_schedule old = REGISTRY_SCHEDULE_EMPTY;
	auto_schedule struct registry_schedule schedule = REGISTRY_SCHEDULE_EMPTY;
	struct error err = { 0 };

	opened(&registry);
	added(&registry, "lint", true, "0 2 * * *");
	found(&old, &registry, "lint");
	CHECK(!old.started && old.is_plugin);
	CHECK(registry_schedule_start(&registry, "lint", 5000, &err) == 0);
	added(&registry, "lint", true, "0 3 * * *");
	found(&schedule, &registry, "lint");
	CHECK_STR(schedule.expression, "0 3 * * *");
	CHECK_STR(schedule.id, old.id);
	CHECK(schedule.started && schedule.seen_ms == 1000);
}

static void it_is_started_and_stopped(void)
{
	auto_registry struct registry registry = REGISTRY_NONE;
	auto_schedule struct registry_schedule schedule = REGISTRY_SCHEDULE_EMPTY;
	auto_schedule struct registry_schedule again = REGISTRY_SCHEDULE_EMPTY;
	struct error err = { 0 };

	opened(&registry);
	added(&registry, "nightly", false, "0 2 * * *");
	CHECK(registry_schedule_stop(&registry, "nightly", &err) == 0);
	found(&schedule, &registry, "nightly");
	CHECK(!schedule.started && schedule.seen_ms == 1000);
	CHECK(registry_schedule_start(&registry, "nightly", 7000, &err) == 0);
	found(&again, &registry, "nightly");
	CHECK(again.started && again.seen_ms == 7000);
	CHECK(registry_schedule_stop(&registry, "none", &err) < 0);
	CHECK(err.kind == ERROR_ABSENT);
	CHECK(registry_schedule_start(&registry, "none", 7000, &err) < 0);
	CHECK(err.kind == ERROR_ABSENT);
	CHECK(registry_schedule_remove(&registry, "nightly", &err) == 0);
	CHECK(!is_there(&registry, "nightly"));
	CHECK(registry_schedule_remove(&registry, "nightly", &err) < 0);
	CHECK(err.kind == ERROR_ABSENT);
}

static void its_times_are_kept(void)
{
	auto_registry struct registry registry = REGISTRY_NONE;
	auto_schedule struct registry_schedule schedule = REGISTRY_SCHEDULE_EMPTY;
	auto_schedule struct registry_schedule again = REGISTRY_SCHEDULE_EMPTY;
	struct error err = { 0 };

	opened(&registry);
	added(&registry, "nightly", false, "0 2 * * *");
	found(&schedule, &registry, "nightly");
	schedule.seen_ms = 1795218310123;
	schedule.due_ms = 1795218310000;
	schedule.ran_ms = 1795218310456;
	CHECK(registry_schedule_settle(&registry, &schedule, &err) == 0);
	found(&again, &registry, "nightly");
	CHECK(again.seen_ms == 1795218310123 && again.due_ms == 1795218310000 &&
	      again.ran_ms == 1795218310456);
}

static void they_are_listed_by_name(void)
{
	auto_registry struct registry registry = REGISTRY_NONE;
	auto_schedules struct registry_schedules all = { NULL, 0 };
	auto_schedules struct registry_schedules some = { NULL, 0 };
	struct error err = { 0 };

	opened(&registry);
	add_hook(&registry, "acme/site");
	add_hook(&registry, "acme/shop");
	CHECK(registry_assign(&registry, "lint", "acme/site", &err) == 0);
	CHECK(registry_assign(&registry, "lint", "acme/shop", &err) == 0);
	added(&registry, "nightly", false, "0 2 * * *");
	added(&registry, "lint", true, "0 2 * * *");
	added(&registry, "backup", false, "0 2 * * *");
	CHECK(registry_plugin_enable(&registry, "lint", false, &err) == 0);
	CHECK(registry_schedule_list(&all, &registry, NULL, &err) == 0 && all.count == 3);
	CHECK_STR(all.list[0].name, "backup");
	CHECK_STR(all.list[1].name, "lint");
	CHECK(all.list[1].repositories == 2 && !all.list[1].is_enabled);
	CHECK(all.list[2].repositories == 0 && all.list[2].is_enabled);
	CHECK(registry_schedule_list(&some, &registry, "lint", &err) == 0);
	CHECK(some.count == 1);
	CHECK_STR(some.list[0].name, "nightly");
}

static void a_plugins_goes_with_it(void)
{
	auto_registry struct registry registry = REGISTRY_NONE;
	struct error err = { 0 };

	opened(&registry);
	added(&registry, "lint", true, "0 2 * * *");
	added(&registry, "nightly", false, "0 2 * * *");
	CHECK(registry_command_remove(&registry, "lint", &err) == 0);
	CHECK(!is_there(&registry, "lint"));
	CHECK(is_there(&registry, "nightly"));
}

static void batches_are_kept_in_their_order(void)
{
	auto_registry struct registry registry = REGISTRY_NONE;
	auto_buf struct buf events = BUF_EMPTY;
	struct error err = { 0 };
	char id[UUID_LEN] = "";
	bool there = true;

	opened(&registry);
	CHECK(registry_batch_first(id, &events, &there, &registry, &err) == 0 && !there);
	CHECK(registry_batch_add(&registry, "b", (struct str_view){ "1\n2\nx", 4 },
				 &err) == 0);
	CHECK(registry_batch_add(&registry, "a", (struct str_view){ "3\n", 2 }, &err) ==
	      0);
	CHECK(registry_batch_first(id, &events, &there, &registry, &err) == 0 && there);
	CHECK_STR(id, "b");
	CHECK_STR(buf_str(&events), "1\n2\n");
	CHECK(registry_batch_remove(&registry, "b", &err) == 0);
	CHECK(registry_batch_first(id, &events, &there, &registry, &err) == 0 && there);
	CHECK_STR(id, "a");
	CHECK_STR(buf_str(&events), "1\n2\n3\n");
}

static const struct check_case cases[] = {
	{ "what_was_added_is_found", what_was_added_is_found },
	{ "a_name_is_taken_once", a_name_is_taken_once },
	{ "a_plugins_is_replaced_and_goes_on", a_plugins_is_replaced_and_goes_on },
	{ "it_is_started_and_stopped", it_is_started_and_stopped },
	{ "its_times_are_kept", its_times_are_kept },
	{ "they_are_listed_by_name", they_are_listed_by_name },
	{ "a_plugins_goes_with_it", a_plugins_goes_with_it },
	{ "batches_are_kept_in_their_order", batches_are_kept_in_their_order },
};

CHECK_MAIN(cases)
