#include "lib/apikey_record.h"

#include <stdlib.h>
#include <string.h>

#include "lib/apikey.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/hex.h"
#include "lib/identity_record.h"
#include "lib/json_object.h"
#include "lib/json_plain.h"
#include "lib/json_write.h"

#define HEX_LEN (2 * CRYPTO_SHA256_LEN)

static void write_facts(struct json_writer *writer, const struct apikey *key)
{
	json_write_string(writer, "id", key->id);
	json_write_string(writer, "name", key->name);
	json_write_string(writer, "namespace", key->name_space);
	principal_write_roles(writer, key->roles);
	json_write_string(writer, "bound", key->bound);
	identity_record_write_time(writer, "created_at", key->created_ms);
	identity_record_write_time(writer, "expires_at", key->expires_ms);
	identity_record_write_time(writer, "revoked_at", key->revoked_ms);
}

void apikey_record_write(struct buf *out, const struct apikey *key,
			 const uint8_t *seal_key)
{
	auto_buf struct buf record = BUF_EMPTY;
	struct json_writer inner = JSON_WRITER(&record);
	char hash[HEX_LEN + 1] = "";

	hex_encode(hash, key->hash, sizeof(key->hash));
	json_write_object(&inner, NULL);
	write_facts(&inner, key);
	json_write_string(&inner, "hash", hash);
	json_write_object_end(&inner);
	identity_record_write(out, (struct str_view){ record.data, record.len },
			      seal_key);
}

void apikey_write(struct buf *out, const struct apikey *key, int64_t now_ms)
{
	struct json_writer writer = JSON_WRITER(out);

	json_write_object(&writer, NULL);
	write_facts(&writer, key);
	identity_record_write_time(&writer, "last_used_at", key->used_ms);
	json_write_bool(&writer, "usable", !apikey_problem(key, now_ms));
	json_write_object_end(&writer);
	buf_add_char(out, '\n');
}

static bool read_digests(struct apikey *key, struct str_view record)
{
	auto_free char *id = NULL;
	struct str_view hash = { NULL, 0 };

	if (!identity_record_text(&id, record, "id") || !id || !ticket_is_id(id) ||
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
	       identity_record_text(&key->name, record, "name") && key->name &&
	       identity_record_text(&key->name_space, record, "namespace") &&
	       identity_record_text(&key->bound, record, "bound") &&
	       identity_record_time(&key->created_ms, record, "created_at") &&
	       identity_record_time(&key->expires_ms, record, "expires_at") &&
	       identity_record_time(&key->revoked_ms, record, "revoked_at");
}

int apikey_record_read(struct apikey *key, struct str_view text, const uint8_t *seal_key,
		       struct error *err)
{
	auto_apikey struct apikey read = APIKEY_EMPTY;
	struct str_view record = { NULL, 0 };

	if (identity_record_open(&record, text, seal_key, err) < 0)
		return -1;
	if (!read_facts(&read, record))
		return error_set(err, ERROR_DENIED, "its file is none of ours");
	apikey_free(key);
	*key = read;
	read = (struct apikey)APIKEY_EMPTY;
	return 0;
}
