#include "lib/oidc.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base64.h"
#include "lib/buf.h"
#include "lib/error.h"
#include "lib/json_object.h"
#include "lib/json_scan.h"
#include "lib/jws.h"
#include "lib/jwt.h"

#define URL_MAX 2048

const unsigned oidc_algorithms =
	JWS_ALGORITHM(CRYPTO_RS256) | JWS_ALGORITHM(CRYPTO_PS256) |
	JWS_ALGORITHM(CRYPTO_ES256) | JWS_ALGORITHM(CRYPTO_ES384) |
	JWS_ALGORITHM(CRYPTO_EDDSA);

void oidc_provider_free(struct oidc_provider *provider)
{
	free(provider->issuer);
	free(provider->jwks_uri);
	free(provider->authorization_endpoint);
	free(provider->token_endpoint);
	free(provider->device_endpoint);
	*provider = (struct oidc_provider)OIDC_PROVIDER_EMPTY;
}

/* The host and port of http://HOST:PORT/...: this machine's? */
static bool is_loopback(const char *host)
{
	size_t len = strcspn(host, ":/");
	size_t digits = strspn(host, "0123456789.");

	return (len == strlen("localhost") && memcmp(host, "localhost", len) == 0) ||
	       (str_starts(host, "127.") && digits == len) ||
	       (str_starts(host, "[::1]") && (!host[5] || strchr(":/", host[5])));
}

