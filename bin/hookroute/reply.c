#include "bin/hookroute/reply.h"

#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/json.h"

static int read_failure(enum consumer_verdict *verdict, char **message, jv reply,
			struct error *err)
{
	auto_jv jv error = json_get(reply, "error");
	auto_free char *kind = NULL;

	if (json_get_string(&kind, error, "kind", err) < 0)
		return -1;
	if (!str_equal(kind, "temporary") && !str_equal(kind, "permanent"))
		return error_set(err, ERROR_DATA,
				 "'kind' is neither temporary nor permanent");
	if (json_get_string(message, error, "message", err) < 0)
		return -1;
	if (!*message)
		*message = str_dup("the consumer gave no reason");
	*verdict = str_equal(kind, "permanent") ? CONSUMER_PERMANENT : CONSUMER_TEMPORARY;
	return 0;
}

int reply_read(enum consumer_verdict *verdict, char **message, struct str_view line,
	       struct error *err)
{
	auto_jv jv reply = jv_invalid();
	auto_jv jv ok = jv_invalid();

	if (json_parse(&reply, line.data, line.len, err) < 0)
		return -1;
	ok = json_get(reply, "ok");
	if (jv_get_kind(ok) == JV_KIND_FALSE)
		return read_failure(verdict, message, reply, err);
	if (jv_get_kind(ok) != JV_KIND_TRUE)
		return error_set(err, ERROR_DATA, "'ok' is neither true nor false");
	*verdict = CONSUMER_OK;
	return 0;
}
