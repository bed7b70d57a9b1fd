#include "bin/runjob-timeline/report.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "bin/runjob-timeline/course.h"
#include "lib/buf.h"
#include "lib/date.h"
#include "lib/json_write.h"

static const char *const kinds[] = { "job", "run", "task" };

static void write_date(struct json_writer *writer, const char *key, int64_t unix_ms)
{
	char text[DATE_LEN];

	date_format(text, unix_ms);
	json_write_string(writer, key, unix_ms ? text : NULL);
}

static void write_seconds(struct json_writer *writer, const char *key, int64_t ms)
{
	char text[32];

	snprintf(text, sizeof(text), "%s%" PRId64 ".%03d", ms < 0 ? "-" : "",
		 (ms < 0 ? -ms : ms) / 1000, (int)((ms < 0 ? -ms : ms) % 1000));
	json_write_raw(writer, key, text, strlen(text));
}

/* In seconds, from the beginning of the course. */
static void write_offset(struct json_writer *writer, const char *key,
			 const struct course *course, int64_t unix_ms)
{
	if (unix_ms)
		write_seconds(writer, key, unix_ms - course->from_ms);
	else
		json_write_null(writer, key);
}

static void write_try(struct json_writer *writer, const struct course *course,
		      const struct try *try)
{
	json_write_object(writer, NULL);
	json_write_u64(writer, "attempt", try->number);
	json_write_string(writer, "state", job_state_name(try->state));
	write_offset(writer, "queued", course, try->queued_ms);
	write_offset(writer, "started", course, try->started_ms);
	write_offset(writer, "ended", course, try->ended_ms);
	if (try->exit_code >= 0)
		json_write_i64(writer, "exit_code", try->exit_code);
	if (try->signal)
		json_write_i64(writer, "signal", try->signal);
	if (*try->reason)
		json_write_string(writer, "reason", try->reason);
	json_write_object_end(writer);
}

static void write_times(struct json_writer *writer, const struct course *course,
			const struct tries *tries)
{
	static const struct try none = { .number = 0 };
	const struct try *first = tries->count ? &tries->items[0] : &none;
	const struct try *last = tries->count ? &tries->items[tries->count - 1] : &none;

	write_date(writer, "queued_at", first->queued_ms);
	write_date(writer, "started_at", first->started_ms);
	write_date(writer, "ended_at", last->ended_ms);
	write_offset(writer, "queued", course, first->queued_ms);
	write_offset(writer, "started", course, first->started_ms);
	write_offset(writer, "ended", course, last->ended_ms);
	write_seconds(writer, "waited",
		      course_waited_ms(course, tries->items, tries->count));
	write_seconds(writer, "ran", course_ran_ms(course, tries->items, tries->count));
}

void report_row(struct buf *out, const struct course *course,
		const struct course_row *row)
{
	struct json_writer writer = JSON_WRITER(out);
	size_t i;

	json_write_object(&writer, NULL);
	json_write_string(&writer, "kind", kinds[row->kind]);
	json_write_string(&writer, "id", *row->id ? row->id : NULL);
	json_write_string(&writer, "name", row->name);
	json_write_string(&writer, "state", row->state);
	json_write_string(&writer, "reason", row->reason);
	write_times(&writer, course, &row->tries);
	json_write_array(&writer, "attempts");
	for (i = 0; i < row->tries.count; i++)
		write_try(&writer, course, &row->tries.items[i]);
	json_write_array_end(&writer);
	json_write_object_end(&writer);
	buf_add_char(out, '\n');
}

void report_dump(struct buf *out, const struct course *course)
{
	size_t i;

	for (i = 0; i < course->count; i++)
		report_row(out, course, &course->rows[i]);
}
