#include <unistd.h>

#include "bin/hookroute-tick/commands.h"
#include "bin/hookroute-tick/due.h"
#include "bin/hookroute-tick/options.h"
#include "bin/hookroute-tick/print.h"
#include "bin/hookroute-tick/setting.h"
#include "lib/buf.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/layout.h"
#include "lib/registry.h"
#include "lib/registry_schedule.h"

struct listing {
	struct zone zone;
	int64_t jitter_ms;
	int64_t now_ms;
	bool json;
};

static void add_row(struct buf *out, struct listing *listing,
		    const struct registry_schedule *schedule)
{
	struct print_row row = { .schedule = schedule };
	struct error bad = { 0 };
	struct due due = { 0 };
	int64_t next_ms = 0;

	if (due_read(&due, &listing->zone, schedule, listing->jitter_ms, &bad) < 0)
		row.problem = bad.message;
	else if (schedule->started && due_next(&next_ms, &due, schedule, listing->now_ms))
		row.next_ms = next_ms + due.delay_ms;
	row.delay_ms = due.delay_ms;
	print_row(out, &row, listing->json);
}

int cmd_list(const struct options *options, const struct layout *layout,
	     struct error *err)
{
	auto_registry struct registry registry = REGISTRY_NONE;
	auto_schedules struct registry_schedules schedules = { NULL, 0 };
	auto_buf struct buf out = BUF_EMPTY;
	struct listing listing = { .zone = ZONE_EMPTY,
				   .now_ms = options->now_ms,
				   .json = options->json };
	size_t i;

	if (setting_jitter(&listing.jitter_ms, layout, err) < 0 ||
	    registry_open(&registry, layout, err) < 0 ||
	    registry_schedule_list(&schedules, &registry, options->after, err) < 0)
		return -1;
	if (!listing.json)
		print_heading(&out);
	zone_open(&listing.zone);
	for (i = 0; i < schedules.count && i < options->limit; i++)
		add_row(&out, &listing, &schedules.list[i]);
	zone_free(&listing.zone);
	return file_write(STDOUT_FILENO, out.data, out.len, "standard output", err);
}
