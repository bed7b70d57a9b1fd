#include "bin/hookroute-forward/value.h"

#include <string.h>

#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/json.h"

static int take_string(struct buf *out, jv object, const char *key, struct error *err)
{
	auto_free char *text = NULL;

	if (json_get_string(&text, object, key, err) < 0)
		return -1;
	buf_clear(out);
	buf_add_str(out, text ? text : "");
	return 0;
}

static bool is_id(const char *id)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWX"
				      "YZ0123456789-_";
	size_t len = strlen(id);

	return len > 0 && len <= 128 && strspn(id, allowed) == len;
}

int value_read(struct value *value, struct str_view line, struct error *err)
{
	auto_jv jv object = jv_invalid();

	if (json_parse(&object, line.data, line.len, err) < 0)
		return -1;
	if (jv_get_kind(object) != JV_KIND_OBJECT)
		return error_set(err, ERROR_DATA, "the value is no object");
	if (take_string(&value->id, object, "id", err) < 0)
		return -1;
	if (!is_id(buf_str(&value->id)))
		return error_set(err, ERROR_DATA, "the value has no id");
	value->line = line;
	return 0;
}

int value_read_text(struct value *value, struct str_view line, struct error *err)
{
	auto_jv jv object = jv_invalid();

	if (value_read(value, line, err) < 0 ||
	    json_parse(&object, line.data, line.len, err) < 0 ||
	    take_string(&value->text, object, "text", err) < 0 ||
	    take_string(&value->subject, object, "subject", err) < 0)
		return -1;
	if (!value->text.len)
		return error_set(err, ERROR_DATA,
				 "the value has no text: notify(\"...\") makes one");
	return 0;
}

void value_free(struct value *value)
{
	buf_free(&value->id);
	buf_free(&value->text);
	buf_free(&value->subject);
}
