#include "bin/hookrecv/sign.h"

#include <stdio.h>
#include <string.h>

#include "bin/hookrecv/scheme.h"
#include "bin/hookrecv/signature.h"
#include "lib/base64.h"
#include "lib/buf.h"
#include "lib/crypto.h"
#include "lib/error.h"

/* "whsk_<base64>" of the seed, or of the seed and the public key behind it; or PEM. */
static int sign_ed25519(uint8_t made[static CRYPTO_ED25519_LEN], struct str_view secret,
			struct str_view text, struct error *err)
{
	static const char mark[] = "whsk_";
	auto_secret struct buf seed = BUF_EMPTY;
	size_t skip = 0;

	if (secret.len > sizeof(mark) - 1 &&
	    memcmp(secret.data, mark, sizeof(mark) - 1) == 0)
		skip = sizeof(mark) - 1;
	if (base64_decode(&seed, secret.data + skip, secret.len - skip) &&
	    seed.len >= CRYPTO_ED25519_KEY_LEN)
		secret = (struct str_view){ seed.data, CRYPTO_ED25519_KEY_LEN };
	return crypto_ed25519_sign(made, secret, text, err);
}

/* The signature of the content, as it stands in the header. */
static int make_signature(struct buf *out, const struct provider_scheme *scheme,
			  const struct sign_request *request, struct str_view content,
			  struct error *err)
{
	auto_secret struct buf key = BUF_EMPTY;
	uint8_t made[CRYPTO_ED25519_LEN] = { 0 };
	size_t len = CRYPTO_ED25519_LEN;

	if (scheme->kind == PROVIDER_ED25519) {
		if (sign_ed25519(made, request->secret, content, err) < 0)
			return -1;
	} else {
		if (!scheme_key(&key, scheme, request->secret))
			return signature_check_secret(request->provider, request->secret,
						      err);
		len = CRYPTO_SHA256_LEN;
		crypto_hmac_sha256(made, (struct str_view){ key.data, key.len },
				   content.data, content.len);
	}
	scheme_encode(out, scheme, (struct str_view){ (const char *)made, len });
	return 0;
}

static void write_header(struct buf *out, const char *name, const char *value)
{
	if (name)
		buf_add_format(out, "%s: %s\n", name, value);
}

static int write_signed(struct buf *out, const struct provider_scheme *scheme,
			const struct sign_request *request, struct error *err)
{
	auto_buf struct buf content = BUF_EMPTY;
	auto_buf struct buf after = BUF_EMPTY;
	auto_buf struct buf made = BUF_EMPTY;
	char seconds[24];
	struct scheme_values values = { request->delivery, seconds, request->delivery };

	snprintf(seconds, sizeof(seconds), "%lld", (long long)(request->now_ms / 1000));
	if (!scheme_content(&content, &after, scheme, &values))
		return error_set(err, ERROR_DATA, "the content to sign is not complete");
	buf_add(&content, request->body.data, request->body.len);
	buf_add(&content, buf_str(&after), after.len);
	if (make_signature(&made, scheme, request,
			   (struct str_view){ buf_str(&content), content.len }, err) < 0)
		return -1;
	write_header(out, scheme->id, request->delivery);
	write_header(out, scheme->nonce, request->delivery);
	write_header(out, scheme->time, seconds);
	if (scheme->time_item)
		buf_add_format(out, "%s: %s%s%c%s\n", scheme->header, scheme->time_item,
			       seconds, scheme->separator, buf_str(&made));
	else
		write_header(out, scheme->header, buf_str(&made));
	return 0;
}

static void write_secret(struct buf *out, const struct provider_scheme *scheme,
			 struct str_view secret)
{
	auto_secret struct buf pair = BUF_EMPTY;

	buf_add_format(out, "%s: %s", scheme->header,
		       scheme->prefix ? scheme->prefix : "");
	if (scheme->kind == PROVIDER_BASIC) {
		if (!memchr(secret.data, ':', secret.len))
			buf_add_str(&pair, "hooktools:");
		buf_add(&pair, secret.data, secret.len);
		base64_encode(out, pair.data, pair.len);
	} else {
		buf_add(out, secret.data, secret.len);
	}
	buf_add_char(out, '\n');
}

static bool has_mark(struct str_view secret, const char *mark)
{
	return secret.len > strlen(mark) && memcmp(secret.data, mark, strlen(mark)) == 0;
}

/*
 * GitLab signs when the secret is a signing token, and else sends the token; Standard
 * Webhooks sign with Ed25519 when the secret is a private key.
 */
static bool is_used(const struct provider_scheme *scheme,
		    const struct sign_request *request)
{
	const struct provider_scheme *all = request->provider->schemes;
	auto_secret struct buf key = BUF_EMPTY;
	bool signing;

	if (all[1].header && str_equal(all[0].header, all[1].header)) {
		if (!str_equal(all[0].header, scheme->header))
			return false;
		signing = has_mark(request->secret, "whsk_") ||
			  has_mark(request->secret, "-----BEGIN");
		return signing == (scheme->kind == PROVIDER_ED25519);
	}
	if (all[0].kind == PROVIDER_HMAC && all[1].kind == PROVIDER_TOKEN) {
		signing = scheme_has_mark(all, request->secret) &&
			  scheme_key(&key, all, request->secret);
		return signing == (scheme->kind == PROVIDER_HMAC);
	}
	return all[0].kind != PROVIDER_TOKEN || scheme == all;
}

/* The headers that name event and delivery, where the signature has not named it. */
static void write_names(struct buf *out, const struct sign_request *request)
{
	const struct provider *provider = request->provider;
	const char *delivery = provider->delivery[0];

	write_header(out, provider->event[0], request->event);
	if (str_equal(delivery, provider->schemes[0].id))
		delivery = provider->delivery[1];
	write_header(out, delivery, request->delivery);
}

int sign_write(struct buf *out, const struct sign_request *request, struct error *err)
{
	const struct provider *provider = request->provider;
	size_t i;

	write_header(out, "Content-Type", "application/json");
	write_names(out, request);
	for (i = 0; i < PROVIDER_SCHEMES && provider->schemes[i].header; i++) {
		const struct provider_scheme *scheme = &provider->schemes[i];

		if (!is_used(scheme, request))
			continue;
		if (scheme->kind == PROVIDER_TOKEN || scheme->kind == PROVIDER_BASIC)
			write_secret(out, scheme, request->secret);
		else if (write_signed(out, scheme, request, err) < 0)
			return -1;
	}
	return 0;
}
