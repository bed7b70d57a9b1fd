#include "bin/runjob-object/record.h"

#include <stdio.h>
#include <string.h>

#include "bin/runjob-object/scope.h"
#include "lib/buf.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/json_plain.h"
#include "lib/json_write.h"

bool record_is_hash(const char *text)
{
	return strlen(text) == RECORD_HASH_LEN - 1 &&
	       strspn(text, "0123456789abcdef") == RECORD_HASH_LEN - 1;
}

static void write_time(struct json_writer *writer, const char *key, int64_t unix_ms)
{
	char text[DATE_LEN];

	date_format(text, unix_ms);
	json_write_string(writer, key, unix_ms ? text : NULL);
}

static void write_members(struct json_writer *writer, const struct scope *scope,
			  const struct record *record)
{
	json_write_object(writer, NULL);
	json_write_string(writer, "key", record->key);
	json_write_string(writer, "pipeline",
			  scope->kind == SCOPE_PIPELINE ? scope->of : NULL);
	json_write_string(writer, "run", scope->kind == SCOPE_RUN ? scope->of : NULL);
	json_write_string(writer, "sha256", record->sha256);
	json_write_u64(writer, "size", record->size);
	write_time(writer, "created_at", record->created_ms);
	write_time(writer, "expires_at", record->expires_ms);
	write_time(writer, "expired_at", record->expired_ms);
}

void record_dump(struct buf *out, const struct scope *scope, const struct record *record)
{
	struct json_writer writer = JSON_WRITER(out);

	write_members(&writer, scope, record);
	json_write_object_end(&writer);
}

void record_tell(struct buf *out, const struct scope *scope, const struct record *record,
		 bool expired)
{
	struct json_writer writer = JSON_WRITER(out);

	write_members(&writer, scope, record);
	json_write_bool(&writer, "expired", expired);
	json_write_object_end(&writer);
}

static bool take_text(char *out, size_t size, struct str_view text, const char *key)
{
	struct str_view value = { "", 0 };

	if (!json_plain_string(&value, text, key) || value.len >= size ||
	    memchr(value.data, '\0', value.len))
		return false;
	snprintf(out, size, "%.*s", (int)value.len, value.data);
	return true;
}

/* One that is null stays 0. */
static bool take_time(int64_t *unix_ms, struct str_view text, const char *key)
{
	char value[DATE_LEN];

	return !take_text(value, sizeof(value), text, key) || date_parse(unix_ms, value);
}

int record_parse(struct record *record, struct str_view text, struct error *err)
{
	struct record parsed = { .size = 0 };

	if (!json_plain_is_valid(text) ||
	    !take_text(parsed.key, sizeof(parsed.key), text, "key") ||
	    !key_is_valid(parsed.key) ||
	    !take_text(parsed.sha256, sizeof(parsed.sha256), text, "sha256") ||
	    !record_is_hash(parsed.sha256) ||
	    !json_plain_u64(&parsed.size, text, "size") ||
	    !take_time(&parsed.created_ms, text, "created_at") ||
	    !take_time(&parsed.expires_ms, text, "expires_at") ||
	    !take_time(&parsed.expired_ms, text, "expired_at"))
		return error_set(err, ERROR_DATA, "it is no record of an object");
	*record = parsed;
	return 0;
}
