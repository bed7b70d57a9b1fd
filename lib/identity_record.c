#include "lib/identity_record.h"

#include <stdlib.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/crypto.h"
#include "lib/date.h"
#include "lib/buf.h"
#include "lib/error.h"
#include "lib/hex.h"
#include "lib/json_object.h"
#include "lib/json_plain.h"
#include "lib/json_scan.h"
#include "lib/json_write.h"

#define HEX_LEN (2 * CRYPTO_SHA256_LEN)

static void seal(char hex[static HEX_LEN + 1], const uint8_t *seal_key,
		 struct str_view record)
{
	uint8_t digest[CRYPTO_SHA256_LEN] = { 0 };

	crypto_hmac_sha256(digest,
			   (struct str_view){ (const char *)seal_key, CRYPTO_KEY_LEN },
			   record.data, record.len);
	hex_encode(hex, digest, sizeof(digest));
}

void identity_record_write(struct buf *out, struct str_view record,
			   const uint8_t *seal_key)
{
	struct json_writer writer = JSON_WRITER(out);
	char hex[HEX_LEN + 1] = "";

	seal(hex, seal_key, record);
	json_write_object(&writer, NULL);
	json_write_raw(&writer, "record", record.data, record.len);
	json_write_string(&writer, "seal", hex);
	json_write_object_end(&writer);
	buf_add_char(out, '\n');
}

int identity_record_open(struct str_view *record, struct str_view text,
			 const uint8_t *seal_key, struct error *err)
{
	struct str_view read = { NULL, 0 };
	struct str_view given = { NULL, 0 };
	char want[HEX_LEN + 1] = "";

	if (json_plain_is_valid(text) && json_scan_member(&read, text, "record") &&
	    json_plain_string(&given, text, "seal") && given.len == HEX_LEN) {
		seal(want, seal_key, read);
		if (crypto_equal(want, given.data, HEX_LEN)) {
			*record = read;
			return 0;
		}
	}
	return error_set(err, ERROR_DENIED,
			 "its file was changed, or the master key is another");
}

bool identity_record_text(char **text, struct str_view record, const char *name)
{
	auto_buf struct buf read = BUF_EMPTY;
	struct str_view raw = { NULL, 0 };

	if (!json_object_find(&raw, record, name))
		return false;
	if (str_view_equal(raw, "null"))
		return true;
	if (!json_object_text(&read, raw) || memchr(buf_str(&read), 0, read.len))
		return false;
	free(*text);
	*text = buf_take(&read);
	return true;
}

bool identity_record_time(int64_t *ms, struct str_view record, const char *name)
{
	auto_free char *text = NULL;

	if (!identity_record_text(&text, record, name))
		return false;
	return !text || (date_parse(ms, text) && *ms > 0);
}

void identity_record_write_time(struct json_writer *writer, const char *name, int64_t ms)
{
	char date[DATE_LEN] = "";

	date_format(date, ms);
	json_write_string(writer, name, ms ? date : NULL);
}
