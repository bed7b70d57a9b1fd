#include <string.h>

#include "bin/hookrecv-forge/dialect.h"
#include "bin/hookrecv-forge/order.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/json_plain.h"
#include "lib/json_scan.h"
#include "lib/json_write.h"

/* "push" is the member "push_events", and so on. */
static const char *const events[] = {
	"push",
	"tag_push",
	"issues",
	"confidential_issues",
	"merge_requests",
	"note",
	"confidential_note",
	"job",
	"pipeline",
	"wiki_page",
	"deployment",
	"releases",
	"milestone",
	"feature_flag",
	"emoji",
	"resource_access_token",
};

enum { EVENTS = sizeof(events) / sizeof(events[0]) };

static int mark_event(bool wanted[static EVENTS], struct str_view name, struct error *err)
{
	for (size_t i = 0; i < EVENTS; i++) {
		if (str_view_equal(name, events[i])) {
			wanted[i] = true;
			return 0;
		}
	}
	return error_set(err, ERROR_DATA, "GitLab has no events '%.*s'", (int)name.len,
			 name.data);
}

static int mark_events(bool wanted[static EVENTS], struct str_view list,
		       struct error *err)
{
	auto_free char *text = str_format("%.*s", (int)list.len, list.data);
	const char *rest = text;

	if (str_equal(text, "*")) {
		for (size_t i = 0; i < EVENTS; i++)
			wanted[i] = true;
		return 0;
	}
	while (rest) {
		if (mark_event(wanted, str_split(&rest, ','), err) < 0)
			return -1;
	}
	return 0;
}

/* A secret that is a key signs; any other is a token that GitLab sends. */
static void write_secret(struct json_writer *writer, struct str_view secret)
{
	bool signs = secret.len > 7 && memcmp(secret.data, "\"whsec_", 7) == 0;

	json_write_raw(writer, signs ? "signing_token" : "token", secret.data,
		       secret.len);
}

static int write_hook(struct buf *body, const struct order *order,
		      const struct hook_wish *wish, struct error *err)
{
	struct str_view names = wish->events;
	struct json_writer writer = JSON_WRITER(body);
	bool wanted[EVENTS] = { false };

	if (names.len && mark_events(wanted, names, err) < 0)
		return -1;
	json_write_object(&writer, NULL);
	json_write_string(&writer, "url", order->url);
	json_write_bool(&writer, "enable_ssl_verification", true);
	write_secret(&writer, order->secret);
	for (size_t i = 0; names.len && i < EVENTS; i++) {
		auto_free char *member = str_format("%s_events", events[i]);

		json_write_bool(&writer, member, wanted[i]);
	}
	json_write_object_end(&writer);
	return 0;
}

static bool read_url(struct str_view *url, struct str_view hook)
{
	return json_plain_string(url, hook, "url");
}

static void write_state(struct json_writer *writer, struct str_view hook)
{
	struct str_view status = { "unknown", 7 };

	(void)json_plain_string(&status, hook, "alert_status");
	json_write_bool(writer, "active", str_view_equal(status, "executable"));
	json_write_bytes(writer, "state", status.data, status.len);
}

/* An old GitLab sends no key: what it sends again cannot be told from something new. */
static bool read_delivery(struct delivery *delivery, struct str_view element)
{
	struct str_view headers = { NULL, 0 };

	if (!dialect_id(&delivery->id, element) ||
	    !json_plain_object(&headers, element, "request_headers") ||
	    !json_plain_string(&delivery->name, headers, "Idempotency-Key") ||
	    !json_plain_string(&delivery->event, headers, "X-Gitlab-Event") ||
	    !json_plain_string(&delivery->status, element, "response_status"))
		return false;
	delivery->is_ok = delivery->status.len == 3 && delivery->status.data[0] == '2';
	delivery->at_ms = 0;
	return true;
}

const struct dialect dialect_gitlab = {
	.forge = "GitLab",
	.update = "PUT",
	.list = "/events?per_page=20",
	.delivery = "/events/",
	.again = "/resend",
	.limit_bytes = (size_t)64 << 20, /* its list has 20 whole payloads */
	.hint = "is the token one with the scope 'api' of a maintainer of the project?",
	.write_hook = write_hook,
	.read_url = read_url,
	.write_state = write_state,
	.read_delivery = read_delivery,
};
