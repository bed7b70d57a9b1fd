#include "lib/jws.h"

#include <string.h>

#include "lib/base64.h"
#include "lib/crypto.h"
#include "lib/error.h"
#include "lib/json_object.h"
#include "lib/json_write.h"
#include "lib/jwk.h"

static const struct algorithm {
	const char *name;
	enum jwk_kind kind;
	size_t digest_bytes; /* the least an oct key may have */
} algorithms[] = {
	[CRYPTO_HS256] = { "HS256", JWK_OCT, 32 },
	[CRYPTO_HS384] = { "HS384", JWK_OCT, 48 },
	[CRYPTO_HS512] = { "HS512", JWK_OCT, 64 },
	[CRYPTO_RS256] = { "RS256", JWK_RSA, 0 },
	[CRYPTO_RS384] = { "RS384", JWK_RSA, 0 },
	[CRYPTO_RS512] = { "RS512", JWK_RSA, 0 },
	[CRYPTO_PS256] = { "PS256", JWK_RSA, 0 },
	[CRYPTO_PS384] = { "PS384", JWK_RSA, 0 },
	[CRYPTO_PS512] = { "PS512", JWK_RSA, 0 },
	[CRYPTO_ES256] = { "ES256", JWK_P256, 0 },
	[CRYPTO_ES384] = { "ES384", JWK_P384, 0 },
	[CRYPTO_ES512] = { "ES512", JWK_P521, 0 },
	[CRYPTO_EDDSA] = { "EdDSA", JWK_ED25519, 0 },
};

#define ALGORITHMS (sizeof(algorithms) / sizeof(algorithms[0]))

/* What an honest signer's header says that we look at. */
struct header {
	enum crypto_scheme scheme;
	bool has_kid;
	struct buf kid;
};

#define auto_header __attribute__((cleanup(free_header)))

static void free_header(struct header *header)
{
	buf_free(&header->kid);
}

static struct str_view view(const struct buf *bytes)
{
	return (struct str_view){ buf_str(bytes), bytes->len };
}

bool jws_algorithm(enum crypto_scheme *scheme, struct str_view name)
{
	for (size_t i = 0; i < ALGORITHMS; i++) {
		if (str_view_equal(name, algorithms[i].name)) {
			*scheme = (enum crypto_scheme)i;
			return true;
		}
	}
	return false;
}

const char *jws_algorithm_name(enum crypto_scheme scheme)
{
	return algorithms[scheme].name;
}

/* "ES521" is no algorithm of RFC 7518, but what many keys on P-521 say for the only one they
 * can be used with. */
static bool is_alg_of(const struct jwk *key, const char *name)
{
	return str_view_equal(view(&key->alg), name) ||
	       (key->kind == JWK_P521 && str_view_equal(view(&key->alg), "ES521"));
}

/* NULL when the key's kind, alg and length fit; otherwise why not. */
static const char *misfit(const struct jwk *key, enum crypto_scheme scheme)
{
	const struct algorithm *algorithm = &algorithms[scheme];

	if (key->kind != algorithm->kind)
		return "the key is of another kind";
	if (key->alg.len > 0 && !is_alg_of(key, algorithm->name))
		return "the key's alg is another";
	if (key->kind == JWK_OCT && key->secret.len < algorithm->digest_bytes)
		return "the key is shorter than the digest";
	return NULL;
}

static const char *misfit_to_verify(const struct jwk *key, enum crypto_scheme scheme)
{
	if (!key->may_verify)
		return "the key's use or key_ops does not allow it";
	return misfit(key, scheme);
}

unsigned jws_algorithms_of(const struct jwk *key)
{
	unsigned set = 0;

	for (size_t i = 0; i < ALGORITHMS; i++)
		if (!misfit_to_verify(key, (enum crypto_scheme)i))
			set |= JWS_ALGORITHM(i);
	return set;
}

static void write_header(struct buf *out, const struct jws_signer *signer)
{
	struct json_writer writer = JSON_WRITER(out);

	json_write_object(&writer, NULL);
	json_write_string(&writer, "alg", algorithms[signer->scheme].name);
	if (signer->type)
		json_write_string(&writer, "typ", signer->type);
	if (signer->key->has_kid)
		json_write_bytes(&writer, "kid", buf_str(&signer->key->kid),
				 signer->key->kid.len);
	json_write_object_end(&writer);
}

