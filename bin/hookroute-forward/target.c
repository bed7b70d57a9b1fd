#include "bin/hookroute-forward/target.h"

#include <stdlib.h>
#include <string.h>

#include "bin/hookroute-forward/options.h"
#include "lib/base64.h"
#include "lib/cleanup.h"
#include "lib/crypto.h"
#include "lib/date.h"
#include "lib/error.h"

enum { RESPONSE_LIMIT = 1 << 20, SHOWN = 120, AFTER_MAX_S = 86400, HEADERS = 5 };

int target_open(struct target *target, const struct options *options,
		const struct layout *layout, struct error *err)
{
	target->options = options;
	if ((options->key || vault_is_name(options->url)) &&
	    vault_open_layout(&target->vault, layout, err) < 0)
		return -1;
	return http_client_open(&target->client, err);
}

void target_close(struct target *target)
{
	http_client_close(&target->client);
	vault_close(&target->vault);
}

/* It is read for each value, so that another secret needs no restart. */
static int read_secret(struct buf *out, const struct target *target, const char *name,
		       struct error *err)
{
	auto_vault_secret struct vault_secret secret = VAULT_SECRET_EMPTY;

	if (vault_get(&secret, &target->vault, name, err) < 0)
		return error_wrap(err, "secret '%s'", name);
	if (!secret.found)
		return error_set(err, ERROR_CONFIG,
				 "no secret '%s': tokenmint vault put %s", name, name);
	buf_add(out, secret.bytes.data, secret.bytes.len);
	while (out->len && strchr("\r\n \t", out->data[out->len - 1]))
		buf_cut(out, out->len - 1);
	return 0;
}

static bool is_secret(const struct target *target)
{
	return vault_is_name(target->options->url);
}

static int read_url(struct buf *url, const struct target *target, struct error *err)
{
	const char *at;

	if (!is_secret(target)) {
		buf_add_str(url, target->options->url);
		return 0;
	}
	if (read_secret(url, target, target->options->url, err) < 0)
		return -1;
	for (at = buf_str(url); *at > ' ' && *at <= '~'; at++)
		;
	if (*at || (!str_starts(buf_str(url), "https://") &&
		    !str_starts(buf_str(url), "http://")))
		return error_set(err, ERROR_CONFIG, "secret '%s' is no url",
				 target->options->url);
	return 0;
}

/* "whsec_" and base 64, as Standard Webhooks has it. */
static int read_key(struct buf *key, const struct target *target, struct error *err)
{
	static const char mark[] = "whsec_";
	const char *name = target->options->key;
	auto_secret struct buf text = BUF_EMPTY;
	size_t skip;

	if (read_secret(&text, target, name, err) < 0)
		return -1;
	skip = str_starts(buf_str(&text), mark) ? sizeof(mark) - 1 : 0;
	if (base64_decode(key, buf_str(&text) + skip, text.len - skip) && key->len)
		return 0;
	return error_set(err, ERROR_CONFIG,
			 "secret '%s' is no key: want whsec_ and base 64", name);
}

/* v1 of the id, the seconds and the body, with dots between. */
static int sign(struct buf *header, const struct target *target, const char *signed_head,
		struct str_view body, struct error *err)
{
	auto_hmac struct crypto_hmac hmac = CRYPTO_HMAC_NONE;
	auto_secret struct buf key = BUF_EMPTY;
	uint8_t digest[CRYPTO_SHA256_LEN];

	if (read_key(&key, target, err) < 0)
		return -1;
	crypto_hmac_start(&hmac, key.data, key.len);
	crypto_hmac_add(&hmac, signed_head, strlen(signed_head));
	crypto_hmac_add(&hmac, body.data, body.len);
	crypto_hmac_finish(&hmac, digest);
	buf_add_str(header, "webhook-signature: v1,");
	base64_encode(header, digest, sizeof(digest));
	return 0;
}

