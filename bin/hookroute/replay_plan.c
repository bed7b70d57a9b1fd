#include "bin/hookroute/replay_plan.h"

#include <string.h>
#include <unistd.h>

#include "bin/hookroute/terminal.h"
#include "bin/hookroute/walk.h"
#include "lib/buf.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/json_write.h"
#include "lib/log.h"

/* Those that cannot be delivered, or came of another route, are taken off. */
static void keep_good(struct deliveries *deliveries, const char *route)
{
	auto_deliveries struct deliveries all = *deliveries;
	size_t i;

	*deliveries = (struct deliveries)DELIVERIES_EMPTY;
	for (i = 0; i < all.count; i++) {
		if (all.list[i].problem ||
		    (route && !str_equal(all.list[i].route, route)))
			continue;
		*deliveries_add(deliveries) = all.list[i];
		all.list[i] = (struct delivery)DELIVERY_EMPTY;
	}
}

int replay_plan_apply(struct deliveries *deliveries, struct replay_plan *plan,
		      struct str_view line, struct error *err)
{
	auto_deliveries struct deliveries made = DELIVERIES_EMPTY;
	struct walk_event event = { .line = line };
	struct str_view id = walk_member(&event, "id");
	struct error bad = { 0 };
	bool failed = false;
	size_t i;

	(void)err;
	plan->events++;
	if (routes_apply(&made, plan->routes, line, &bad) < 0) {
		log_warning("event %.*s: %s", (int)id.len, id.data, bad.message);
		failed = true;
	}
	for (i = 0; i < made.count; i++) {
		if (!made.list[i].problem ||
		    (plan->route && !str_equal(made.list[i].route, plan->route)))
			continue;
		log_warning("event %.*s: %s: %s", (int)id.len, id.data,
			    made.list[i].route, made.list[i].problem);
		failed = true;
	}
	plan->failed += failed;
	keep_good(&made, plan->route);
	plan->deliveries += made.count;
	*deliveries = made;
	made = (struct deliveries)DELIVERIES_EMPTY;
	return 0;
}

static void write_json(struct buf *out, const struct walk_event *event,
		       const struct delivery *delivery)
{
	struct json_writer writer = JSON_WRITER(out);

	json_write_object(&writer, NULL);
	json_write_string(&writer, "event_id", event->id);
	json_write_string(&writer, "route", delivery->route);
	json_write_string(&writer, "to", delivery->to);
	if (delivery->send)
		json_write_raw(&writer, "send", delivery->send, strlen(delivery->send));
	if (delivery->with != WITH_NOTHING)
		json_write_string(&writer, "with", routes_with_name(delivery->with));
	json_write_object_end(&writer);
	buf_add_char(out, '\n');
}

static void write_text(struct buf *out, const struct walk_event *event,
		       const struct delivery *delivery)
{
	struct str_view route = { delivery->route, strlen(delivery->route) };
	struct str_view to = { delivery->to, strlen(delivery->to) };

	terminal_add_column(out, walk_member(event, "received_at"), 26);
	buf_add_str(out, event->id);
	buf_add_str(out, "  ");
	terminal_add(out, walk_member(event, "name"));
	buf_add_char(out, ' ');
	terminal_add(out, walk_member(event, "event"));
	buf_add_str(out, "  ");
	terminal_add(out, route);
	buf_add_str(out, " to ");
	terminal_add(out, to);
	buf_add_char(out, '\n');
}

int replay_plan_print(struct replay_plan *plan, const struct walk_event *event,
		      struct error *err)
{
	auto_deliveries struct deliveries deliveries = DELIVERIES_EMPTY;
	auto_buf struct buf out = BUF_EMPTY;
	size_t i;

	if (replay_plan_apply(&deliveries, plan, event->line, err) < 0)
		return -1;
	for (i = 0; i < deliveries.count; i++) {
		if (plan->json)
			write_json(&out, event, &deliveries.list[i]);
		else
			write_text(&out, event, &deliveries.list[i]);
	}
	return file_write(STDOUT_FILENO, out.data, out.len, "standard output", err);
}

int replay_plan_verdict(const struct replay_plan *plan, struct error *err)
{
	log_notice("%zu events, %zu deliveries", plan->events, plan->deliveries);
	if (!plan->failed)
		return 0;
	return error_set(err, ERROR_DATA, "%zu of %zu events could not be routed",
			 plan->failed, plan->events);
}
