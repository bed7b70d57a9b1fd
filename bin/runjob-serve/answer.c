#include "bin/runjob-serve/answer.h"

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/http_server.h"
#include "lib/json_write.h"
#include "lib/log.h"
#include "lib/str.h"

void answer_error(struct http_exchange *exchange, const struct answer_error *error)
{
	auto_buf struct buf text = BUF_EMPTY;
	struct json_writer writer = JSON_WRITER(&text);

	json_write_object(&writer, NULL);
	json_write_object(&writer, "error");
	json_write_string(&writer, "code", error->code);
	json_write_string(&writer, "message", error->message);
	if (error->field && *error->field)
		json_write_string(&writer, "field", error->field);
	json_write_object_end(&writer);
	json_write_object_end(&writer);
	buf_add_char(&text, '\n');
	answer_json(exchange, error->status, &text);
}

void answer_bad(struct http_exchange *exchange, const char *field, const char *message)
{
	const struct answer_error error = { 400, "bad_parameter", message, field };

	answer_error(exchange, &error);
}

void answer_failure(struct http_exchange *exchange, const struct error *err)
{
	if (err->kind == ERROR_ABSENT) {
		http_answer_fault(exchange, 404, "not_found", err->message);
		return;
	}
	if (err->kind == ERROR_DATA || err->kind == ERROR_USAGE) {
		http_answer_fault(exchange, 400, "bad_request", err->message);
		return;
	}
	log_error("%s %s: %s", http_method(exchange), http_path(exchange), err->message);
	http_answer_header(exchange, "Retry-After", "10");
	http_answer_error(exchange, 503, "unavailable", "this cannot be done now");
}

void answer_later(struct http_exchange *exchange, long long wait_ms, const char *code,
		  const char *message)
{
	auto_free char *wait = str_format("%lld", (wait_ms + 999) / 1000);

	http_answer_header(exchange, "Retry-After", wait);
	http_answer_fault(exchange, 429, code, message);
}

void answer_json(struct http_exchange *exchange, unsigned status, const struct buf *json)
{
	http_answer(exchange, status, "application/json", json->data, json->len);
}
