#include "bin/tokenmint-login/begun.h"

#include <string.h>

#include "lib/base64.h"
#include "lib/cleanup.h"
#include "lib/crypto.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/identity_key.h"
#include "lib/json_plain.h"
#include "lib/json_write.h"
#include "lib/login_settings.h"

#define PURPOSE "login of a visitor 1"
#define TEXT_MAX 4096

void begun_wipe(struct begun *begun)
{
	crypto_wipe(begun, sizeof(*begun));
}

bool begun_is_back(const char *path)
{
	if (path[0] != '/' || path[1] == '/' || strlen(path) > BEGUN_BACK_MAX)
		return false;
	for (const char *p = path; *p; p++)
		if (*p <= ' ' || *p > '~' || *p == '\\' || *p == '"')
			return false;
	return true;
}

/* What it is good for: nothing of it is secret, and none of it may be another. */
static char *name_use(const struct login_settings *settings)
{
	return str_format("%s\n%s\n%s", settings->url, settings->client_id,
			  settings->issuer ? settings->issuer : "");
}

static void write_text(struct buf *out, const struct begun *begun)
{
	struct json_writer writer = JSON_WRITER(out);

	json_write_object(&writer, NULL);
	json_write_string(&writer, "verifier", begun->proof.verifier);
	json_write_string(&writer, "state", begun->proof.state);
	json_write_string(&writer, "nonce", begun->proof.nonce);
	json_write_i64(&writer, "at", begun->at_ms);
	json_write_string(&writer, "back", begun->back);
	json_write_object_end(&writer);
}

int begun_seal(struct buf *text, const struct begun *begun,
	       const struct login_settings *settings, const struct vault *vault,
	       struct error *err)
{
	uint8_t key[CRYPTO_KEY_LEN] = { 0 };
	uint8_t nonce[CRYPTO_NONCE_LEN] = { 0 };
	auto_free char *use = name_use(settings);
	auto_secret struct buf plain = BUF_EMPTY;
	auto_buf struct buf sealed = BUF_EMPTY;
	const struct crypto_gcm gcm = { key, nonce, { use, strlen(use) } };

	if (identity_key(key, vault, PURPOSE, err) < 0)
		return -1;
	(void)buf_room(&plain, TEXT_MAX); /* no copies stay behind */
	write_text(&plain, begun);
	crypto_random(nonce, sizeof(nonce));
	buf_add(&sealed, nonce, sizeof(nonce));
	crypto_gcm_seal(&sealed, &gcm, plain.data, plain.len);
	crypto_wipe(key, sizeof(key));
	base64url_encode(text, sealed.data, sealed.len);
	return 0;
}

static bool take(char *out, size_t size, struct str_view object, const char *name)
{
	struct str_view text = { NULL, 0 };

	if (!json_plain_string(&text, object, name) || text.len >= size)
		return false;
	memcpy(out, text.data, text.len);
	out[text.len] = '\0';
	return true;
}

static bool read_text(struct begun *begun, struct str_view text)
{
	uint64_t at_ms = 0;

	if (!take(begun->proof.verifier, OAUTH_PROOF_LEN, text, "verifier") ||
	    !take(begun->proof.state, OAUTH_PROOF_LEN, text, "state") ||
	    !take(begun->proof.nonce, OAUTH_PROOF_LEN, text, "nonce") ||
	    !take(begun->back, sizeof(begun->back), text, "back") ||
	    !json_plain_u64(&at_ms, text, "at"))
		return false;
	begun->at_ms = (int64_t)at_ms;
	return true;
}

static int open_sealed(struct buf *plain, struct str_view text,
		       const struct login_settings *settings, const uint8_t *key,
		       struct error *err)
{
	auto_free char *use = name_use(settings);
	auto_buf struct buf sealed = BUF_EMPTY;
	struct crypto_gcm gcm = { .key = key, .aad = { use, strlen(use) } };

	if (text.len > TEXT_MAX || !base64url_decode(&sealed, text.data, text.len) ||
	    sealed.len < CRYPTO_NONCE_LEN + CRYPTO_TAG_LEN)
		return error_set(err, ERROR_ABSENT, "it is no login that began here");
	gcm.nonce = (const uint8_t *)sealed.data;
	(void)buf_room(plain, TEXT_MAX);
	if (crypto_gcm_open(plain, &gcm, sealed.data + CRYPTO_NONCE_LEN,
			    sealed.len - CRYPTO_NONCE_LEN, err) < 0)
		return error_set(err, ERROR_ABSENT, "it is no login that began here");
	return 0;
}

int begun_open(struct begun *begun, struct str_view text,
	       const struct login_settings *settings, const struct vault *vault,
	       struct error *err)
{
	uint8_t key[CRYPTO_KEY_LEN] = { 0 };
	auto_begun struct begun read = { .at_ms = 0 };
	auto_secret struct buf plain = BUF_EMPTY;
	int64_t age_ms = 0;
	int status = 0;

	if (identity_key(key, vault, PURPOSE, err) < 0)
		return -1;
	status = open_sealed(&plain, text, settings, key, err);
	crypto_wipe(key, sizeof(key));
	if (status < 0)
		return -1;
	if (!read_text(&read, (struct str_view){ buf_str(&plain), plain.len }))
		return error_set(err, ERROR_ABSENT, "it is no login that began here");
	age_ms = date_now_ms() - read.at_ms;
	if (age_ms > BEGUN_LIVES_MS || age_ms < -BEGUN_LIVES_MS)
		return error_set(err, ERROR_ABSENT,
				 "the login began more than ten minutes ago");
	*begun = read;
	return 0;
}
