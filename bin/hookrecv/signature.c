#include "bin/hookrecv/signature.h"

#include <stdio.h>
#include <string.h>

#include "bin/hookrecv/scheme.h"
#include "lib/base64.h"
#include "lib/error.h"

enum { TIME_LEN = 24 };

int signature_check_secret(const struct provider *provider, struct str_view secret,
			   struct error *err)
{
	const struct provider_scheme *scheme = provider->schemes;
	bool usable = provider->open;
	size_t i;

	if (secret.len == 0 && !provider->open)
		return error_set(err, ERROR_DATA, "the secret is empty");
	for (i = 0; i < PROVIDER_SCHEMES && scheme[i].header; i++) {
		auto_secret struct buf key = BUF_EMPTY;

		usable |= scheme_key(&key, &scheme[i], secret);
	}
	if (usable)
		return 0;
	return error_set(
		err, ERROR_DATA, "a secret of provider '%s' is %s%s%s", provider->name,
		scheme->kind == PROVIDER_ED25519 ? "a public key of 32 bytes in " : "",
		scheme->key == PROVIDER_HEX ? "hexadecimal digits" : "base 64",
		scheme->mark ? ", behind its mark" : "");
}

static bool is_secret(const char *text, size_t len, struct str_view secret)
{
	return len == secret.len && crypto_equal(text, secret.data, len);
}

static bool token_is(const struct provider_scheme *scheme, const char *value,
		     struct str_view secret)
{
	size_t skip = scheme->prefix ? strlen(scheme->prefix) : 0;

	return (skip == 0 || str_starts(value, scheme->prefix)) &&
	       is_secret(value + skip, strlen(value) - skip, secret);
}

/* A secret with a colon is user and password, one without is the password of any user. */
static bool basic_is(const struct provider_scheme *scheme, const char *value,
		     struct str_view secret)
{
	auto_secret struct buf pair = BUF_EMPTY;
	size_t skip = strlen(scheme->prefix);
	const char *password;

	if (!str_starts(value, scheme->prefix) ||
	    !base64_decode(&pair, value + skip, strlen(value) - skip) || pair.len == 0)
		return false;
	if (memchr(secret.data, ':', secret.len))
		return is_secret(pair.data, pair.len, secret);
	password = memchr(pair.data, ':', pair.len);
	return password &&
	       is_secret(password + 1, (size_t)(pair.data + pair.len - password) - 1,
			 secret);
}

/* The next signature of the list; the whole value is one where nothing separates them. */
static struct str_view next_item(const char **list, char separator)
{
	struct str_view all = { *list, strlen(*list) };

	if (separator)
		return str_split(list, separator);
	*list = NULL;
	return all;
}

/* Copies the time that stands among the signatures, as "t=1614265330". */
static void find_time(char time[static TIME_LEN], const struct provider_scheme *scheme,
		      const char *list)
{
	size_t skip = strlen(scheme->time_item);

	while (list) {
		struct str_view item = next_item(&list, scheme->separator);

		if (item.len > skip && item.len - skip < TIME_LEN &&
		    memcmp(item.data, scheme->time_item, skip) == 0) {
			snprintf(time, TIME_LEN, "%.*s", (int)(item.len - skip),
				 item.data + skip);
			return;
		}
	}
}

static bool parse_time(int64_t *signed_ms, const char *time)
{
	struct error ignored = { 0 };
	uint64_t seconds = 0;

	if (!time || str_to_u64(&seconds, time, 0, INT64_MAX / 1000, &ignored) < 0)
		return false;
	*signed_ms = (int64_t)seconds * 1000;
	return true;
}

static enum signature_verdict check_time(const struct provider_scheme *scheme,
					 const char *time, int64_t now_ms)
{
	int64_t tolerance_ms = (int64_t)scheme->tolerance_s * 1000;
	int64_t signed_ms = 0;
	int64_t skew_ms;

	if (!scheme->time && !scheme->time_item)
		return SIGNATURE_GOOD;
	if (!parse_time(&signed_ms, time))
		return SIGNATURE_BAD;
	skew_ms = now_ms - signed_ms;
	return skew_ms > tolerance_ms || skew_ms < -tolerance_ms ? SIGNATURE_STALE
								 : SIGNATURE_GOOD;
}

/* What is signed begins; it is the same for all schemes of a provider. */
static enum signature_verdict begin_content(struct signature *signature,
					    const struct provider_scheme *scheme,
					    const struct scheme_values *values,
					    struct str_view secret)
{
	auto_secret struct buf key = BUF_EMPTY;
	auto_buf struct buf before = BUF_EMPTY;

	if (!scheme_content(&before, &signature->after, scheme, values) ||
	    !scheme_key(&key, scheme, secret))
		return SIGNATURE_BAD;
	signature->scheme = scheme;
	if (scheme->kind == PROVIDER_ED25519) {
		buf_add(&signature->key, key.data, key.len);
	} else {
		crypto_hmac_start(&signature->hmac, key.data, key.len);
	}
	signature_add(signature, buf_str(&before), before.len);
	return SIGNATURE_GOOD;
}

static const char *read_header(const struct signature_opening *opening, const char *name)
{
	return name ? opening->header(opening->request, name) : NULL;
}

