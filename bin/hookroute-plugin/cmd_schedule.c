#include "bin/hookroute-plugin/commands.h"
#include "bin/hookroute-plugin/dropped.h"
#include "bin/hookroute-plugin/options.h"
#include "bin/hookroute-plugin/store.h"
#include "lib/cron.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/log.h"
#include "lib/registry_schedule.h"
#include "lib/str.h"
#include "lib/zone.h"

static int check(const struct options *options, struct error *err)
{
	auto_zone struct zone zone = ZONE_EMPTY;
	struct cron cron = { 0 };

	zone_open(&zone);
	if (cron_parse(&cron, options->operands[1], err) < 0)
		return -1;
	return zone_use(&zone, options->timezone, err);
}

/* The plugin's schedule, which must be there. */
static int find(struct registry_schedule *schedule, struct store *store, const char *name,
		struct error *err)
{
	bool found = false;

	if (registry_schedule_find(schedule, &found, &store->registry, name, err) < 0)
		return -1;
	if (found && schedule->is_plugin)
		return 0;
	return error_set(err, ERROR_ABSENT,
			 "plugin '%s' has no schedule: hookroute plugin schedule %s "
			 "'0 2 * * *'",
			 name, name);
}

static int open_all(struct store *store, const struct layout *layout, struct error *err)
{
	if (store_open(store, layout, err) < 0)
		return -1;
	return dropped_load(store, NULL, err);
}

int cmd_schedule(const struct options *options, const struct layout *layout,
		 struct error *err)
{
	auto_store struct store store = STORE_NONE;
	auto_schedule struct registry_schedule old = REGISTRY_SCHEDULE_EMPTY;
	auto_schedule struct registry_schedule schedule = REGISTRY_SCHEDULE_EMPTY;
	const char *name = options->operands[0];
	bool found = false;

	if (check(options, err) < 0 || open_all(&store, layout, err) < 0)
		return -1;
	schedule.name = str_dup(name);
	schedule.is_plugin = true;
	schedule.expression = str_dup(options->operands[1]);
	schedule.timezone = str_dup(options->timezone);
	schedule.jitter_ms = options->jitter_ms;
	schedule.seen_ms = date_now_ms();
	if (registry_schedule_add(&store.registry, &schedule, err) < 0 ||
	    registry_schedule_find(&old, &found, &store.registry, name, err) < 0)
		return -1;
	if (found && !old.started)
		log_notice("plugin '%s' is stopped: hookroute plugin start %s", name,
			   name);
	return 0;
}

int cmd_unschedule(const struct options *options, const struct layout *layout,
		   struct error *err)
{
	auto_store struct store store = STORE_NONE;
	auto_schedule struct registry_schedule schedule = REGISTRY_SCHEDULE_EMPTY;

	if (open_all(&store, layout, err) < 0 ||
	    find(&schedule, &store, options->operands[0], err) < 0)
		return -1;
	return registry_schedule_remove(&store.registry, schedule.name, err);
}

int cmd_start(const struct options *options, const struct layout *layout,
	      struct error *err)
{
	auto_store struct store store = STORE_NONE;
	auto_schedule struct registry_schedule schedule = REGISTRY_SCHEDULE_EMPTY;

	if (open_all(&store, layout, err) < 0 ||
	    find(&schedule, &store, options->operands[0], err) < 0)
		return -1;
	return registry_schedule_start(&store.registry, schedule.name, date_now_ms(),
				       err);
}

int cmd_stop(const struct options *options, const struct layout *layout,
	     struct error *err)
{
	auto_store struct store store = STORE_NONE;
	auto_schedule struct registry_schedule schedule = REGISTRY_SCHEDULE_EMPTY;

	if (open_all(&store, layout, err) < 0 ||
	    find(&schedule, &store, options->operands[0], err) < 0)
		return -1;
	return registry_schedule_stop(&store.registry, schedule.name, err);
}
