#include "bin/hookrecv/scheme.h"

#include <string.h>

#include "lib/base64.h"
#include "lib/buf.h"
#include "lib/crypto.h"
#include "lib/hex.h"

static bool decode(struct buf *bytes, enum provider_encoding encoding,
		   struct str_view text)
{
	switch (encoding) {
	case PROVIDER_HEX:
		if (!hex_decode((uint8_t *)buf_room(bytes, text.len / 2 + 1),
				text.len / 2, text.data, text.len))
			return false;
		buf_grew(bytes, text.len / 2);
		return true;
	case PROVIDER_BASE64:
		return base64_decode(bytes, text.data, text.len);
	case PROVIDER_TEXT:
	default:
		buf_add(bytes, text.data, text.len);
		return true;
	}
}

bool scheme_has_mark(const struct provider_scheme *scheme, struct str_view secret)
{
	size_t len = scheme->mark ? strlen(scheme->mark) : 0;

	return len == 0 ||
	       (secret.len > len && memcmp(secret.data, scheme->mark, len) == 0);
}

bool scheme_key(struct buf *key, const struct provider_scheme *scheme,
		struct str_view secret)
{
	auto_secret struct buf decoded = BUF_EMPTY;
	size_t skip = 0;

	if (scheme->mark && scheme_has_mark(scheme, secret))
		skip = strlen(scheme->mark);
	if (!decode(&decoded, scheme->key,
		    (struct str_view){ secret.data + skip, secret.len - skip }))
		return false;
	if (decoded.len == 0 ||
	    (scheme->kind == PROVIDER_ED25519 && decoded.len != CRYPTO_ED25519_KEY_LEN))
		return false;
	buf_add(key, decoded.data, decoded.len);
	return true;
}

static bool add_value(struct buf *out, const char *value)
{
	if (!value || !*value)
		return false;
	buf_add_str(out, value);
	return true;
}

bool scheme_content(struct buf *before, struct buf *after,
		    const struct provider_scheme *scheme,
		    const struct scheme_values *values)
{
	const char *at = scheme->content ? scheme->content : "{body}";
	struct buf *out = before;
	bool complete = true;

	while (*at) {
		size_t len = strcspn(at, "}") + 1;

		if (*at != '{') {
			buf_add_char(out, *at++);
			continue;
		}
		if (str_starts(at, "{body}"))
			out = after;
		else if (str_starts(at, "{id}"))
			complete &= add_value(out, values->id);
		else if (str_starts(at, "{time}"))
			complete &= add_value(out, values->time);
		else
			complete &= add_value(out, values->nonce);
		at += len;
	}
	return complete;
}

void scheme_encode(struct buf *out, const struct provider_scheme *scheme,
		   struct str_view bytes)
{
	if (scheme->prefix)
		buf_add_str(out, scheme->prefix);
	if (scheme->encoding == PROVIDER_BASE64) {
		base64_encode(out, bytes.data, bytes.len);
		return;
	}
	hex_encode(buf_room(out, 2 * bytes.len + 1), (const uint8_t *)bytes.data,
		   bytes.len);
	buf_grew(out, 2 * bytes.len);
}

bool scheme_decode(struct buf *bytes, const struct provider_scheme *scheme,
		   struct str_view text)
{
	size_t skip = scheme->prefix ? strlen(scheme->prefix) : 0;

	if (text.len <= skip || (skip && memcmp(text.data, scheme->prefix, skip) != 0))
		return false;
	return decode(bytes, scheme->encoding,
		      (struct str_view){ text.data + skip, text.len - skip });
}
