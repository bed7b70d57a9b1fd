#include "tests/fake/send.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base64.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/crypto.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/hex.h"
#include "lib/http_client.h"
#include "lib/str.h"
#include "tests/fake/hooks.h"

enum { HEADERS = 6, TIMEOUT_MS = 5000 };

static char *sign_github(const char *secret, const char *payload)
{
	uint8_t digest[CRYPTO_SHA256_LEN];
	char hex[2 * CRYPTO_SHA256_LEN + 1];

	crypto_hmac_sha256(digest, (struct str_view){ secret, strlen(secret) }, payload,
			   strlen(payload));
	hex_encode(hex, digest, sizeof(digest));
	return str_format("X-Hub-Signature-256: sha256=%s", hex);
}

/* Standard Webhooks, with the key behind whsec_. */
static char *sign_gitlab(const char *secret, const struct delivery *delivery,
			 const char *seconds)
{
	auto_buf struct buf key = BUF_EMPTY;
	auto_buf struct buf text = BUF_EMPTY;
	auto_buf struct buf signature = BUF_EMPTY;
	uint8_t digest[CRYPTO_SHA256_LEN];

	if (!base64_decode(&key, secret + 6, strlen(secret + 6)))
		abort(); /* a test cannot go on */
	buf_add_format(&text, "%s.%s.%s", delivery->guid, seconds, delivery->payload);
	crypto_hmac_sha256(digest, (struct str_view){ key.data, key.len }, text.data,
			   text.len);
	base64_encode(&signature, digest, sizeof(digest));
	return str_format("webhook-signature: v1,%s", buf_str(&signature));
}

static void write_headers(char *headers[HEADERS], jv hook,
			  const struct delivery *delivery)
{
	auto_free char *forge = hook_text(hook, "forge");
	auto_free char *secret = hook_text(hook, "secret");
	auto_free char *seconds = str_format("%lld", (long long)date_now_ms() / 1000);

	headers[0] = str_dup("Content-Type: application/json");
	if (str_equal(forge, "github")) {
		headers[1] = str_format("X-GitHub-Event: %s", delivery->event);
		headers[2] = str_format("X-GitHub-Delivery: %s", delivery->guid);
		headers[3] = sign_github(secret, delivery->payload);
		return;
	}
	headers[1] = str_format("X-Gitlab-Event: %s", delivery->event);
	headers[2] = str_format("Idempotency-Key: %s", delivery->guid);
	if (!str_starts(secret, "whsec_")) {
		headers[3] = str_format("X-Gitlab-Token: %s", secret);
		return;
	}
	headers[3] = sign_gitlab(secret, delivery, seconds);
	headers[4] = str_format("webhook-timestamp: %s", seconds);
	headers[5] = str_format("webhook-id: %s", delivery->guid);
}

uint64_t send_delivery(jv hook, const struct delivery *delivery)
{
	auto_free char *url = hook_text(hook, "url");
	char *headers[HEADERS + 1] = { NULL };
	auto_http_client struct http_client client = HTTP_CLIENT_NONE;
	auto_http_client_response struct http_client_response response =
		HTTP_CLIENT_RESPONSE_EMPTY;
	struct http_client_request request = { .method = "POST",
					       .url = url,
					       .headers = (const char *const *)headers,
					       .body = { delivery->payload,
							 strlen(delivery->payload) },
					       .timeout_ms = TIMEOUT_MS };
	struct error err = { 0 };
	uint64_t status = 0;

	write_headers(headers, hook, delivery);
	if (http_client_open(&client, &err) == 0 &&
	    http_client_send(&response, &client, &request, &err) == 0)
		status = (uint64_t)response.status;
	for (int i = 0; i < HEADERS; i++)
		free(headers[i]);
	return status;
}
