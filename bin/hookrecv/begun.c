#include "bin/hookrecv/begun.h"

#include <ctype.h>
#include <string.h>

#include "bin/hookrecv/leak.h"
#include "bin/hookrecv/receive.h"
#include "bin/hookrecv/recovered.h"
#include "bin/hookrecv/request.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/http_server.h"
#include "lib/json_write.h"
#include "lib/log.h"

struct header_writer {
	const struct request *request;
	const struct keyring_keys *keys;
	struct json_writer json;
};

static bool leaks(const struct header_writer *writer, const char *name, const char *value)
{
	if (provider_signs_in(writer->request->provider, name) ||
	    !leak_is_in(writer->keys, value))
		return false;
	log_warning(
		"hook %s: its sender sends the hook's secret in the header '%s', which "
		"was left out: rotate the secret and tell the sender",
		writer->request->hook, name);
	return true;
}

static void write_header(const char *name, const char *value, void *data)
{
	struct header_writer *writer = data;
	char lower[128];
	size_t i;

	if (strlen(name) >= sizeof(lower) || leaks(writer, name, value) ||
	    provider_hides_header(writer->request->provider, name))
		return;
	for (i = 0; name[i]; i++)
		lower[i] = (char)tolower((unsigned char)name[i]);
	lower[i] = '\0';
	json_write_string(&writer->json, lower, value);
}

/* A secret is no name of an event. */
static void hide_names(struct request *request, const struct keyring_keys *keys)
{
	if (leak_is_in(keys, request->event))
		request->event = "unknown";
	if (request->delivery && leak_is_in(keys, request->delivery))
		request->delivery = NULL;
}

/* One that says it will be large goes to its file at once. */
static size_t memory_for(const struct request *request,
			 const struct http_exchange *exchange)
{
	uint64_t length = 0;

	if (provider_is_named_by_payload(request->provider))
		return INTAKE_MEMORY_NAMED;
	return http_length(exchange, &length) && length > INTAKE_MEMORY ? 0
									: INTAKE_MEMORY;
}

void begun_start(struct request *request, struct http_exchange *exchange,
		 const struct registry_hook *hook, const struct keyring_keys *keys)
{
	const struct source source = guard_source(&request->receive->guard, exchange);
	auto_buf struct buf headers = BUF_EMPTY;
	struct header_writer writer = { request, keys, JSON_WRITER(&headers) };
	char key[DATE_LEN];
	struct event_head head = { .hook = request->hook,
				   .name = hook->name,
				   .provider = request->provider->name,
				   .remote = source.text };
	const struct recovered_place place = { request->receive->hooks.keyring.state,
					       request->hook };

	hide_names(request, keys);
	head.event = request->event;
	head.delivery = request->delivery;
	if (keys->count) {
		date_format(key, keys->keys[0].since_ms);
		head.key = key;
	}
	head.is_recovered = hook->forge && recovered_expects(&place, request->delivery);
	json_write_object(&writer.json, NULL);
	http_each_header(exchange, write_header, &writer);
	json_write_object_end(&writer.json);
	head.headers = (struct str_view){ headers.data, headers.len };
	head.received_ms = date_now_ms();
	uuid_next(request->id, &request->receive->ids, head.received_ms);
	head.id = request->id;
	request->intake.all = &request->receive->kept;
	request->intake.memory = memory_for(request, exchange);
	intake_start(&request->intake, &request->receive->spool, &head);
}

bool begun_may_wait(const struct request *request, const struct http_exchange *exchange)
{
	uint64_t length = 0;

	return http_length(exchange, &length) && length <= BEGUN_WAITS &&
	       request->receive->kept + length <= INTAKE_MEMORY_ALL &&
	       !request->intake.is_form;
}

void begun_hold(struct request *request, const char *bytes, size_t len)
{
	buf_add(&request->body, bytes, len);
	request->receive->kept += len;
}

void begun_drop(struct request *request)
{
	request->receive->kept -= request->body.len;
	buf_free(&request->body);
}

static int catch_up(struct request *request, struct error *err)
{
	struct buf *payload = &request->receive->payload;

	return intake_add(&request->intake, payload, buf_str(&request->body),
			  request->body.len, err);
}

int begun_late(struct request *request, struct http_exchange *exchange, struct error *err)
{
	struct hooks *hooks = &request->receive->hooks;
	const struct registry_hook *hook = hooks_find(hooks, request->hook);
	const struct keyring_keys *keys = NULL;

	if (!request->is_waiting)
		return 0;
	if (!hook)
		return error_set(err, ERROR_ABSENT, "hook %s was removed meanwhile",
				 request->hook);
	if (keyring_find(&keys, &hooks->keyring, hook, date_now_ms(), err) < 0)
		return -1;
	request->is_waiting = false;
	begun_start(request, exchange, hook, keys);
	if (catch_up(request, err) < 0)
		return -1;
	begun_drop(request);
	return 0;
}
