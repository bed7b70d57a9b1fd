#include "lib/event.h"

#include "lib/buf.h"
#include "lib/date.h"
#include "lib/json_write.h"

void event_write_head(struct buf *out, const struct event_head *head)
{
	struct json_writer writer = JSON_WRITER(out);
	char received[DATE_LEN];

	date_format(received, head->received_ms);
	json_write_object(&writer, NULL);
	json_write_string(&writer, "id", head->id);
	json_write_string(&writer, "hook", head->hook);
	json_write_string(&writer, "name", head->name);
	json_write_string(&writer, "provider", head->provider);
	json_write_string(&writer, "event", head->event);
	json_write_string(&writer, "delivery", head->delivery);
	json_write_string(&writer, "received_at", received);
	json_write_string(&writer, "remote", head->remote);
	if (head->key)
		json_write_string(&writer, "key", head->key);
	if (head->is_recovered)
		json_write_bool(&writer, "recovered", true);
	if (head->headers.len)
		json_write_raw(&writer, "headers", head->headers.data, head->headers.len);
	else
		json_write_raw(&writer, "headers", "{}", 2);
	json_write_raw(&writer, "payload", "", 0);
}

void event_write_tail(struct buf *out)
{
	buf_add_str(out, "}\n");
}
