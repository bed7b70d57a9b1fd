#include "bin/hookrecv/answer.h"

#include <stdbool.h>

#include "lib/buf.h"
#include "lib/http_server.h"
#include "lib/json_write.h"

static void answer_id(struct http_exchange *exchange, unsigned status, const char *id,
		      bool duplicate)
{
	auto_buf struct buf text = BUF_EMPTY;
	struct json_writer writer = JSON_WRITER(&text);

	json_write_object(&writer, NULL);
	json_write_string(&writer, "id", id);
	if (duplicate)
		json_write_bool(&writer, "duplicate", true);
	json_write_object_end(&writer);
	buf_add_char(&text, '\n');
	http_answer(exchange, status, "application/json", text.data, text.len);
}

void answer_accepted(struct http_exchange *exchange, const char *id)
{
	answer_id(exchange, 202, id, false);
}

void answer_duplicate(struct http_exchange *exchange, const char *id)
{
	answer_id(exchange, 200, id, true);
}

void answer_unavailable(struct http_exchange *exchange)
{
	http_answer_header(exchange, "Retry-After", "30");
	http_answer_error(exchange, 503, "unavailable", "the event cannot be stored now");
}
