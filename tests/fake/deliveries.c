#include <dirent.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/http_server.h"
#include "lib/json.h"
#include "lib/json_write.h"
#include "lib/uuid.h"
#include "tests/fake/fake.h"
#include "tests/fake/hooks.h"
#include "tests/fake/send.h"

/* Ids beyond 2^53, as GitHub has them by now: this, and four digits; or what the test wants. */
#define ID_FRONT "115292150460684"
#define PER_PAGE 30
#define PER_PAGE_GITLAB 20
#define PER_PAGE_MAX 100

static uint64_t count_of(const struct fake *fake, const char *hook)
{
	auto_free char *folder = str_format("deliveries/%s", hook);

	return store_count(fake, folder);
}

static char *name_of(const char *hook, uint64_t number)
{
	return str_format("deliveries/%s/%04" PRIu64, hook, number);
}

static bool load(struct delivery *delivery, const struct fake *fake, const char *hook,
		 uint64_t number)
{
	auto_free char *name = name_of(hook, number);
	auto_buf struct buf text = BUF_EMPTY;
	auto_jv jv read = jv_invalid();
	struct error err = { 0 };

	if (!store_has(fake, name))
		return false;
	store_read(&text, fake, name);
	if (json_parse(&read, buf_str(&text), text.len, &err) < 0)
		abort(); /* it wrote that itself */
	delivery->guid = hook_text(read, "guid");
	delivery->event = hook_text(read, "event");
	delivery->payload = hook_text(read, "payload");
	delivery->at = hook_text(read, "at");
	delivery->number = number;
	(void)json_get_u64(&delivery->status, read, "status", &err);
	(void)json_get_bool(&delivery->again, read, "again", &err);
	return true;
}

static void save(const struct fake *fake, const char *hook,
		 const struct delivery *delivery)
{
	auto_free char *name = name_of(hook, delivery->number);
	auto_buf struct buf text = BUF_EMPTY;
	struct json_writer writer = JSON_WRITER(&text);

	json_write_object(&writer, NULL);
	json_write_string(&writer, "guid", delivery->guid);
	json_write_string(&writer, "event", delivery->event);
	json_write_string(&writer, "payload", delivery->payload);
	json_write_string(&writer, "at", delivery->at);
	json_write_u64(&writer, "status", delivery->status);
	json_write_bool(&writer, "again", delivery->again);
	json_write_object_end(&writer);
	store_write(fake, name, &text);
}

static void delivery_free(struct delivery *delivery)
{
	free(delivery->guid);
	free(delivery->event);
	free(delivery->payload);
	free(delivery->at);
	*delivery = (struct delivery)DELIVERY_EMPTY;
}

static void finish(struct visit *visit, const char *hook_id, struct delivery *delivery,
		   unsigned status)
{
	auto_jv jv hook = jv_invalid();
	char date[DATE_LEN];

	hook_load(&hook, visit->fake, hook_id);
	date_format(date, visit->now_ms);
	delivery->at = str_dup(date);
	delivery->number = count_of(visit->fake, hook_id) + 1;
	delivery->status = status ? status : send_delivery(hook, delivery);
	save(visit->fake, hook_id, delivery);
}

void delivery_make(struct visit *visit, const char *hook, const char *event,
		   const char *payload, unsigned status)
{
	__attribute__((cleanup(delivery_free))) struct delivery delivery = DELIVERY_EMPTY;
	char guid[UUID_LEN];

	uuid_random(guid);
	delivery.guid = str_dup(guid);
	delivery.event = str_dup(event);
	delivery.payload = str_dup(payload);
	finish(visit, hook, &delivery, status);
}

/* Something happens in the repository: X-GitHub-Event says what, the body is the payload.  With
 * X-Fake-Status it is not sent, and is said to have been answered so. */
unsigned deliveries_make(struct visit *visit, struct buf *out)
{
	const char *event = http_header(visit->exchange, "X-GitHub-Event");
	const char *status = http_header(visit->exchange, "X-Fake-Status");
	auto_jv jv hook = jv_invalid();

	hook_load(&hook, visit->fake, visit->parts[0]);
	if (!jv_is_valid(hook))
		return visit_refuse(out, 404, "Not Found");
	delivery_make(visit, visit->parts[0], event ? event : "push",
		      buf_str(&visit->body),
		      status ? (unsigned)strtoul(status, NULL, 10) : 0);
	return 204;
}