static int make_signature(struct buf *signature, const struct jws_signer *signer,
			  struct str_view bytes, struct error *err)
{
	uint8_t digest[CRYPTO_MAC_MAX] = { 0 };

	if (signer->key->kind != JWK_OCT)
		return crypto_sign(signature, signer->scheme, &signer->key->private,
				   bytes, err);
	buf_add(signature, digest,
		crypto_mac(digest, signer->scheme, view(&signer->key->secret), bytes));
	return 0;
}

int jws_sign(struct buf *token, const struct jws_signer *signer, struct str_view payload,
	     struct error *err)
{
	auto_buf struct buf header = BUF_EMPTY;
	auto_buf struct buf signature = BUF_EMPTY;
	auto_secret struct buf made = BUF_EMPTY;
	const char *problem = signer->key->may_sign
				      ? misfit(signer->key, signer->scheme)
				      : "the key's use or key_ops does not allow it";

	if (problem)
		return error_set(err, ERROR_CONFIG, "cannot sign with %s: %s",
				 algorithms[signer->scheme].name, problem);
	if (payload.len > JWS_TOKEN_MAX)
		return error_set(err, ERROR_DATA, "the payload is longer than a token");
	write_header(&header, signer);
	base64url_encode(&made, header.data, header.len);
	buf_add_char(&made, '.');
	base64url_encode(&made, payload.data, payload.len);
	if (make_signature(&signature, signer, view(&made), err) < 0)
		return -1;
	buf_add_char(&made, '.');
	base64url_encode(&made, signature.data, signature.len);
	if (made.len > JWS_TOKEN_MAX)
		return error_set(err, ERROR_DATA, "the token has %zu bytes, %d at most",
				 made.len, JWS_TOKEN_MAX);
	buf_add(token, made.data, made.len);
	return 0;
}

/* Where the parts end. */
struct split {
	size_t header_len;
	size_t signed_len; /* header, dot and payload */
};

static int split_token(struct split *split, struct str_view token, struct error *err)
{
	size_t dots = 0;

	if (token.len > JWS_TOKEN_MAX)
		return error_set(err, ERROR_DENIED, "the token has more than %d bytes",
				 JWS_TOKEN_MAX);
	for (size_t i = 0; i < token.len; i++) {
		if (token.data[i] != '.')
			continue;
		split->header_len = dots == 0 ? i : split->header_len;
		split->signed_len = i;
		dots++;
	}
	if (dots != 2)
		return error_set(err, ERROR_DENIED,
				 "the token has not three parts but %zu", dots + 1);
	if (split->header_len > JWS_HEADER_MAX)
		return error_set(err, ERROR_DENIED, "the header has more than %d bytes",
				 JWS_HEADER_MAX);
	return 0;
}

static int decode(struct buf *out, struct str_view text, const char *what,
		  struct error *err)
{
	if (!base64url_decode(out, text.data, text.len))
		return error_set(err, ERROR_DENIED, "the %s is no strict base64url",
				 what);
	return 0;
}

static int read_algorithm(struct header *header, struct str_view object, unsigned allowed,
			  struct error *err)
{
	auto_buf struct buf name = BUF_EMPTY;
	struct str_view raw = { NULL, 0 };

	if (!json_object_find(&raw, object, "alg"))
		return error_set(err, ERROR_DENIED, "the header has no 'alg'");
	if (!json_object_text(&name, raw))
		return error_set(err, ERROR_DENIED, "the header's 'alg' is no string");
	if (!jws_algorithm(&header->scheme, view(&name)))
		return error_set(err, ERROR_DENIED, "the alg '%.40s' is unknown",
				 buf_str(&name));
	if (!(allowed & JWS_ALGORITHM(header->scheme)))
		return error_set(err, ERROR_DENIED, "the alg %s is not allowed here",
				 algorithms[header->scheme].name);
	return 0;
}

static int read_kid(struct header *header, struct str_view object, struct error *err)
{
	struct str_view raw = { NULL, 0 };

	header->has_kid = json_object_find(&raw, object, "kid");
	if (header->has_kid && !json_object_text(&header->kid, raw))
		return error_set(err, ERROR_DENIED, "the header's 'kid' is no string");
	return 0;
}

