#include "bin/hookrecv/signature.h"

#include <string.h>

#include "lib/base64.h"
#include "lib/buf.h"
#include "lib/error.h"
#include "lib/hex.h"

/* "whsec_<base64>" is a key of bytes; GitLab's plain token and other secrets are as they are. */
static bool decode_key(struct buf *key, struct str_view secret)
{
	static const char mark[] = "whsec_";
	size_t skip = 0;

	if (secret.len >= sizeof(mark) - 1 &&
	    memcmp(secret.data, mark, sizeof(mark) - 1) == 0)
		skip = sizeof(mark) - 1;
	return base64_decode(key, secret.data + skip, secret.len - skip) && key->len > 0;
}

int signature_check_secret(const struct provider *provider, struct str_view secret,
			   struct error *err)
{
	auto_secret struct buf key = BUF_EMPTY;

	if (secret.len == 0 && !provider->open)
		return error_set(err, ERROR_DATA, "the secret is empty");
	if (str_equal(provider->name, "standard") && !decode_key(&key, secret))
		return error_set(err, ERROR_DATA,
				 "a secret of Standard Webhooks is whsec_ and base 64");
	return 0;
}

static bool token_is(const char *header, struct str_view secret)
{
	return strlen(header) == secret.len &&
	       crypto_equal(header, secret.data, secret.len);
}

/* "<id>.<time>." goes in front of the body. */
static enum signature_verdict start_standard(struct signature *signature,
					     struct str_view secret,
					     signature_header_fn *header,
					     const void *request, int64_t now_ms)
{
	auto_secret struct buf key = BUF_EMPTY;
	const char *id = header(request, "webhook-id");
	const char *time = header(request, "webhook-timestamp");
	struct error ignored = { 0 };
	uint64_t seconds = 0;
	int64_t skew_ms;

	if (!id || !*id || !time || !decode_key(&key, secret) ||
	    str_to_u64(&seconds, time, 0, INT64_MAX / 1000, &ignored) < 0)
		return SIGNATURE_BAD;
	skew_ms = now_ms - (int64_t)seconds * 1000;
	if (skew_ms > SIGNATURE_TOLERANCE_MS || skew_ms < -SIGNATURE_TOLERANCE_MS)
		return SIGNATURE_STALE;
	crypto_hmac_start(&signature->hmac, key.data, key.len);
	crypto_hmac_add(&signature->hmac, id, strlen(id));
	crypto_hmac_add(&signature->hmac, ".", 1);
	crypto_hmac_add(&signature->hmac, time, strlen(time));
	crypto_hmac_add(&signature->hmac, ".", 1);
	return SIGNATURE_GOOD;
}

static enum signature_verdict open_scheme(struct signature *signature,
					  const struct provider_scheme *scheme,
					  const char *value,
					  const struct signature_opening *opening)
{
	switch (scheme->kind) {
	case PROVIDER_TOKEN:
		return token_is(value, opening->secret) ? SIGNATURE_GOOD : SIGNATURE_BAD;
	case PROVIDER_STANDARD:
		return start_standard(signature, opening->secret, opening->header,
				      opening->request, opening->now_ms);
	case PROVIDER_HEX:
	default:
		if (!str_starts(value, scheme->prefix))
			return SIGNATURE_BAD;
		if (!signature->hmac.state)
			crypto_hmac_start(&signature->hmac, opening->secret.data,
					  opening->secret.len);
		return SIGNATURE_GOOD;
	}
}

/*
 * With no secret set, Gitea still sends its headers, with nothing behind "sha256=": that
 * is unsigned, and never compared with the HMAC of an empty key.
 */
static bool is_empty(const char *value, const char *prefix)
{
	return !value || !*value || str_equal(value, prefix);
}

enum signature_verdict signature_start(struct signature *signature,
				       const struct provider *provider,
				       const struct signature_opening *opening)
{
	enum signature_verdict verdict = SIGNATURE_MISSING;
	size_t i;

	signature->provider = provider;
	if (provider->open)
		return SIGNATURE_GOOD;
	if (opening->secret.len == 0)
		return SIGNATURE_BAD;
	for (i = 0; i < PROVIDER_SCHEMES && provider->schemes[i].header; i++) {
		const struct provider_scheme *scheme = &provider->schemes[i];
		const char *value = opening->header(opening->request, scheme->header);

		if (is_empty(value, scheme->prefix))
			continue;
		/* GitLab's older token, beside its signature: it is another secret. */
		if (scheme->kind == PROVIDER_TOKEN && signature->hmac.state)
			continue;
		signature->headers[i] = value;
		verdict = open_scheme(signature, scheme, value, opening);
		if (verdict != SIGNATURE_GOOD)
			return verdict;
	}
	return verdict;
}

void signature_add(struct signature *signature, const void *bytes, size_t len)
{
	if (signature->hmac.state)
		crypto_hmac_add(&signature->hmac, bytes, len);
}

static bool hex_agrees(const char *value, const char *prefix, const uint8_t *digest)
{
	uint8_t sent[CRYPTO_SHA256_LEN];
	const char *digits = value + strlen(prefix);

	return hex_decode(sent, sizeof(sent), digits, strlen(digits)) &&
	       crypto_equal(sent, digest, sizeof(sent));
}

