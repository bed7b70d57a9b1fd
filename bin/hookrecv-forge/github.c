#include <string.h>

#include "bin/hookrecv-forge/dialect.h"
#include "bin/hookrecv-forge/order.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/json_plain.h"
#include "lib/json_scan.h"
#include "lib/json_write.h"

static void write_config(struct json_writer *writer, const char *key,
			 const struct order *order)
{
	json_write_object(writer, key);
	json_write_string(writer, "url", order->url);
	json_write_string(writer, "content_type", "json");
	json_write_string(writer, "insecure_ssl", "0");
	json_write_raw(writer, "secret", order->secret.data, order->secret.len);
	json_write_object_end(writer);
}

static void write_events(struct json_writer *writer, struct str_view events)
{
	auto_free char *text = str_format("%.*s", (int)events.len, events.data);
	const char *rest = text;

	json_write_array(writer, "events");
	while (rest) {
		struct str_view event = str_split(&rest, ',');

		json_write_bytes(writer, NULL, event.data, event.len);
	}
	json_write_array_end(writer);
}

/* An App has one hook, which is only configured; its events are chosen with the App. */
static int write_hook(struct buf *body, const struct order *order,
		      const struct hook_wish *wish, struct error *err)
{
	struct json_writer writer = JSON_WRITER(body);

	(void)err;
	if (str_starts(order->path, "/app/")) {
		write_config(&writer, NULL, order);
		return 0;
	}
	json_write_object(&writer, NULL);
	if (wish->is_new)
		json_write_string(&writer, "name", "web");
	json_write_bool(&writer, "active", true);
	if (wish->events.len)
		write_events(&writer, wish->events);
	write_config(&writer, "config", order);
	json_write_object_end(&writer);
	return 0;
}

static bool read_url(struct str_view *url, struct str_view hook)
{
	struct str_view config = { NULL, 0 };

	/* That of an App is the configuration itself. */
	return json_plain_object(&config, hook, "config")
		       ? json_plain_string(url, config, "url")
		       : json_plain_string(url, hook, "url");
}

static void write_state(struct json_writer *writer, struct str_view hook)
{
	struct str_view active = { "true", 4 };
	struct str_view last = { NULL, 0 };
	struct str_view status = { "unknown", 7 };

	(void)json_scan_member(&active, hook, "active"); /* an App's always is */
	if (json_plain_object(&last, hook, "last_response"))
		(void)json_plain_string(&status, last, "status");
	json_write_bool(writer, "active", str_view_equal(active, "true"));
	json_write_bytes(writer, "state", status.data, status.len);
}

static int64_t read_date(struct str_view element)
{
	struct str_view date = { NULL, 0 };
	auto_free char *text = NULL;
	int64_t at_ms = 0;

	if (!json_plain_string(&date, element, "delivered_at"))
		return 0;
	text = str_format("%.*s", (int)date.len, date.data);
	return date_parse(&at_ms, text) ? at_ms : 0;
}

static bool read_delivery(struct delivery *delivery, struct str_view element)
{
	if (!dialect_id(&delivery->id, element) ||
	    !json_plain_string(&delivery->name, element, "guid") ||
	    !json_plain_string(&delivery->event, element, "event") ||
	    !json_scan_member(&delivery->status, element, "status_code"))
		return false;
	delivery->is_ok = delivery->status.len == 3 && delivery->status.data[0] == '2';
	delivery->at_ms = read_date(element);
	return !str_view_equal(delivery->event, "ping");
}

const struct dialect dialect_github = {
	.forge = "GitHub",
	.update = "PATCH",
	.list = "/deliveries?per_page=100",
	.delivery = "/deliveries/",
	.again = "/attempts",
	.hint = "has the App the repository permission 'Webhooks: write', and is it "
		"installed there?",
	.write_hook = write_hook,
	.read_url = read_url,
	.write_state = write_state,
	.read_delivery = read_delivery,
};
