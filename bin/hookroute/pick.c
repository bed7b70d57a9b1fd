#include "bin/hookroute/pick.h"

#include <fnmatch.h>
#include <string.h>

#include "bin/hookroute/options.h"
#include "bin/hookroute/walk.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/uuid.h"

int64_t pick_time_ms(const struct walk_event *event)
{
	struct str_view at = walk_member(event, "received_at");
	auto_free char *text = str_format("%.*s", (int)at.len, at.data);
	int64_t time_ms = 0;

	return date_parse(&time_ms, text) ? time_ms : uuid_time_ms(event->id);
}

static bool is_named(const struct walk_event *event, const char *pattern)
{
	struct str_view name = walk_member(event, "name");
	auto_free char *text = str_format("%.*s", (int)name.len, name.data);

	return fnmatch(pattern, text, 0) == 0;
}

static bool is_timed(const struct options *options)
{
	return options->since_ms != INT64_MIN || options->until_ms != INT64_MAX;
}

bool pick_is_narrow(const struct options *options)
{
	return options->name || options->event || options->provider || options->after ||
	       is_timed(options);
}

bool pick_event(const struct options *options, const struct walk_event *event)
{
	int64_t time_ms;

	if ((options->after && strcmp(event->id, options->after) <= 0) ||
	    (options->name && !is_named(event, options->name)) ||
	    (options->event &&
	     !str_view_equal(walk_member(event, "event"), options->event)) ||
	    (options->provider &&
	     !str_view_equal(walk_member(event, "provider"), options->provider)))
		return false;
	if (!is_timed(options))
		return true;
	time_ms = pick_time_ms(event);
	return time_ms >= options->since_ms && time_ms <= options->until_ms;
}
