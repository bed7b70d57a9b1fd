#include "bin/hookroute/rehearse.h"

#include <string.h>
#include <unistd.h>

#include "bin/hookroute/lane.h"
#include "bin/hookroute/work.h"
#include "lib/buf.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/json_scan.h"
#include "lib/json_write.h"
#include "lib/lines.h"
#include "lib/log.h"

static void write_delivery(struct buf *out, struct str_view event_id,
			   const struct delivery *delivery)
{
	struct json_writer writer = JSON_WRITER(out);

	json_write_object(&writer, NULL);
	json_write_raw(&writer, "event_id", event_id.data, event_id.len);
	json_write_u64(&writer, "n", delivery->n);
	json_write_string(&writer, "route", delivery->route);
	if (delivery->problem) {
		json_write_string(&writer, "error", delivery->problem);
	} else {
		json_write_string(&writer, "to", delivery->to);
		if (delivery->send)
			json_write_raw(&writer, "send", delivery->send,
				       strlen(delivery->send));
		if (delivery->with != WITH_NOTHING)
			json_write_string(&writer, "with",
					  routes_with_name(delivery->with));
		lane_write(&writer, delivery);
	}
	json_write_object_end(&writer);
	buf_add_char(out, '\n');
}

/* The very line that the consumer gets. */
static void write_line(struct buf *out, struct str_view line,
		       const struct delivery *delivery)
{
	struct work work = { .line = BUF_EMPTY };

	buf_add(&work.line, line.data, line.len);
	work_write(&work, delivery, out);
	buf_free(&work.line);
}

void rehearse_line(struct buf *out, struct rehearsal *rehearsal, struct str_view line)
{
	auto_deliveries struct deliveries deliveries = DELIVERIES_EMPTY;
	struct str_view event_id = { "null", 4 };
	struct error err = { 0 };
	bool failed = routes_apply(&deliveries, rehearsal->routes, line, &err) < 0;
	size_t i;

	rehearsal->lines++;
	if (failed)
		log_warning("line %zu: %s", rehearsal->lines, err.message);
	else
		(void)json_scan_member(&event_id, line, "id");
	for (i = 0; i < deliveries.count; i++) {
		const struct delivery *delivery = &deliveries.list[i];

		if (delivery->problem)
			log_warning("line %zu: %s: %s", rehearsal->lines, delivery->route,
				    delivery->problem);
		failed = failed || delivery->problem;
		if (!rehearsal->to)
			write_delivery(out, event_id, delivery);
		else if (str_equal(delivery->to, rehearsal->to) && !delivery->problem)
			write_line(out, line, delivery);
	}
	rehearsal->failed += failed;
}

int rehearse_input(struct rehearsal *rehearsal, int fd, struct error *err)
{
	auto_lines struct lines lines = LINES(fd, REHEARSE_LINE_MAX);
	auto_buf struct buf out = BUF_EMPTY;
	struct str_view line = { NULL, 0 };
	bool found = false;

	for (;;) {
		if (lines_next(&line, &found, &lines, err) < 0)
			return -1;
		if (!found)
			return 0;
		rehearse_line(&out, rehearsal, line);
		if (file_write(STDOUT_FILENO, out.data, out.len, "standard output", err) <
		    0)
			return -1;
		buf_clear(&out);
	}
}

int rehearse_verdict(const struct rehearsal *rehearsal, struct error *err)
{
	if (!rehearsal->failed)
		return 0;
	return error_set(err, ERROR_DATA, "%zu of %zu events could not be routed",
			 rehearsal->failed, rehearsal->lines);
}
