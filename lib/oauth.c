#include "lib/oauth.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base64.h"
#include "lib/cleanup.h"
#include "lib/crypto.h"
#include "lib/error.h"
#include "lib/json_object.h"
#include "lib/json_plain.h"

#define DEVICE_INTERVAL_S 5 /* RFC 8628 3.2 */
#define DEVICE_EXPIRES_S 900
#define SECONDS_MAX (10 * 366 * 24 * 3600)
#define WORDS_MAX 200

static const char unreserved[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				 "0123456789-._~";

void oauth_add_parameter(struct buf *form, const char *name, const char *value)
{
	if (form->len > 0)
		buf_add_char(form, '&');
	buf_add_format(form, "%s=", name);
	for (const char *p = value; *p; p++) {
		if (strchr(unreserved, *p))
			buf_add_char(form, *p);
		else
			buf_add_format(form, "%%%02X", (unsigned char)*p);
	}
}

static void encode(char out[static OAUTH_PROOF_LEN], const uint8_t bytes[static 32])
{
	auto_secret struct buf text = BUF_EMPTY;

	(void)buf_room(&text, OAUTH_PROOF_LEN + 4);
	base64url_encode(&text, bytes, 32);
	memcpy(out, buf_str(&text), OAUTH_PROOF_LEN);
}

static void make_random(char out[static OAUTH_PROOF_LEN])
{
	uint8_t bytes[32] = { 0 };

	crypto_random(bytes, sizeof(bytes));
	encode(out, bytes);
	crypto_wipe(bytes, sizeof(bytes));
}

void oauth_proof_make(struct oauth_proof *proof)
{
	uint8_t digest[CRYPTO_SHA256_LEN] = { 0 };

	make_random(proof->verifier);
	make_random(proof->state);
	make_random(proof->nonce);
	crypto_sha256(digest, proof->verifier, OAUTH_PROOF_LEN - 1);
	encode(proof->challenge, digest);
}

void oauth_token_wipe(struct oauth_token *token)
{
	buf_wipe(&token->access);
	buf_wipe(&token->refresh);
	buf_wipe(&token->id);
	*token = (struct oauth_token)OAUTH_TOKEN_EMPTY;
}

void oauth_answer_wipe(struct oauth_answer *answer)
{
	oauth_token_wipe(&answer->token);
	*answer = (struct oauth_answer)OAUTH_ANSWER_EMPTY;
}

void oauth_device_free(struct oauth_device *device)
{
	free(device->device_code);
	free(device->user_code);
	free(device->address);
	*device = (struct oauth_device)OAUTH_DEVICE_EMPTY;
}

/* What an error of RFC 6749, RFC 8628 or GitHub means to us. */
static const struct {
	const char *code;
	enum error_kind kind;
	const char *text;
} errors[] = {
	{ "access_denied", ERROR_DENIED, "it was denied" },
	{ "expired_token", ERROR_TEMPORARY, "the code has expired: log in again" },
	{ "token_expired", ERROR_TEMPORARY, "the code has expired: log in again" },
	{ "bad_verification_code", ERROR_TEMPORARY, "the code is wrong or has expired" },
	{ "incorrect_device_code", ERROR_TEMPORARY, "the code is wrong or has expired" },
	{ "invalid_grant", ERROR_DENIED, "it is not good any more: log in again" },
	{ "bad_refresh_token", ERROR_DENIED, "it is not good any more: log in again" },
	{ "device_flow_disabled", ERROR_CONFIG,
	  "the device flow is not enabled for this client" },
	{ "incorrect_client_credentials", ERROR_CONFIG,
	  "the client's id or secret is wrong" },
	{ "invalid_client", ERROR_CONFIG, "the client's id or secret is wrong" },
	{ "unauthorized_client", ERROR_CONFIG, "the client may not log in this way" },
	{ "unsupported_grant_type", ERROR_CONFIG, "the client may not log in this way" },
	{ "redirect_uri_mismatch", ERROR_CONFIG,
	  "the client does not list our redirect address" },
	{ "invalid_scope", ERROR_CONFIG, "the scope is not offered" },
	{ "temporarily_unavailable", ERROR_TEMPORARY, "try again later" },
	{ "server_error", ERROR_TEMPORARY, "try again later" },
};

/* The issuer's own words, as far as they may be shown. */
static void show(struct buf *out, const struct buf *text)
{
	for (size_t i = 0; i < text->len && i < WORDS_MAX; i++) {
		unsigned char c = (unsigned char)text->data[i];

		buf_add_char(out, c < ' ' || c >= 0x7f ? '?' : (char)c);
	}
}

static int set_refusal(struct error *err, const struct buf *code,
		       const struct buf *description)
{
	auto_buf struct buf words = BUF_EMPTY;

	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (str_equal(buf_str(code), errors[i].code))
			return error_set(err, errors[i].kind, "%s (%s)", errors[i].text,
					 errors[i].code);
	show(&words, code);
	if (description->len > 0) {
		buf_add_str(&words, ": ");
		show(&words, description);
	}
	return error_set(err, ERROR_DENIED, "it was refused (%s)", buf_str(&words));
}

/* Append a member that is a string without a NUL; false when there is none. */
static bool add_text(struct buf *out, struct str_view object, const char *name)
{
	struct str_view raw = { NULL, 0 };
	size_t before = out->len;

	if (!json_object_find(&raw, object, name) || !json_object_text(out, raw))
		return false;
	if (memchr(buf_str(out) + before, 0, out->len - before)) {
		buf_cut(out, before);
		return false;
	}
	return true;
}

static int check_object(struct str_view body, struct error *err)
{
	const char *problem = NULL;

	if (!json_object_is_sound(body, &problem))
		return error_set(err, ERROR_DATA, "the answer %s", problem);
	return 0;
}

/* *found: the answer is an error that the caller may live with, and *answer says which. */
static int read_error(struct oauth_answer *answer, bool *found, struct str_view body,
		      struct error *err)
{
	auto_buf struct buf code = BUF_EMPTY;
	auto_buf struct buf description = BUF_EMPTY;

	*found = add_text(&code, body, "error");
	if (!*found)
		return 0;
	(void)add_text(&description, body, "error_description");
	if (answer && str_equal(buf_str(&code), "authorization_pending")) {
		answer->outcome = OAUTH_PENDING;
		return 0;
	}
	if (answer && str_equal(buf_str(&code), "slow_down")) {
		answer->outcome = OAUTH_SLOWER;
		if (!json_plain_u64(&answer->interval_s, body, "interval") ||
		    answer->interval_s > DEVICE_EXPIRES_S)
			answer->interval_s = 0;
		return 0;
	}
	return set_refusal(err, &code, &description);
}

static int64_t end_of(struct str_view body, const char *name, int64_t now_ms)
{
	uint64_t seconds = 0;

	if (!json_plain_u64(&seconds, body, name) || seconds == 0 ||
	    seconds > SECONDS_MAX)
		return 0;
	return now_ms + (int64_t)seconds * 1000;
}

int oauth_read_token(struct oauth_answer *answer, struct str_view body, int64_t now_ms,
		     struct error *err)
{
	auto_oauth_answer struct oauth_answer read = OAUTH_ANSWER_EMPTY;
	struct oauth_token *token = &read.token;
	bool is_error = false;

	if (check_object(body, err) < 0 || read_error(&read, &is_error, body, err) < 0)
		return -1;
	(void)buf_room(&token->access, body.len + 1); /* no copies stay behind */
	(void)buf_room(&token->refresh, body.len + 1);
	if (!is_error &&
	    (!add_text(&token->access, body, "access_token") || token->access.len == 0))
		return error_set(err, ERROR_DATA, "the answer has no 'access_token'");
	if (!is_error) {
		(void)add_text(&token->refresh, body, "refresh_token");
		(void)add_text(&token->id, body, "id_token");
		token->expires_ms = end_of(body, "expires_in", now_ms);
		token->refresh_expires_ms =
			end_of(body, "refresh_token_expires_in", now_ms);
	}
	oauth_answer_wipe(answer);
	*answer = read;
	read = (struct oauth_answer)OAUTH_ANSWER_EMPTY;
	return 0;
}

static char *take_text(struct str_view object, const char *name)
{
	auto_buf struct buf text = BUF_EMPTY;

	return add_text(&text, object, name) && text.len > 0 ? buf_take(&text) : NULL;
}

/* What is shown to a person must be what it looks like. */
static bool is_printable(const char *text)
{
	for (const char *p = text; *p; p++)
		if (*p <= ' ' || *p >= 0x7f)
			return false;
	return strlen(text) <= OAUTH_QUERY_MAX;
}

int oauth_read_device(struct oauth_device *device, struct str_view body,
		      struct error *err)
{
	auto_oauth_device struct oauth_device read = OAUTH_DEVICE_EMPTY;
	bool is_error = false;

	if (check_object(body, err) < 0 || read_error(NULL, &is_error, body, err) < 0)
		return -1;
	read.device_code = take_text(body, "device_code");
	read.user_code = take_text(body, "user_code");
	read.address = take_text(body, "verification_uri");
	if (!read.address) /* as some called it before the RFC */
		read.address = take_text(body, "verification_url");
	if (!read.device_code || !read.user_code || !read.address ||
	    !is_printable(read.user_code) || !is_printable(read.address))
		return error_set(err, ERROR_DATA,
				 "the answer lacks device_code, user_code or "
				 "verification_uri");
	if (!json_plain_u64(&read.expires_s, body, "expires_in") ||
	    read.expires_s > 4 * DEVICE_EXPIRES_S)
		read.expires_s = DEVICE_EXPIRES_S;
	if (!json_plain_u64(&read.interval_s, body, "interval") ||
	    read.interval_s > DEVICE_EXPIRES_S)
		read.interval_s = DEVICE_INTERVAL_S;
	if (read.interval_s == 0)
		read.interval_s = 1;
	oauth_device_free(device);
	*device = read;
	read = (struct oauth_device)OAUTH_DEVICE_EMPTY;
	return 0;
}

static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* A name or a value of a query; false for a bad "%" and for a NUL. */
static bool decode(struct buf *out, struct str_view text)
{
	for (size_t i = 0; i < text.len; i++) {
		int high = 0;
		int low = 0;

		if (text.data[i] != '%') {
			buf_add_char(out, text.data[i] == '+' ? ' ' : text.data[i]);
			continue;
		}
		high = i + 2 < text.len ? digit_of(text.data[i + 1]) : -1;
		low = i + 2 < text.len ? digit_of(text.data[i + 2]) : -1;
		if (high < 0 || low < 0 || high + low == 0)
			return false;
		buf_add_char(out, (char)(high << 4 | low));
		i += 2;
	}
	return !memchr(buf_str(out), 0, out->len);
}

/* What we look at in a query. */
enum { CODE, STATE, FAULT, WORDS, ISSUER, PARAMETERS };

struct callback {
	struct buf values[PARAMETERS];
	bool found[PARAMETERS];
};

static void free_callback(struct callback *callback)
{
	for (int i = 0; i < PARAMETERS; i++)
		buf_wipe(&callback->values[i]);
}

#define auto_callback __attribute__((cleanup(free_callback)))

/* One "name=value"; none may come twice. */
static bool take_pair(struct callback *callback, struct str_view pair)
{
	static const char *const names[PARAMETERS] = { "code", "state", "error",
						       "error_description", "iss" };
	const char *sign = pair.len > 0 ? memchr(pair.data, '=', pair.len) : NULL;
	struct str_view name = { pair.data,
				 sign ? (size_t)(sign - pair.data) : pair.len };
	struct str_view value = { sign ? sign + 1 : pair.data,
				  sign ? pair.len - name.len - 1 : 0 };

	for (int i = 0; i < PARAMETERS; i++) {
		if (!str_view_equal(name, names[i]))
			continue;
		if (callback->found[i])
			return false;
		callback->found[i] = true;
		return decode(&callback->values[i], value);
	}
	return true;
}

static bool read_query(struct callback *callback, struct str_view query)
{
	size_t start = 0;

	if (query.len > OAUTH_QUERY_MAX)
		return false;
	for (size_t i = 0; i <= query.len; i++) {
		if (i < query.len && query.data[i] != '&')
			continue;
		if (!take_pair(callback,
			       (struct str_view){ query.data + start, i - start }))
			return false;
		start = i + 1;
	}
	return true;
}

int oauth_read_callback(struct buf *code, struct str_view query, const char *state,
			const char *issuer, struct error *err)
{
	auto_callback struct callback callback = { .values = { BUF_EMPTY } };
	const struct buf *given = &callback.values[STATE];

	if (!read_query(&callback, query))
		return error_set(err, ERROR_DATA, "the query is none of an issuer's");
	if (given->len != strlen(state) || !crypto_equal(given->data, state, given->len))
		return error_set(err, ERROR_DATA, "it is not the login that we began");
	if (callback.found[ISSUER] &&
	    !str_equal(buf_str(&callback.values[ISSUER]), issuer))
		return error_set(err, ERROR_DENIED, "another issuer answers");
	if (callback.found[FAULT])
		return set_refusal(err, &callback.values[FAULT], &callback.values[WORDS]);
	if (callback.values[CODE].len == 0)
		return error_set(err, ERROR_DATA, "the query has no code");
	buf_add(code, callback.values[CODE].data, callback.values[CODE].len);
	return 0;
}
