#include "lib/apikey_record.h"

#include <string.h>

#include "lib/apikey.h"
#include "lib/buf.h"
#include "lib/error.h"
#include "lib/hex.h"
#include "lib/json_plain.h"
#include "tests/fuzz/fuzz.h"

static const uint8_t key[CRYPTO_KEY_LEN];

/* The record as it is, and with the seal that it would need. */
static void read_record(struct str_view text)
{
	auto_apikey struct apikey read = APIKEY_EMPTY;
	auto_buf struct buf again = BUF_EMPTY;
	struct error err = { 0 };

	if (apikey_record_read(&read, text, key, &err) < 0) {
		FUZZ_PROMISE(err.kind == ERROR_DENIED && !read.name);
		return;
	}
	FUZZ_PROMISE(read.roles != 0 && read.name);
	apikey_record_write(&again, &read, key);
	FUZZ_PROMISE(apikey_record_read(&read, (struct str_view){ again.data, again.len },
					key, &err) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	auto_free char *text = fuzz_copy(bytes, size);
	auto_buf struct buf sealed = BUF_EMPTY;
	uint8_t digest[CRYPTO_SHA256_LEN];
	char hex[2 * CRYPTO_SHA256_LEN + 1];

	read_record((struct str_view){ text, size });
	if (!json_plain_is_valid((struct str_view){ text, size }))
		return 0;
	while (size > 0 && strchr(" \t\r\n", text[size - 1]))
		size--;
	while (size > 0 && strchr(" \t\r\n", text[0]))
		memmove(text, text + 1, --size);
	crypto_hmac_sha256(digest, (struct str_view){ (const char *)key, sizeof(key) },
			   text, size);
	hex_encode(hex, digest, sizeof(digest));
	buf_add_str(&sealed, "{\"record\":");
	buf_add(&sealed, text, size);
	buf_add_format(&sealed, ",\"seal\":\"%s\"}", hex);
	read_record((struct str_view){ sealed.data, sealed.len });
	return 0;
}