static enum signature_verdict open_signed(struct signature *signature,
					  const struct provider_scheme *scheme,
					  const char *value,
					  const struct signature_opening *opening)
{
	char item[TIME_LEN] = "";
	struct scheme_values values = { .id = read_header(opening, scheme->id),
					.time = read_header(opening, scheme->time),
					.nonce = read_header(opening, scheme->nonce) };
	enum signature_verdict verdict;

	if (!scheme->separator && scheme->prefix && !str_starts(value, scheme->prefix))
		return SIGNATURE_BAD;
	if (signature->scheme)
		return SIGNATURE_GOOD;
	if (scheme->time_item) {
		find_time(item, scheme, value);
		values.time = item;
	}
	verdict = check_time(scheme, values.time, opening->now_ms);
	if (verdict != SIGNATURE_GOOD)
		return verdict;
	return begin_content(signature, scheme, &values, opening->secret);
}

static enum signature_verdict open_scheme(struct signature *signature,
					  const struct provider_scheme *scheme,
					  const char *value,
					  const struct signature_opening *opening)
{
	bool good;

	if (scheme->kind == PROVIDER_HMAC || scheme->kind == PROVIDER_ED25519)
		return open_signed(signature, scheme, value, opening);
	good = scheme->kind == PROVIDER_TOKEN ? token_is(scheme, value, opening->secret)
					      : basic_is(scheme, value, opening->secret);
	return good ? SIGNATURE_GOOD : SIGNATURE_BAD;
}

/*
 * With no secret set, Gitea still sends its headers, with nothing behind "sha256=": that
 * is unsigned, and never compared with the HMAC of an empty key.
 */
static bool is_empty(const char *value, const char *prefix)
{
	return !value || !*value || str_equal(value, prefix);
}

/* Does a scheme before this one, or the secret's mark, make it none of this request's? */
static bool is_passed_over(const struct signature *signature,
			   const struct provider_scheme *scheme, struct str_view secret)
{
	if (scheme->kind == PROVIDER_ED25519 && !scheme_has_mark(scheme, secret))
		return true;
	/* GitLab's older token, beside its signature, is another secret; and a secret that
	 * is a key of the one algorithm is none of the other. */
	return signature->scheme && signature->scheme->kind != scheme->kind;
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

		if (is_empty(value, scheme->prefix) ||
		    is_passed_over(signature, scheme, opening->secret))
			continue;
		signature->values[i] = value;
		verdict = open_scheme(signature, scheme, value, opening);
		if (verdict != SIGNATURE_GOOD)
			return verdict;
	}
	return verdict;
}

bool signature_time(int64_t *signed_ms, const struct provider *provider,
		    const struct signature_opening *opening)
{
	size_t i;

	for (i = 0; i < PROVIDER_SCHEMES && provider->schemes[i].header; i++) {
		const struct provider_scheme *scheme = &provider->schemes[i];
		const char *value = read_header(opening, scheme->header);
		const char *time = read_header(opening, scheme->time);
		char item[TIME_LEN] = "";

		if (is_empty(value, scheme->prefix))
			continue;
		if (scheme->time_item)
			find_time(item, scheme, value);
		if (parse_time(signed_ms, scheme->time_item ? item : time))
			return true;
	}
	return false;
}

bool signature_holds_body(const struct signature *signature)
{
	return signature->scheme && signature->scheme->kind == PROVIDER_ED25519;
}

void signature_add(struct signature *signature, const void *bytes, size_t len)
{
	if (signature_holds_body(signature))
		buf_add(&signature->held, bytes, len);
	else if (signature->scheme)
		crypto_hmac_add(&signature->hmac, bytes, len);
}

static bool item_agrees(const struct signature *signature,
			const struct provider_scheme *scheme, struct str_view item,
			const uint8_t *digest)
{
	auto_buf struct buf sent = BUF_EMPTY;

	if (!scheme_decode(&sent, scheme, item))
		return false;
	if (scheme->kind == PROVIDER_ED25519)
		return crypto_ed25519_verify((const uint8_t *)signature->key.data,
					     (struct str_view){ buf_str(&signature->held),
								signature->held.len },
					     (struct str_view){ sent.data, sent.len });
	return sent.len == CRYPTO_SHA256_LEN && crypto_equal(sent.data, digest, sent.len);
}

/* A list with a signature for each key the sender has; unknown versions are passed over. */
static bool list_agrees(const struct signature *signature,
			const struct provider_scheme *scheme, const char *list,
			const uint8_t *digest)
{
	while (list) {
		struct str_view item = next_item(&list, scheme->separator);

		if (item_agrees(signature, scheme, item, digest))
			return true;
	}
	return false;
}

enum signature_verdict signature_finish(struct signature *signature)
{
	const struct provider_scheme *schemes = signature->provider->schemes;
	uint8_t digest[CRYPTO_SHA256_LEN] = { 0 };
	size_t i;

	if (!signature->scheme)
		return SIGNATURE_GOOD; /* a token, judged at the start, or nothing is signed */
	signature_add(signature, buf_str(&signature->after), signature->after.len);
	if (signature->hmac.state)
		crypto_hmac_finish(&signature->hmac, digest);
	for (i = 0; i < PROVIDER_SCHEMES && schemes[i].header; i++) {
		const char *value = signature->values[i];

		if (value && schemes[i].kind != PROVIDER_TOKEN &&
		    schemes[i].kind != PROVIDER_BASIC &&
		    !list_agrees(signature, &schemes[i], value, digest))
			return SIGNATURE_BAD;
	}
	return SIGNATURE_GOOD;
}

void signature_free(struct signature *signature)
{
	crypto_hmac_free(&signature->hmac);
	buf_free(&signature->key);
	buf_free(&signature->held);
	buf_free(&signature->after);
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
