#include "lib/json.h"

#include <string.h>

#include "lib/buf.h"
#include "lib/error.h"
#include "lib/str.h"

void json_free(jv *value)
{
	jv_free(*value);
	*value = jv_invalid();
}

/* libjq's own words, freed by the caller with jv_free(text). */
static int parse_error(struct error *err, jv invalid)
{
	jv text = jv_invalid_get_msg(invalid);

	error_set(err, ERROR_DATA, "JSON: %s",
		  jv_get_kind(text) == JV_KIND_STRING ? jv_string_value(text)
						      : "empty input");
	jv_free(text);
	return -1;
}

int json_parse(jv *value, const char *text, size_t len, struct error *err)
{
	jv parsed;

	if (len > INT32_MAX)
		return error_set(err, ERROR_DATA, "JSON: more than 2 GB");
	parsed = jv_parse_sized(text, (int)len);
	if (!jv_is_valid(parsed))
		return parse_error(err, parsed);
	*value = parsed;
	return 0;
}

static void dump(struct buf *out, jv value, int flags)
{
	jv text = jv_dump_string(jv_copy(value), flags);

	buf_add(out, jv_string_value(text),
		(size_t)jv_string_length_bytes(jv_copy(text)));
	jv_free(text);
}

void json_dump(struct buf *out, jv value)
{
	dump(out, value, 0);
}

void json_dump_sorted(struct buf *out, jv value)
{
	dump(out, value, JV_PRINT_SORTED);
}

int json_print(FILE *stream, jv value, struct error *err)
{
	auto_buf struct buf line = BUF_EMPTY;

	json_dump(&line, value);
	buf_add_char(&line, '\n');
	if (fwrite(line.data, 1, line.len, stream) != line.len || fflush(stream) != 0)
		return error_errno(err, "write output");
	return 0;
}

jv json_get(jv object, const char *key)
{
	if (jv_get_kind(object) != JV_KIND_OBJECT)
		return jv_invalid();
	return jv_object_get(jv_copy(object), jv_string(key));
}

static bool is_missing(jv value)
{
	return !jv_is_valid(value) || jv_get_kind(value) == JV_KIND_NULL;
}

static int take_string(char **text, jv value, const char *what, struct error *err)
{
	size_t len;

	if (jv_get_kind(value) != JV_KIND_STRING)
		return error_set(err, ERROR_DATA, "'%s' is no string", what);
	len = (size_t)jv_string_length_bytes(jv_copy(value));
	if (strlen(jv_string_value(value)) != len)
		return error_set(err, ERROR_DATA, "'%s' has a NUL character in it", what);
	*text = str_dup(jv_string_value(value));
	return 0;
}

int json_get_string(char **text, jv object, const char *key, struct error *err)
{
	auto_jv jv value = json_get(object, key);

	if (!is_missing(value))
		return take_string(text, value, key, err);
	*text = NULL;
	return 0;
}

size_t json_length(jv value)
{
	jv_kind kind = jv_get_kind(value);

	if (kind == JV_KIND_ARRAY)
		return (size_t)jv_array_length(jv_copy(value));
	return kind == JV_KIND_OBJECT ? (size_t)jv_object_length(jv_copy(value)) : 0;
}

jv json_keys(jv object)
{
	return jv_get_kind(object) == JV_KIND_OBJECT ? jv_keys(jv_copy(object))
						     : jv_array();
}

int json_element(char **text, jv array, size_t index, const char *what, struct error *err)
{
	auto_jv jv value = jv_get_kind(array) == JV_KIND_ARRAY
				   ? jv_array_get(jv_copy(array), (int)index)
				   : jv_invalid();

	return take_string(text, value, what, err);
}

int json_get_u64(uint64_t *number, jv object, const char *key, struct error *err)
{
	auto_jv jv value = json_get(object, key);
	double n;

	if (is_missing(value))
		return 0;
	n = jv_get_kind(value) == JV_KIND_NUMBER ? jv_number_value(value) : -1;
	if (n < 0 || n > 9007199254740992.0 || n != (double)(uint64_t)n)
		return error_set(err, ERROR_DATA, "'%s' is no whole number", key);
	*number = (uint64_t)n;
	return 0;
}

int json_get_bool(bool *value, jv object, const char *key, struct error *err)
{
	auto_jv jv member = json_get(object, key);
	jv_kind kind = jv_get_kind(member);

	if (is_missing(member))
		return 0;
	if (kind != JV_KIND_TRUE && kind != JV_KIND_FALSE)
		return error_set(err, ERROR_DATA, "'%s' is neither true nor false", key);
	*value = kind == JV_KIND_TRUE;
	return 0;
}
