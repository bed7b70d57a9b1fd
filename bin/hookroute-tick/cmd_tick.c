#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "bin/hookroute-tick/batch.h"
#include "bin/hookroute-tick/commands.h"
#include "bin/hookroute-tick/due.h"
#include "bin/hookroute-tick/options.h"
#include "bin/hookroute-tick/print.h"
#include "bin/hookroute-tick/setting.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/event.h"
#include "lib/file.h"
#include "lib/json_write.h"
#include "lib/layout.h"
#include "lib/log.h"
#include "lib/path.h"
#include "lib/registry.h"
#include "lib/registry_assign.h"
#include "lib/registry_schedule.h"
#include "lib/str.h"

enum { AHEAD_MS = 24 * 3600 * 1000 };

struct tick {
	const struct options *options;
	struct registry *registry;
	struct zone zone;
	struct batch batch;
	struct buf printed;
	int64_t jitter_ms; /* for expressions of fields */
	size_t settled;
	size_t bad;
};

static void write_payload(struct buf *out, const struct registry_schedule *schedule,
			  const char *due)
{
	struct json_writer writer = JSON_WRITER(out);
	const char *payload = schedule->payload;

	json_write_object(&writer, NULL);
	if (schedule->is_plugin)
		json_write_string(&writer, "plugin", schedule->name);
	json_write_string(&writer, "schedule", schedule->name);
	json_write_string(&writer, "expression", schedule->expression);
	json_write_string(&writer, "due_at", due);
	if (payload)
		json_write_raw(&writer, "payload", payload, strlen(payload));
	json_write_object_end(&writer);
}

static int add_event(struct tick *tick, const struct registry_schedule *schedule,
		     const char *repository, struct error *err)
{
	auto_buf struct buf line = BUF_EMPTY;
	struct print_event event = { .schedule = schedule, .repository = repository };
	struct event_head head = { .id = event.id,
				   .name = repository,
				   .provider = "hooktools",
				   .event = "schedule",
				   .delivery = event.id,
				   .received_ms = tick->options->now_ms };

	due_event_id(event.id, schedule, schedule->due_ms, repository);
	date_format(event.due, schedule->due_ms);
	event_write_head(&line, &head);
	write_payload(&line, schedule, event.due);
	event_write_tail(&line);
	print_event(&tick->printed, &event, tick->options->json);
	return batch_add(&tick->batch, &line, err);
}

/* The settings are read anew for each: a repository that was just assigned gets its event. */
static int add_plugin(struct tick *tick, const struct registry_schedule *schedule,
		      struct error *err)
{
	auto_buf struct buf names = BUF_EMPTY;
	const char *rest = NULL;

	if (registry_assigned(&names, tick->registry, schedule->name, err) < 0)
		return -1;
	rest = buf_str(&names);
	while (rest && *rest) {
		struct str_view name = str_split(&rest, '\n');
		auto_free char *repository = str_format("%.*s", (int)name.len, name.data);

		if (add_event(tick, schedule, repository, err) < 0)
			return -1;
	}
	return 0;
}

static int settle(struct tick *tick, struct registry_schedule *schedule,
		  struct error *err)
{
	schedule->seen_ms = schedule->due_ms;
	schedule->ran_ms = tick->options->now_ms;
	tick->settled++;
	/* What comes while a plugin is disabled is not for it. */
	if (!schedule->is_enabled)
		return registry_schedule_settle(tick->registry, schedule, err);
	if (schedule->is_plugin
		    ? add_plugin(tick, schedule, err) < 0
		    : add_event(tick, schedule, schedule->repository, err) < 0)
		return -1;
	return registry_schedule_settle(tick->registry, schedule, err);
}

/* One that cannot be read is said, and does not stop the others. */
static int look_at(struct tick *tick, struct registry_schedule *schedule,
		   struct error *err)
{
	struct error bad = { 0 };
	struct due due = { 0 };

	if (!schedule->started)
		return 0;
	if (due_read(&due, &tick->zone, schedule, tick->jitter_ms, &bad) < 0) {
		tick->bad++;
		log_warning("schedule '%s' is left out: %s", schedule->name, bad.message);
		return 0;
	}
	if (schedule->seen_ms > tick->options->now_ms + AHEAD_MS)
		log_warning(
			"schedule '%s' was due in the future: is the clock right?  If "
			"so, 'hookroute schedule start %s' makes it count from now",
			schedule->name, schedule->name);
	if (!due_last(&schedule->due_ms, &due, schedule, tick->options->now_ms))
		return 0;
	return settle(tick, schedule, err);
}

static int collect(struct tick *tick, struct error *err)
{
	auto_schedules struct registry_schedules schedules = { NULL, 0 };
	size_t i;

	if (registry_schedule_list(&schedules, tick->registry, NULL, err) < 0)
		return -1;
	for (i = 0; i < schedules.count; i++) {
		if (look_at(tick, &schedules.list[i], err) < 0)
			return -1;
	}
	return batch_close(&tick->batch, err);
}

/* All in one transaction: what is settled has its events kept, and the other way round. */
static int collect_all(struct tick *tick, struct error *err)
{
	int failed;

	if (db_begin(&tick->registry->db, err) < 0)
		return -1;
	failed = collect(tick, err);
	if (!failed && tick->settled && !tick->options->dry_run)
		failed = db_commit(&tick->registry->db, err);
	db_rollback(&tick->registry->db);
	return failed;
}

static int make_events(struct tick *tick, const struct layout *layout, struct error *err)
{
	size_t files = 0;

	if (!tick->options->dry_run) {
		if (batch_publish(&files, tick->registry, layout, err) < 0)
			return -1;
		if (files)
			log_notice(
				"a tick was broken off: its events are in the spool now");
	}
	if (collect_all(tick, err) < 0)
		return -1;
	if (!tick->options->dry_run &&
	    batch_publish(&files, tick->registry, layout, err) < 0)
		return -1;
	return file_write(STDOUT_FILENO, tick->printed.data, tick->printed.len,
			  "standard output", err);
}

/* Two at once would publish the same file: the second waits, and finds nothing to do. */
static int lock(int *fd, const struct layout *layout, struct error *err)
{
	auto_free char *path = path_join(layout->state, "tick.lock");

	return file_lock(fd, AT_FDCWD, path, err);
}

int cmd_tick(const struct options *options, const struct layout *layout,
	     struct error *err)
{
	auto_registry struct registry registry = REGISTRY_NONE;
	struct tick tick = { .options = options,
			     .registry = &registry,
			     .zone = ZONE_EMPTY,
			     .batch = { .registry = &registry,
					.now_ms = options->now_ms } };
	auto_close int fd = -1;
	int failed;

	if (setting_jitter(&tick.jitter_ms, layout, err) < 0 ||
	    registry_open(&registry, layout, err) < 0)
		return -1;
	if (options->jitter_ms >= 0)
		tick.jitter_ms = options->jitter_ms;
	if (!options->dry_run && lock(&fd, layout, err) < 0)
		return -1;
	zone_open(&tick.zone);
	failed = make_events(&tick, layout, err);
	zone_free(&tick.zone);
	batch_free(&tick.batch);
	buf_free(&tick.printed);
	if (!failed && tick.bad)
		return error_set(err, ERROR_DATA, "%zu of the schedules were left out",
				 tick.bad);
	return failed;
}
