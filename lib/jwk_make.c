#include "lib/jwk_make.h"

#include "lib/base64.h"
#include "lib/buf.h"
#include "lib/crypto.h"
#include "lib/crypto_make.h"
#include "lib/error.h"
#include "lib/json_plain.h"
#include "lib/json_write.h"

#define KID_LEN 16

/* A number as base64url. */
static void write_number(struct json_writer *writer, const char *name,
			 const struct buf *bytes)
{
	auto_secret struct buf text = BUF_EMPTY;

	if (bytes->len == 0)
		return;
	(void)buf_room(&text, bytes->len * 2);
	base64url_encode(&text, bytes->data, bytes->len);
	json_write_string(writer, name, text.data);
}

/* RFC 7638 3.2: the members that are required, in the order of their names. */
static void write_thumbprint(struct buf *kid, const struct crypto_numbers *numbers)
{
	auto_buf struct buf text = BUF_EMPTY;
	struct json_writer writer = JSON_WRITER(&text);
	uint8_t digest[CRYPTO_SHA256_LEN] = { 0 };
	bool is_ed = numbers->y.len == 0;

	json_write_object(&writer, NULL);
	json_write_string(&writer, "crv", is_ed ? "Ed25519" : "P-256");
	json_write_string(&writer, "kty", is_ed ? "OKP" : "EC");
	write_number(&writer, "x", &numbers->x);
	write_number(&writer, "y", &numbers->y);
	json_write_object_end(&writer);
	crypto_sha256(digest, text.data, text.len);
	base64url_encode(kid, digest, sizeof(digest));
	buf_cut(kid, KID_LEN);
}

int jwk_make(struct buf *text, enum crypto_scheme scheme, int64_t now_s,
	     struct error *err)
{
	auto_numbers struct crypto_numbers numbers = CRYPTO_NUMBERS_EMPTY;
	auto_buf struct buf kid = BUF_EMPTY;
	struct json_writer writer = JSON_WRITER(text);
	bool is_ed = scheme == CRYPTO_EDDSA;

	if (crypto_make_pair(&numbers, is_ed ? CRYPTO_ED25519 : CRYPTO_P256, err) < 0)
		return -1;
	write_thumbprint(&kid, &numbers);
	(void)buf_room(text, 1024); /* one allocation: no copy of the key stays behind */
	json_write_object(&writer, NULL);
	json_write_string(&writer, "kty", is_ed ? "OKP" : "EC");
	json_write_string(&writer, "crv", is_ed ? "Ed25519" : "P-256");
	json_write_string(&writer, "use", "sig");
	json_write_string(&writer, "alg", is_ed ? "EdDSA" : "ES256");
	json_write_string(&writer, "kid", kid.data);
	json_write_i64(&writer, "iat", now_s);
	write_number(&writer, "x", &numbers.x);
	write_number(&writer, "y", &numbers.y);
	write_number(&writer, "d", &numbers.d);
	json_write_object_end(&writer);
	return 0;
}

void jwk_make_public(struct buf *out, struct str_view private_text)
{
	static const char *const names[] = {
		"kty", "crv", "use", "alg", "kid", "x", "y"
	};
	struct json_writer writer = JSON_WRITER(out);

	json_write_object(&writer, NULL);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct str_view value = { NULL, 0 };

		if (json_plain_string(&value, private_text, names[i]))
			json_write_bytes(&writer, names[i], value.data, value.len);
	}
	json_write_object_end(&writer);
}
