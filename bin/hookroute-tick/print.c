#include "bin/hookroute-tick/print.h"

#include <stdio.h>
#include <string.h>

#include "lib/buf.h"
#include "lib/json_write.h"
#include "lib/registry_schedule.h"
#include "lib/zone.h"

static void end_line(struct buf *out, struct json_writer *writer)
{
	json_write_object_end(writer);
	buf_add_char(out, '\n');
}

void print_event(struct buf *out, const struct print_event *event, bool json)
{
	const struct registry_schedule *schedule = event->schedule;
	struct json_writer writer = JSON_WRITER(out);

	if (!json) {
		buf_add_format(out, "%s  %.19sZ  %s%s%s\n", event->id, event->due,
			       schedule->name, event->repository ? "  " : "",
			       event->repository ? event->repository : "");
		return;
	}
	json_write_object(&writer, NULL);
	json_write_string(&writer, "id", event->id);
	json_write_string(&writer, "schedule", schedule->name);
	if (schedule->is_plugin)
		json_write_string(&writer, "plugin", schedule->name);
	json_write_string(&writer, "name", event->repository);
	json_write_string(&writer, "due_at", event->due);
	end_line(out, &writer);
}

static const char *state_of(const struct print_row *row)
{
	if (row->problem)
		return "wrong";
	if (!row->schedule->started)
		return "stopped";
	return row->schedule->is_enabled ? "started" : "disabled";
}

static void write_time(struct json_writer *writer, const char *key, int64_t ms)
{
	char text[DATE_LEN];

	date_format(text, ms);
	json_write_string(writer, key, ms ? text : NULL);
}

static void write_json(struct buf *out, const struct print_row *row)
{
	const struct registry_schedule *schedule = row->schedule;
	const char *payload = schedule->payload;
	struct json_writer writer = JSON_WRITER(out);
	char local[ZONE_TEXT];

	zone_format(local, row->next_ms / 1000);
	json_write_object(&writer, NULL);
	json_write_string(&writer, "name", schedule->name);
	json_write_string(&writer, "kind", schedule->is_plugin ? "plugin" : "route");
	json_write_string(&writer, "state", state_of(row));
	json_write_string(&writer, "expression", schedule->expression);
	json_write_string(&writer, "timezone", schedule->timezone);
	write_time(&writer, "next_at", row->next_ms);
	json_write_string(&writer, "next_local", row->next_ms ? local : NULL);
	json_write_i64(&writer, "jitter_ms", row->delay_ms);
	write_time(&writer, "due_at", schedule->due_ms);
	write_time(&writer, "last_run_at", schedule->ran_ms);
	if (schedule->is_plugin)
		json_write_u64(&writer, "repositories", schedule->repositories);
	else
		json_write_string(&writer, "repository", schedule->repository);
	if (payload)
		json_write_raw(&writer, "payload", payload, strlen(payload));
	if (row->problem)
		json_write_string(&writer, "problem", row->problem);
	end_line(out, &writer);
}

#define ROW "%-20s  %-6s  %-8s  %-28s  %-23s  %-23s  %s%s%s\n"

void print_heading(struct buf *out)
{
	buf_add_format(out, ROW, "NAME", "KIND", "STATE", "NEXT", "LAST RUN",
		       "EXPRESSION", "FOR", "", "");
}

static void write_row(struct buf *out, const struct print_row *row)
{
	const struct registry_schedule *schedule = row->schedule;
	char next[ZONE_TEXT] = "-";
	char last[ZONE_TEXT] = "-";
	char count[32];

	snprintf(count, sizeof(count), "%ju repositories",
		 (uintmax_t)schedule->repositories);
	if (row->next_ms)
		zone_format(next, row->next_ms / 1000);
	if (schedule->ran_ms)
		zone_format(last, schedule->ran_ms / 1000);
	buf_add_format(out, ROW, schedule->name, schedule->is_plugin ? "plugin" : "route",
		       state_of(row), next, last, schedule->expression,
		       schedule->is_plugin    ? count
		       : schedule->repository ? schedule->repository
					      : "-",
		       row->problem ? "  " : "", row->problem ? row->problem : "");
}

void print_row(struct buf *out, const struct print_row *row, bool json)
{
	if (json)
		write_json(out, row);
	else
		write_row(out, row);
}