/* A list with a signature for each key the sender has; unknown versions are passed over. */
static bool list_agrees(const char *list, const char *prefix, const uint8_t *digest)
{
	bool agrees = false;

	while (list) {
		struct str_view item = str_split(&list, ' ');
		auto_buf struct buf sent = BUF_EMPTY;
		size_t skip = strlen(prefix);

		if (item.len < skip || memcmp(item.data, prefix, skip) != 0)
			continue;
		if (base64_decode(&sent, item.data + skip, item.len - skip) &&
		    sent.len == CRYPTO_SHA256_LEN &&
		    crypto_equal(sent.data, digest, sent.len))
			agrees = true;
	}
	return agrees;
}

enum signature_verdict signature_finish(struct signature *signature)
{
	const struct provider_scheme *schemes = signature->provider->schemes;
	uint8_t digest[CRYPTO_SHA256_LEN];
	size_t i;

	if (!signature->hmac.state)
		return SIGNATURE_GOOD; /* a token, judged at the start, or nothing is signed */
	crypto_hmac_finish(&signature->hmac, digest);
	for (i = 0; i < PROVIDER_SCHEMES && schemes[i].header; i++) {
		const char *value = signature->headers[i];

		if (!value || schemes[i].kind == PROVIDER_TOKEN)
			continue;
		if (schemes[i].kind == PROVIDER_HEX &&
		    !hex_agrees(value, schemes[i].prefix, digest))
			return SIGNATURE_BAD;
		if (schemes[i].kind == PROVIDER_STANDARD &&
		    !list_agrees(value, schemes[i].prefix, digest))
			return SIGNATURE_BAD;
	}
	return SIGNATURE_GOOD;
}

void signature_free(struct signature *signature)
{
	crypto_hmac_free(&signature->hmac);
}

const char *signature_code(enum signature_verdict verdict)
{
	switch (verdict) {
	case SIGNATURE_MISSING:
		return "unsigned";
	case SIGNATURE_BAD:
		return "bad_signature";
	case SIGNATURE_STALE:
		return "stale_signature";
	case SIGNATURE_GOOD:
	default:
		return NULL;
	}
}

static void write_standard(struct buf *out, const struct signature_request *request)
{
	auto_secret struct buf key = BUF_EMPTY;
	auto_buf struct buf text = BUF_EMPTY;
	uint8_t digest[CRYPTO_SHA256_LEN];
	long long seconds = (long long)(request->now_ms / 1000);

	if (!decode_key(&key, request->secret))
		return;
	buf_add_format(&text, "%s.%lld.", request->delivery, seconds);
	buf_add(&text, request->body.data, request->body.len);
	crypto_hmac_sha256(digest, (struct str_view){ key.data, key.len }, text.data,
			   text.len);
	buf_add_format(out,
		       "webhook-id: %s\nwebhook-timestamp: %lld\nwebhook-signature: v1,",
		       request->delivery, seconds);
	base64_encode(out, digest, sizeof(digest));
	buf_add_char(out, '\n');
}

static void write_hex(struct buf *out, const struct provider_scheme *scheme,
		      const struct signature_request *request)
{
	uint8_t digest[CRYPTO_SHA256_LEN];
	char digits[2 * CRYPTO_SHA256_LEN + 1];

	crypto_hmac_sha256(digest, request->secret, request->body.data,
			   request->body.len);
	hex_encode(digits, digest, sizeof(digest));
	buf_add_format(out, "%s: %s%s\n", scheme->header, scheme->prefix, digits);
}

/* GitLab signs when the secret is a signing token, and else sends the token. */
static bool is_used(const struct provider_scheme *scheme,
		    const struct signature_request *request)
{
	auto_secret struct buf key = BUF_EMPTY;
	bool signing = request->secret.len > 6 &&
		       memcmp(request->secret.data, "whsec_", 6) == 0 &&
		       decode_key(&key, request->secret);

	if (!str_equal(request->provider->name, "gitlab"))
		return true;
	return signing == (scheme->kind == PROVIDER_STANDARD);
}

void signature_write(struct buf *out, const struct signature_request *request)
{
	const struct provider *provider = request->provider;
	size_t i;

	buf_add_str(out, "Content-Type: application/json\n");
	buf_add_format(out, "%s: %s\n", provider->event[0], request->event);
	if (!str_equal(provider->delivery[0], "webhook-id"))
		buf_add_format(out, "%s: %s\n", provider->delivery[0], request->delivery);
	else if (str_equal(provider->name, "gitlab"))
		buf_add_format(out, "Idempotency-Key: %s\n", request->delivery);
	for (i = 0; i < PROVIDER_SCHEMES && provider->schemes[i].header; i++) {
		const struct provider_scheme *scheme = &provider->schemes[i];

		if (!is_used(scheme, request))
			continue;
		if (scheme->kind == PROVIDER_HEX)
			write_hex(out, scheme, request);
		else if (scheme->kind == PROVIDER_STANDARD)
			write_standard(out, request);
		else
			buf_add_format(out, "%s: %.*s\n", scheme->header,
				       (int)request->secret.len, request->secret.data);
	}
}
