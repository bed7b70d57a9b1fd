#include "bin/hookroute/reply.h"

#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/json.h"

enum { AFTER_MAX_S = 86400 };

/* Seconds, or a time; as HTTP has them both. */
static int read_after(int64_t *after_ms, jv error, struct error *err)
{
	auto_jv jv member = json_get(error, "retry_after");
	auto_free char *text = NULL;
	uint64_t seconds = 0;
	int64_t at_ms = 0;

	if (jv_get_kind(member) == JV_KIND_NUMBER) {
		if (json_get_u64(&seconds, error, "retry_after", err) < 0)
			return -1;
		at_ms = (int64_t)(seconds < AFTER_MAX_S ? seconds : AFTER_MAX_S) * 1000;
	} else {
		if (json_get_string(&text, error, "retry_after", err) < 0)
			return -1;
		if (text && !date_parse(&at_ms, text) && !date_parse_http(&at_ms, text))
			return error_set(err, ERROR_DATA,
					 "'retry_after' is neither seconds nor a time");
		at_ms = text ? at_ms - date_now_ms() : 0;
	}
	*after_ms = at_ms < 0 ? 0 : at_ms;
	if (at_ms > (int64_t)AFTER_MAX_S * 1000)
		*after_ms = (int64_t)AFTER_MAX_S * 1000;
	return 0;
}

static int read_failure(struct reply *reply, char **message, jv line, struct error *err)
{
	auto_jv jv error = json_get(line, "error");
	auto_free char *kind = NULL;

	if (json_get_string(&kind, error, "kind", err) < 0)
		return -1;
	if (!str_equal(kind, "temporary") && !str_equal(kind, "permanent"))
		return error_set(err, ERROR_DATA,
				 "'kind' is neither temporary nor permanent");
	if (read_after(&reply->after_ms, error, err) < 0 ||
	    json_get_string(message, error, "message", err) < 0)
		return -1;
	if (!*message)
		*message = str_dup("the consumer gave no reason");
	reply->message = *message;
	reply->verdict =
		str_equal(kind, "permanent") ? CONSUMER_PERMANENT : CONSUMER_TEMPORARY;
	return 0;
}

int reply_read(struct reply *reply, char **message, struct str_view line,
	       struct error *err)
{
	auto_jv jv value = jv_invalid();
	auto_jv jv ok = jv_invalid();

	if (json_parse(&value, line.data, line.len, err) < 0)
		return -1;
	ok = json_get(value, "ok");
	if (jv_get_kind(ok) == JV_KIND_FALSE)
		return read_failure(reply, message, value, err);
	if (jv_get_kind(ok) != JV_KIND_TRUE)
		return error_set(err, ERROR_DATA, "'ok' is neither true nor false");
	*reply = (struct reply){ CONSUMER_OK, NULL, 0 };
	return 0;
}
