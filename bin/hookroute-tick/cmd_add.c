#include "bin/hookroute-tick/commands.h"
#include "bin/hookroute-tick/options.h"
#include "lib/cleanup.h"
#include "lib/cron.h"
#include "lib/error.h"
#include "lib/layout.h"
#include "lib/path.h"
#include "lib/registry.h"
#include "lib/registry_schedule.h"
#include "lib/str.h"
#include "lib/zone.h"

/* An event is a line; between the tokens of JSON a break is a blank. */
static char *on_one_line(const char *json)
{
	char *copy = str_dup(json);
	char *at;

	for (at = copy; at && *at; at++) {
		if (*at == '\n' || *at == '\r')
			*at = ' ';
	}
	return copy;
}

/* What is wrong is the command line's fault here. */
static int check(const struct options *options, struct error *err)
{
	auto_zone struct zone zone = ZONE_EMPTY;
	struct cron cron = { 0 };

	if (!path_is_safe_name(options->operands[0]))
		return error_set(err, ERROR_USAGE,
				 "a schedule's name is of letters, digits and ._+@-, not "
				 "'%.80s'",
				 options->operands[0]);
	zone_open(&zone);
	return cron_parse(&cron, options->operands[1], err) < 0 ||
			       zone_use(&zone, options->timezone, err) < 0
		       ? -1
		       : 0;
}

int cmd_add(const struct options *options, const struct layout *layout, struct error *err)
{
	auto_registry struct registry registry = REGISTRY_NONE;
	auto_schedule struct registry_schedule schedule = REGISTRY_SCHEDULE_EMPTY;

	if (check(options, err) < 0 || registry_open(&registry, layout, err) < 0)
		return -1;
	schedule.name = str_dup(options->operands[0]);
	schedule.expression = str_dup(options->operands[1]);
	schedule.timezone = str_dup(options->timezone);
	schedule.jitter_ms = options->jitter_ms;
	schedule.repository = str_dup(options->name);
	schedule.payload = on_one_line(options->payload);
	schedule.started = true;
	schedule.seen_ms = options->now_ms;
	return registry_schedule_add(&registry, &schedule, err);
}
