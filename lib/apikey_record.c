#include "lib/apikey_record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/apikey.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/hex.h"
#include "lib/json_object.h"
#include "lib/json_plain.h"
#include "lib/json_scan.h"
#include "lib/json_write.h"

#define HEX_LEN (2 * CRYPTO_SHA256_LEN)

static void write_time(struct json_writer *writer, const char *name, int64_t ms)
{
	char date[DATE_LEN] = "";

	date_format(date, ms);
	json_write_string(writer, name, ms ? date : NULL);
}

static void write_facts(struct json_writer *writer, const struct apikey *key)
{
	json_write_string(writer, "id", key->id);
	json_write_string(writer, "name", key->name);
	json_write_string(writer, "namespace", key->name_space);
	principal_write_roles(writer, key->roles);
	json_write_string(writer, "bound", key->bound);
	write_time(writer, "created_at", key->created_ms);
	write_time(writer, "expires_at", key->expires_ms);
	write_time(writer, "revoked_at", key->revoked_ms);
}

static void seal(char hex[static HEX_LEN + 1], const uint8_t *seal_key,
		 struct str_view record)
{
	uint8_t digest[CRYPTO_SHA256_LEN] = { 0 };

	crypto_hmac_sha256(digest,
			   (struct str_view){ (const char *)seal_key, CRYPTO_KEY_LEN },
			   record.data, record.len);
	hex_encode(hex, digest, sizeof(digest));
}

void apikey_record_write(struct buf *out, const struct apikey *key,
			 const uint8_t *seal_key)
{
	auto_buf struct buf record = BUF_EMPTY;
	struct json_writer inner = JSON_WRITER(&record);
	struct json_writer outer = JSON_WRITER(out);
	char hash[HEX_LEN + 1] = "";
	char seal_hex[HEX_LEN + 1] = "";

	hex_encode(hash, key->hash, sizeof(key->hash));
	json_write_object(&inner, NULL);
	write_facts(&inner, key);
	json_write_string(&inner, "hash", hash);
	json_write_object_end(&inner);
	seal(seal_hex, seal_key, (struct str_view){ record.data, record.len });
	json_write_object(&outer, NULL);
	json_write_raw(&outer, "record", record.data, record.len);
	json_write_string(&outer, "seal", seal_hex);
	json_write_object_end(&outer);
	buf_add_char(out, '\n');
}

void apikey_write(struct buf *out, const struct apikey *key, int64_t now_ms)
{
	struct json_writer writer = JSON_WRITER(out);

	json_write_object(&writer, NULL);
	write_facts(&writer, key);
	write_time(&writer, "last_used_at", key->used_ms);
	json_write_bool(&writer, "usable", !apikey_problem(key, now_ms));
	json_write_object_end(&writer);
	buf_add_char(out, '\n');
}

/* A member that is a string, or null, which gives NULL. */
static bool read_text(char **text, struct str_view record, const char *name)
{
	auto_buf struct buf read = BUF_EMPTY;
	struct str_view raw = { NULL, 0 };

	if (!json_object_find(&raw, record, name))
		return false;
	if (str_view_equal(raw, "null"))
		return true;
	if (!json_object_text(&read, raw) || memchr(buf_str(&read), 0, read.len))
		return false;
	*text = buf_take(&read);
	return true;
}

/* The same with a time; null gives 0. */
static bool read_time(int64_t *ms, struct str_view record, const char *name)
{
	auto_free char *text = NULL;

	if (!read_text(&text, record, name))
		return false;
	return !text || (date_parse(ms, text) && *ms > 0);
}

static bool read_digests(struct apikey *key, struct str_view record)
{
	auto_free char *id = NULL;
	struct str_view hash = { NULL, 0 };

	if (!read_text(&id, record, "id") || !id || !ticket_is_id(id) ||
	    !json_plain_string(&hash, record, "hash") ||
	    !hex_decode(key->hash, sizeof(key->hash), hash.data, hash.len))
		return false;
	memcpy(key->id, id, sizeof(key->id));
	return true;
}

static bool read_facts(struct apikey *key, struct str_view record)
{
	struct str_view roles = { NULL, 0 };

	return read_digests(key, record) && json_object_find(&roles, record, "roles") &&
	       principal_read_roles(&key->roles, roles) &&
	       read_text(&key->name, record, "name") && key->name &&
	       read_text(&key->name_space, record, "namespace") &&
	       read_text(&key->bound, record, "bound") &&
	       read_time(&key->created_ms, record, "created_at") &&
	       read_time(&key->expires_ms, record, "expires_at") &&
	       read_time(&key->revoked_ms, record, "revoked_at");
}

static bool is_sealed(struct str_view record, struct str_view given,
		      const uint8_t *seal_key)
{
	char want[HEX_LEN + 1] = "";

	seal(want, seal_key, record);
	return given.len == HEX_LEN && crypto_equal(want, given.data, HEX_LEN);
}

int apikey_record_read(struct apikey *key, struct str_view text, const uint8_t *seal_key,
		       struct error *err)
{
	auto_apikey struct apikey read = APIKEY_EMPTY;
	struct str_view record = { NULL, 0 };
	struct str_view given = { NULL, 0 };

	if (!json_plain_is_valid(text) || !json_scan_member(&record, text, "record") ||
	    !json_plain_string(&given, text, "seal") ||
	    !is_sealed(record, given, seal_key))
		return error_set(err, ERROR_DENIED,
				 "its file was changed, or the master key is another");
	if (!read_facts(&read, record))
		return error_set(err, ERROR_DENIED, "its file is none of ours");
	apikey_free(key);
	*key = read;
	read = (struct apikey)APIKEY_EMPTY;
	return 0;
}