static void read_after(struct target_answer *answer,
		       const struct http_client_response *response)
{
	struct str_view value = { NULL, 0 };
	auto_buf struct buf text = BUF_EMPTY;
	struct error ignored = { 0 };
	int64_t at_ms = 0;
	uint64_t seconds = 0;

	if (!http_client_header(&value, response, "retry-after"))
		return;
	buf_add(&text, value.data, value.len);
	if (str_to_u64(&seconds, buf_str(&text), 0, UINT32_MAX, &ignored) == 0)
		answer->after_s = (int64_t)seconds;
	else if (date_parse_http(&at_ms, buf_str(&text)))
		answer->after_s = (at_ms - date_now_ms() + 999) / 1000;
	if (answer->after_s < 0)
		answer->after_s = 0;
	if (answer->after_s > AFTER_MAX_S)
		answer->after_s = AFTER_MAX_S;
}

static bool may_help_later(int status)
{
	return status >= 500 || status == 408 || status == 425 || status == 429;
}

static int judge(struct target_answer *answer,
		 const struct http_client_response *response, struct error *err)
{
	int status = response->status;
	int shown = response->body.len < SHOWN ? (int)response->body.len : SHOWN;

	if (status >= 200 && status < 300)
		return 0;
	if (status >= 300 && status < 400)
		return error_set(err, ERROR_DATA,
				 "answered %d: redirects are not followed, set the url",
				 status);
	read_after(answer, response);
	return error_set(err, may_help_later(status) ? ERROR_TEMPORARY : ERROR_DATA,
			 "answered %d%s%.*s", status, shown ? ": " : "", shown,
			 buf_str(&response->body));
}

/* What libcurl says stands behind the url, which may be a secret. */
static int hide_url(const struct target *target, const char *url, struct error *err)
{
	struct error said = *err;
	const char *reason = strstr(said.message, "': ");

	/* A certificate or a name that is wrong today may be right tomorrow. */
	if (said.kind != ERROR_DATA)
		said.kind = ERROR_TEMPORARY;
	if (!is_secret(target)) {
		*err = said;
		return -1;
	}
	while (reason && strstr(reason + 1, "': "))
		reason = strstr(reason + 1, "': ");
	if (!reason || strstr(reason, url))
		return error_set(err, said.kind, "the url in '%s' cannot be used",
				 target->options->url);
	return error_set(err, said.kind, "reach '%s'%s", target->options->url,
			 reason + 1);
}

static int post(struct target_answer *answer, struct target *target,
		const struct http_client_request *request, struct error *err)
{
	auto_http_client_response struct http_client_response response =
		HTTP_CLIENT_RESPONSE_EMPTY;

	if (http_client_send(&response, &target->client, request, err) < 0)
		return hide_url(target, request->url, err);
	return judge(answer, &response, err);
}

int target_post(struct target_answer *answer, struct target *target, const char *id,
		struct str_view body, struct error *err)
{
	auto_secret struct buf url = BUF_EMPTY;
	auto_buf struct buf signature = BUF_EMPTY;
	long long seconds = date_now_ms() / 1000;
	auto_free char *id_header = str_format("webhook-id: %s", id);
	auto_free char *time_header = str_format("webhook-timestamp: %lld", seconds);
	auto_free char *head = str_format("%s.%lld.", id, seconds);
	const char *headers[HEADERS] = { "content-type: application/json", id_header,
					 time_header, NULL, NULL };
	struct http_client_request request = { .method = "POST",
					       .headers = headers,
					       .body = body,
					       .timeout_ms = target->options->timeout_ms,
					       .limit_bytes = RESPONSE_LIMIT,
					       .stays = true };

	if (read_url(&url, target, err) < 0)
		return -1;
	request.url = buf_str(&url);
	if (target->options->key) {
		if (sign(&signature, target, head, body, err) < 0)
			return -1;
		headers[3] = buf_str(&signature);
	}
	return post(answer, target, &request, err);
}