static char *front_of(const struct fake *fake)
{
	auto_buf struct buf front = BUF_EMPTY;

	store_read(&front, fake, "id-front");
	return str_dup(front.len > 0 ? buf_str(&front) : ID_FRONT);
}

static void write_github(struct json_writer *writer, const struct fake *fake,
			 const struct delivery *delivery)
{
	auto_free char *front = front_of(fake);
	auto_free char *id = str_format("%s%04" PRIu64, front, delivery->number);

	json_write_object(writer, NULL);
	json_write_raw(writer, "id", id, strlen(id));
	json_write_string(writer, "guid", delivery->guid);
	json_write_string(writer, "delivered_at", delivery->at);
	json_write_bool(writer, "redelivery", delivery->again);
	json_write_raw(writer, "duration", "0.03", 4);
	json_write_string(writer, "status",
			  delivery->status / 100 == 2 ? "OK"
						      : "failed to connect to host");
	json_write_u64(writer, "status_code", delivery->status);
	json_write_string(writer, "event", delivery->event);
	json_write_null(writer, "action");
	json_write_null(writer, "installation_id");
	json_write_null(writer, "repository_id");
	json_write_object_end(writer);
}

static void write_gitlab(struct json_writer *writer, const struct delivery *delivery)
{
	auto_free char *id = str_format(ID_FRONT "%04" PRIu64, delivery->number);
	auto_free char *status = str_format("%" PRIu64, delivery->status);

	json_write_object(writer, NULL);
	json_write_raw(writer, "id", id, strlen(id));
	json_write_string(writer, "trigger", "push_hooks");
	json_write_object(writer, "request_headers");
	json_write_string(writer, "Idempotency-Key", delivery->guid);
	json_write_string(writer, "X-Gitlab-Event", delivery->event);
	json_write_object_end(writer);
	json_write_raw(writer, "request_data", delivery->payload,
		       strlen(delivery->payload));
	json_write_string(writer, "response_status",
			  delivery->status ? status : "internal error");
	json_write_object_end(writer);
}

/* Newest first, from the delivery of that number on; gives where the next page begins, or 0. */
static uint64_t write_page(struct buf *out, const struct visit *visit, const char *hook,
			   uint64_t from, uint64_t size)
{
	bool is_gitlab = str_starts(http_path(visit->exchange), "/api/");
	struct json_writer writer = JSON_WRITER(out);
	uint64_t number = from;

	json_write_array(&writer, NULL);
	for (; number > 0 && from - number < size; number--) {
		__attribute__((cleanup(delivery_free))) struct delivery delivery =
			DELIVERY_EMPTY;

		if (!load(&delivery, visit->fake, hook, number))
			continue;
		if (is_gitlab)
			write_gitlab(&writer, &delivery);
		else
			write_github(&writer, visit->fake, &delivery);
	}
	json_write_array_end(&writer);
	return number;
}

/* GitHub's next page is at another path than the one that was asked for. */
static unsigned list_github(struct visit *visit, struct buf *out, const char *hook,
			    const char *path)
{
	uint64_t size = visit_asked(visit, "per_page", PER_PAGE, PER_PAGE_MAX);
	uint64_t from =
		visit_asked(visit, "cursor", count_of(visit->fake, hook), UINT32_MAX);
	uint64_t next = 0;
	auto_free char *query = NULL;

	size = (uint64_t)store_number(visit->fake, "page-size", (int64_t)size);
	next = write_page(out, visit, hook, from, size);
	query = str_format("per_page=%" PRIu64 "&cursor=%" PRIu64, size, next);
	if (next > 0)
		visit_link(visit, path, query);
	return 200;
}

