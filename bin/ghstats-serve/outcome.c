#include "bin/ghstats-serve/outcome.h"

#include <stdlib.h>
#include <string.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/http_server.h"
#include "lib/json_object.h"
#include "lib/json_plain.h"
#include "lib/log.h"

static bool find_error(struct str_view *object, struct str_view answer)
{
	const char *problem = NULL;

	return json_object_is_sound(answer, &problem) &&
	       json_object_find(object, answer, "error");
}

bool outcome_is_good(struct str_view answer)
{
	struct str_view ignored = { NULL, 0 };
	const char *problem = NULL;

	return json_object_is_sound(answer, &problem) &&
	       !json_object_find(&ignored, answer, "error");
}

unsigned outcome_status(struct str_view answer)
{
	struct str_view object = { NULL, 0 };
	uint64_t status = 0;

	if (!find_error(&object, answer) || !json_plain_u64(&status, object, "status") ||
	    status < 400 || status > 599)
		return 503;
	return (unsigned)status;
}

char *outcome_text(struct str_view answer, const char *name)
{
	auto_buf struct buf text = BUF_EMPTY;
	struct str_view raw = { NULL, 0 };

	if (!json_object_find(&raw, answer, name) || !json_object_text(&text, raw) ||
	    memchr(buf_str(&text), 0, text.len))
		return NULL;
	return buf_take(&text);
}

int64_t outcome_number(struct str_view answer, const char *name)
{
	uint64_t number = 0;

	return json_plain_u64(&number, answer, name) ? (int64_t)number : 0;
}

void outcome_refuse(struct http_exchange *exchange, struct str_view answer)
{
	struct str_view object = { NULL, 0 };
	unsigned status = outcome_status(answer);
	auto_free char *code = NULL;
	auto_free char *message = NULL;

	if (find_error(&object, answer)) {
		code = outcome_text(object, "code");
		message = outcome_text(object, "message");
	}
	log_warning("%s from %s is refused: %u %s", http_path(exchange),
		    http_remote(exchange), status, code ? code : "unavailable");
	http_answer_header(exchange, "Cache-Control", "no-store");
	if (status == 503)
		http_answer_header(exchange, "Retry-After", "10");
	http_answer_fault(exchange, status, code ? code : "unavailable",
			  message ? message : "this cannot be done now");
}

void outcome_busy(struct http_exchange *exchange)
{
	http_answer_header(exchange, "Cache-Control", "no-store");
	http_answer_header(exchange, "Retry-After", "5");
	http_answer_error(exchange, 503, "busy", "too many log in at once: try again");
}

void outcome_too_often(struct http_exchange *exchange)
{
	log_warning("%s from %s: too many in a minute", http_path(exchange),
		    http_remote(exchange));
	http_answer_header(exchange, "Cache-Control", "no-store");
	http_answer_header(exchange, "Retry-After", "60");
	http_answer_error(exchange, 429, "too_many_requests",
			  "too many have tried this within a minute: try again later");
}