static int read_header(struct header *header, struct str_view object, unsigned allowed,
		       struct error *err)
{
	const char *problem = NULL;
	struct str_view raw = { NULL, 0 };

	if (!json_object_is_sound(object, &problem))
		return error_set(err, ERROR_DENIED, "the header %s", problem);
	if (json_object_find(&raw, object, "crit"))
		return error_set(err, ERROR_DENIED,
				 "the header's 'crit' wants what we do not know");
	if (json_object_find(&raw, object, "b64") && !str_view_equal(raw, "true"))
		return error_set(err, ERROR_DENIED,
				 "the header's 'b64' is not true: unencoded payloads are "
				 "not taken");
	if (read_algorithm(header, object, allowed, err) < 0)
		return -1;
	return read_kid(header, object, err);
}

static bool is_right(const struct jwk *key, enum crypto_scheme scheme,
		     struct str_view bytes, struct str_view signature)
{
	uint8_t digest[CRYPTO_MAC_MAX] = { 0 };

	if (key->kind != JWK_OCT)
		return crypto_verify(scheme, &key->public, bytes, signature);
	return signature.len == crypto_mac(digest, scheme, view(&key->secret), bytes) &&
	       crypto_equal(digest, signature.data, signature.len);
}

static bool is_named(const struct jwk *key, const struct header *header, bool any_kid)
{
	if (!header->has_kid)
		return true;
	if (!key->has_kid)
		return any_kid;
	return key->kid.len == header->kid.len &&
	       memcmp(buf_str(&key->kid), buf_str(&header->kid), key->kid.len) == 0;
}

static int set_no_key(struct error *err, const struct header *header, const char *problem)
{
	if (problem)
		return error_set(err, ERROR_DENIED, "no key fits %s: %s",
				 algorithms[header->scheme].name, problem);
	if (header->has_kid)
		return error_set(err, ERROR_DENIED, "no key has the kid '%.80s'",
				 buf_str(&header->kid));
	return error_set(err, ERROR_DENIED, "there is no key");
}

static int try_keys(const struct jws_policy *policy, const struct header *header,
		    struct str_view bytes, struct str_view signature, struct error *err)
{
	const char *problem = NULL;
	size_t tries = 0;

	for (size_t i = 0; i < policy->count; i++) {
		const struct jwk *key = &policy->keys[i];
		const char *why = NULL;

		if (!is_named(key, header, policy->any_kid))
			continue;
		why = misfit_to_verify(key, header->scheme);
		if (why)
			problem = why;
		else if (tries++ == JWS_TRIES)
			return error_set(err, ERROR_DENIED,
					 "more than %d keys fit: a kid must name one",
					 JWS_TRIES);
		else if (is_right(key, header->scheme, bytes, signature))
			return 0;
	}
	if (tries == 0)
		return set_no_key(err, header, problem);
	return error_set(err, ERROR_DENIED, "the signature is wrong");
}

int jws_verify(struct jws_parts *parts, const struct jws_policy *policy,
	       struct str_view token, struct error *err)
{
	auto_jws_parts struct jws_parts read = JWS_PARTS_EMPTY;
	auto_buf struct buf signature = BUF_EMPTY;
	auto_header struct header header = { .kid = BUF_EMPTY };
	struct split split = { 0, 0 };
	struct str_view signed_text = { token.data, 0 };

	if (split_token(&split, token, err) < 0)
		return -1;
	signed_text.len = split.signed_len;
	if (decode(&read.header, (struct str_view){ token.data, split.header_len },
		   "header", err) < 0 ||
	    read_header(&header, view(&read.header), policy->algorithms, err) < 0 ||
	    decode(&read.payload,
		   (struct str_view){ token.data + split.header_len + 1,
				      split.signed_len - split.header_len - 1 },
		   "payload", err) < 0 ||
	    decode(&signature,
		   (struct str_view){ token.data + split.signed_len + 1,
				      token.len - split.signed_len - 1 },
		   "signature", err) < 0 ||
	    try_keys(policy, &header, signed_text, view(&signature), err) < 0)
		return -1;
	buf_add(&parts->header, read.header.data, read.header.len);
	buf_add(&parts->payload, read.payload.data, read.payload.len);
	return 0;
}

void jws_parts_free(struct jws_parts *parts)
{
	buf_free(&parts->header);
	buf_free(&parts->payload);
}