unsigned deliveries_list(struct visit *visit, struct buf *out)
{
	auto_jv jv hook = jv_invalid();
	auto_free char *path = NULL;

	if (!hook_visited(&hook, visit, out))
		return visit->refused;
	path = str_format("/repositories/%s.%s/hooks/%s/deliveries", visit->parts[0],
			  visit->parts[1], visit->parts[2]);
	return list_github(visit, out, visit->parts[2], path);
}

/* Of /repositories/acme.site/hooks/7/deliveries. */
unsigned deliveries_list_more(struct visit *visit, struct buf *out)
{
	char *dot = strchr(visit->parts[0], '.');

	if (!dot)
		return visit_refuse(out, 404, "Not Found");
	visit->parts[2] = visit->parts[1];
	visit->parts[1] = str_dup(dot + 1);
	*dot = '\0';
	return deliveries_list(visit, out);
}

unsigned app_deliveries(struct visit *visit, struct buf *out)
{
	if (!visit_is_app(visit, out))
		return visit->refused;
	return list_github(visit, out, APP_HOOK, "/app/hook/deliveries");
}

unsigned events_list(struct visit *visit, struct buf *out)
{
	uint64_t size = visit_asked(visit, "per_page", PER_PAGE_GITLAB, PER_PAGE_GITLAB);
	uint64_t page = visit_asked(visit, "page", 1, UINT32_MAX);
	uint64_t count = count_of(visit->fake, visit->parts[2]);
	auto_jv jv hook = jv_invalid();
	auto_free char *query = NULL;
	auto_free char *path = NULL;

	if (!hook_visited(&hook, visit, out))
		return visit->refused;
	size = (uint64_t)store_number(visit->fake, "page-size", (int64_t)size);
	path = str_format("/api/v4/projects/%s%%2F%s/hooks/%s/events", visit->parts[0],
			  visit->parts[1], visit->parts[2]);
	query = str_format("per_page=%" PRIu64 "&page=%" PRIu64, size, page + 1);
	if (count > (page - 1) * size &&
	    write_page(out, visit, visit->parts[2], count - (page - 1) * size, size) > 0)
		visit_link(visit, path, query);
	if (out->len == 0)
		buf_add_str(out, "[]");
	return 200;
}

/* Send it once more, as another delivery of the same guid; false when there is none. */
static bool send_again(uint64_t *status, struct visit *visit, const char *hook,
		       const char *id)
{
	__attribute__((cleanup(delivery_free))) struct delivery delivery = DELIVERY_EMPTY;
	auto_free char *front = front_of(visit->fake);

	if (!str_starts(id, front) ||
	    !load(&delivery, visit->fake, hook, strtoull(id + strlen(front), NULL, 10)))
		return false;
	free(delivery.at);
	delivery.again = true;
	finish(visit, hook, &delivery, 0);
	*status = delivery.status;
	return true;
}

unsigned deliveries_attempt(struct visit *visit, struct buf *out)
{
	auto_jv jv hook = jv_invalid();
	uint64_t status = 0;

	if (!hook_visited(&hook, visit, out))
		return visit->refused;
	if (!send_again(&status, visit, visit->parts[2], visit->parts[3]))
		return visit_refuse(out, 404, "Not Found");
	buf_add_str(out, "{}");
	return 202;
}

unsigned app_attempt(struct visit *visit, struct buf *out)
{
	uint64_t status = 0;

	if (!visit_is_app(visit, out))
		return visit->refused;
	if (!send_again(&status, visit, APP_HOOK, visit->parts[0]))
		return visit_refuse(out, 404, "Not Found");
	buf_add_str(out, "{}");
	return 202;
}

unsigned events_resend(struct visit *visit, struct buf *out)
{
	struct json_writer writer = JSON_WRITER(out);
	auto_jv jv hook = jv_invalid();
	uint64_t status = 0;

	if (!hook_visited(&hook, visit, out))
		return visit->refused;
	if (!send_again(&status, visit, visit->parts[2], visit->parts[3]))
		return visit_refuse(out, 404, "404 Not found");
	if (status == 0)
		return visit_refuse(out, 422, "Connection refused");
	json_write_object(&writer, NULL);
	json_write_u64(&writer, "response_status", status);
	json_write_object_end(&writer);
	return 201;
}