/* Letters that an address has without surprises: no blank, quote or backslash. */
static bool is_plain(const char *text)
{
	static const char allowed[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789-._~:/[]!$&'()*+,;=%@?";

	return strspn(text, allowed) == strlen(text);
}

static bool is_local(const char *url)
{
	return str_starts(url, "http://") && is_loopback(url + strlen("http://"));
}

/* What stands between the scheme and the path has a host and no user. */
static bool has_host(const char *url)
{
	const char *host = strstr(url, "://") + 3;
	size_t len = strcspn(host, "/?");

	return len > 0 && host[0] != ':' && !memchr(host, '@', len);
}

static bool is_address(const char *url)
{
	return strlen(url) <= URL_MAX && is_plain(url) &&
	       (str_starts(url, "https://") || is_local(url)) && has_host(url);
}

int oidc_check_issuer(const char *issuer, struct error *err)
{
	if (strlen(issuer) > OIDC_ISSUER_MAX)
		return error_set(err, ERROR_USAGE, "an issuer has %d characters at most",
				 OIDC_ISSUER_MAX);
	if (!is_address(issuer) || strchr(issuer, '?') || strchr(issuer, '%'))
		return error_set(err, ERROR_USAGE,
				 "'%.200s' is no issuer: want https://HOST/PATH, without "
				 "user, query and fragment",
				 issuer);
	return 0;
}

/* A member that is a string without a NUL; NULL when there is none. */
static char *take_text(struct str_view object, const char *name)
{
	auto_buf struct buf text = BUF_EMPTY;
	struct str_view raw = { NULL, 0 };

	if (!json_object_find(&raw, object, name) || !json_object_text(&text, raw) ||
	    memchr(buf_str(&text), 0, text.len))
		return NULL;
	return buf_take(&text);
}

static int take_address(char **url, struct str_view object, const char *name,
			const char *issuer, struct error *err)
{
	free(*url);
	*url = take_text(object, name);
	if (*url && (!is_address(*url) || (is_local(*url) && !is_local(issuer))))
		return error_set(err, ERROR_DATA, "its '%s' is no https:// address",
				 name);
	return 0;
}

static int read_addresses(struct oidc_provider *provider, struct str_view text,
			  const char *issuer, struct error *err)
{
	if (take_address(&provider->jwks_uri, text, "jwks_uri", issuer, err) < 0 ||
	    take_address(&provider->authorization_endpoint, text,
			 "authorization_endpoint", issuer, err) < 0 ||
	    take_address(&provider->token_endpoint, text, "token_endpoint", issuer, err) <
		    0 ||
	    take_address(&provider->device_endpoint, text,
			 "device_authorization_endpoint", issuer, err) < 0)
		return -1;
	if (!provider->jwks_uri)
		return error_set(err, ERROR_DATA, "it has no 'jwks_uri'");
	return 0;
}

int oidc_read_discovery(struct oidc_provider *provider, struct str_view text,
			const char *issuer, struct error *err)
{
	auto_oidc_provider struct oidc_provider read = OIDC_PROVIDER_EMPTY;
	const char *problem = NULL;

	if (!json_object_is_sound(text, &problem))
		return error_set(err, ERROR_DATA, "the discovery document %s", problem);
	read.issuer = take_text(text, "issuer");
	if (!str_equal(read.issuer, issuer))
		return error_set(err, ERROR_DATA,
				 "the discovery document is of another issuer");
	if (read_addresses(&read, text, issuer, err) < 0)
		return error_wrap(err, "the discovery document");
	oidc_provider_free(provider);
	*provider = read;
	read = (struct oidc_provider)OIDC_PROVIDER_EMPTY;
	return 0;
}

static bool is_text(struct str_view raw, const char *wanted)
{
	auto_buf struct buf text = BUF_EMPTY;

	return json_object_text(&text, raw) && text.len == strlen(wanted) &&
	       memcmp(buf_str(&text), wanted, text.len) == 0;
}

/* OpenID Connect Core 3.1.3.7, 4 and 5: who asked for a token that several may take? */
static int check_party(const struct oidc_expected *expected, struct str_view payload,
		       struct error *err)
{
	struct str_view azp = { NULL, 0 };
	struct str_view aud = { NULL, 0 };
	struct str_view element = { NULL, 0 };
	bool has_azp = json_object_find(&azp, payload, "azp");
	int count = 0;

	if (has_azp && !is_text(azp, expected->audience))
		return error_set(err, ERROR_DENIED,
				 "the claim 'azp' is not the audience");
	if (!json_object_find(&aud, payload, "aud") || aud.data[0] != '[')
		return 0;
	while (json_scan_element(&element, &aud))
		count++;
	if (count > 1 && !has_azp)
		return error_set(err, ERROR_DENIED,
				 "several audiences and no claim 'azp'");
	return 0;
}

static int check_claims(const struct oidc_expected *expected, struct str_view payload,
			struct error *err)
{
	struct str_view raw = { NULL, 0 };
	auto_buf struct buf subject = BUF_EMPTY;

	if (!json_object_find(&raw, payload, "sub") || !json_object_text(&subject, raw) ||
	    subject.len == 0)
		return error_set(err, ERROR_DENIED, "the claim 'sub' is missing");
	if (!json_object_find(&raw, payload, "iat"))
		return error_set(err, ERROR_DENIED, "the claim 'iat' is missing");
	if (expected->nonce &&
	    (!json_object_find(&raw, payload, "nonce") || !is_text(raw, expected->nonce)))
		return error_set(err, ERROR_DENIED,
				 "the claim 'nonce' is not what was sent");
	return check_party(expected, payload, err);
}

int oidc_verify(struct buf *claims, const struct jwk_set *keys,
		const struct oidc_expected *expected, struct str_view token,
		struct error *err)
{
	auto_jws_parts struct jws_parts parts = JWS_PARTS_EMPTY;
	const struct jws_policy policy = { expected->algorithms & oidc_algorithms,
					   keys->keys, keys->count, false };
	const struct jwt_expected wanted = { expected->issuer, expected->audience,
					     expected->now_s, expected->leeway_s };
	struct str_view payload = { NULL, 0 };

	if (token.len > OIDC_TOKEN_MAX)
		return error_set(err, ERROR_DENIED, "the token has more than %d bytes",
				 OIDC_TOKEN_MAX);
	if (jws_verify(&parts, &policy, token, err) < 0)
		return -1;
	payload = (struct str_view){ buf_str(&parts.payload), parts.payload.len };
	if (jwt_check(&wanted, payload, err) < 0 ||
	    check_claims(expected, payload, err) < 0)
		return -1;
	buf_add(claims, payload.data, payload.len);
	return 0;
}

bool oidc_lacks_key(const struct jwk_set *keys, struct str_view token)
{
	const char *dot = token.len > 0 ? memchr(token.data, '.', token.len) : NULL;
	auto_buf struct buf header = BUF_EMPTY;
	auto_buf struct buf kid = BUF_EMPTY;
	struct str_view raw = { NULL, 0 };
	const char *problem = NULL;

	if (!dot || dot - token.data > JWS_HEADER_MAX ||
	    !base64url_decode(&header, token.data, (size_t)(dot - token.data)))
		return false;
	if (!json_object_is_sound((struct str_view){ buf_str(&header), header.len },
				  &problem) ||
	    !json_object_find(&raw, (struct str_view){ header.data, header.len },
			      "kid") ||
	    !json_object_text(&kid, raw))
		return false;
	for (size_t i = 0; i < keys->count; i++) {
		const struct jwk *key = &keys->keys[i];

		if (key->has_kid && key->kid.len == kid.len &&
		    memcmp(buf_str(&key->kid), buf_str(&kid), kid.len) == 0)
			return false;
	}
	return true;
}
