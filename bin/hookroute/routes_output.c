#include "bin/hookroute/routes_output.h"

#include <string.h>

#include "bin/hookroute/lane.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/json.h"
#include "lib/json_scan.h"
#include "lib/path.h"
#include "lib/str.h"
#include "lib/uuid.h"

enum { PROBLEM_MAX = 4096 };

/* From some depth on libjq writes a remark that is no JSON instead of the value. */
static bool is_whole(struct buf *text)
{
	struct json_scan scan;

	if (!strstr(buf_str(text), "<skipped: ") && !strstr(buf_str(text), "<stripped: "))
		return true;
	json_scan_start(&scan);
	return json_scan_feed(&scan, text->data, text->len) && json_scan_finish(&scan);
}

/* An object gets the delivery's id, if it has none: the same at every try. */
static int dump_send(struct delivery *delivery, jv send, const char *event_id,
		     struct error *err)
{
	auto_jv jv id = json_get(send, "id");
	auto_jv jv whole = jv_copy(send);
	auto_buf struct buf out = BUF_EMPTY;
	char derived[UUID_LEN];

	if (jv_get_kind(send) == JV_KIND_OBJECT &&
	    (!jv_is_valid(id) || jv_get_kind(id) == JV_KIND_NULL)) {
		delivery_id(derived, event_id, delivery);
		whole = jv_object_set(whole, jv_string("id"), jv_string(derived));
	}
	json_dump(&out, whole);
	if (!is_whole(&out))
		return error_set(err, ERROR_DATA, "'send' is nested too deep");
	delivery->send = buf_take(&out);
	return 0;
}

static int read_with(enum delivery_with *with, jv out, struct error *err)
{
	auto_free char *text = NULL;

	if (json_get_string(&text, out, "with", err) < 0)
		return -1;
	if (!text)
		*with = WITH_NOTHING;
	else if (str_equal(text, "payload"))
		*with = WITH_PAYLOAD;
	else if (str_equal(text, "event"))
		*with = WITH_EVENT;
	else
		return error_set(err, ERROR_DATA,
				 "'with' is neither \"payload\" nor \"event\"");
	return 0;
}

/* Two members of one name mean something else to each reader. */
static int check_spliced(jv send, enum delivery_with with, struct error *err)
{
	auto_jv jv own = jv_invalid();

	if (with == WITH_NOTHING || !jv_is_valid(send))
		return 0;
	if (jv_get_kind(send) != JV_KIND_OBJECT)
		return error_set(err, ERROR_DATA,
				 "'send' must be an object beside 'with'");
	own = json_get(send, routes_with_name(with));
	if (jv_is_valid(own))
		return error_set(err, ERROR_DATA, "'send' has its own '%s' beside 'with'",
				 routes_with_name(with));
	return 0;
}

static int read_out(struct delivery *delivery, jv out, const char *event_id,
		    struct error *err)
{
	auto_jv jv send = json_get(out, "send");

	if (jv_get_kind(out) != JV_KIND_OBJECT)
		return error_set(err, ERROR_DATA,
				 "an output is no object with 'to' and 'send'");
	if (json_get_string(&delivery->to, out, "to", err) < 0 ||
	    read_with(&delivery->with, out, err) < 0 || lane_read(delivery, out, err) < 0)
		return -1;
	if (!delivery->to || !path_is_safe_name(delivery->to))
		return error_set(err, ERROR_DATA, "'to' is not the name of a consumer");
	if (!jv_is_valid(send) && delivery->with != WITH_EVENT)
		return error_set(err, ERROR_DATA, "'send' is missing");
	if (check_spliced(send, delivery->with, err) < 0)
		return -1;
	if (jv_is_valid(send))
		return dump_send(delivery, send, event_id, err);
	return 0;
}

void routes_output_read(struct delivery *delivery, jv out, const char *event_id)
{
	struct error err = { 0 };

	if (read_out(delivery, out, event_id, &err) < 0)
		delivery->problem = str_dup(err.message);
}

void routes_output_fail(struct delivery *delivery, jv error)
{
	auto_buf struct buf text = BUF_EMPTY;

	if (jv_get_kind(error) == JV_KIND_STRING)
		buf_add_str(&text, jv_string_value(error));
	else
		json_dump(&text, error);
	if (text.len > PROBLEM_MAX) {
		size_t len = PROBLEM_MAX;

		while (len && ((unsigned char)text.data[len] & 0xc0) == 0x80)
			len--;
		buf_cut(&text, len);
		buf_add_str(&text, "...");
	}
	delivery->problem = buf_take(&text);
}
