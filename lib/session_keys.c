#include "lib/session_keys.h"

#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/json_scan.h"
#include "lib/json_write.h"
#include "lib/jwk.h"
#include "lib/jwk_make.h"
#include "lib/jws.h"
#include "lib/vault.h"

#define SECRET "identity/session"
#define PUBLIC_FILE "keys.jwks"

/* The first of the keys, or the next behind it. */
static bool next_key(struct str_view *key, struct str_view *rest)
{
	return rest->len > 0 && json_scan_element(key, rest);
}

static struct str_view keys_of(const struct buf *set)
{
	struct str_view keys = { NULL, 0 };

	(void)json_scan_member(&keys, (struct str_view){ buf_str(set), set->len },
			       "keys"); /* we wrote it, and the vault has checked it */
	return keys;
}

static int write_public(const struct buf *set, int dir, struct error *err)
{
	auto_buf struct buf text = BUF_EMPTY;

	session_keys_public(&text, set);
	buf_add_char(&text, '\n');
	return file_replace(dir, PUBLIC_FILE, text.data, text.len, 0644, err);
}

/* A new key, then those of the old set; the public file first, so that no token is older than
 * what it is verified with. */
static int add_key(const struct vault *vault, int dir, const struct buf *old,
		   struct str_view key, struct error *err)
{
	auto_secret struct buf set = BUF_EMPTY;
	struct json_writer writer = JSON_WRITER(&set);
	struct str_view rest = keys_of(old);
	struct str_view kept = { NULL, 0 };

	(void)buf_room(&set, old->len + key.len + 64);
	json_write_object(&writer, NULL);
	json_write_array(&writer, "keys");
	json_write_raw(&writer, NULL, key.data, key.len);
	for (int count = 1; count < SESSION_KEYS_KEPT && next_key(&kept, &rest); count++)
		json_write_raw(&writer, NULL, kept.data, kept.len);
	json_write_array_end(&writer);
	json_write_object_end(&writer);
	if (write_public(&set, dir, err) < 0)
		return -1;
	return vault_put(vault, SECRET, (struct str_view){ set.data, set.len }, 0, err);
}

int session_keys_rotate(const struct vault *vault, int dir, enum crypto_scheme scheme,
			int64_t now_s, struct error *err)
{
	auto_close int lock = -1;
	auto_vault_secret struct vault_secret old = VAULT_SECRET_EMPTY;
	auto_secret struct buf key = BUF_EMPTY;

	if (vault_lock(&lock, vault, SECRET, err) < 0 ||
	    vault_get(&old, vault, SECRET, err) < 0 ||
	    jwk_make(&key, scheme, now_s, err) < 0)
		return -1;
	return add_key(vault, dir, &old.bytes, (struct str_view){ key.data, key.len },
		       err);
}

/* Under the lock, so that of two first ones both get the same. */
static int make_first(struct vault_secret *secret, const struct vault *vault, int dir,
		      int64_t now_s, struct error *err)
{
	auto_close int lock = -1;
	auto_secret struct buf key = BUF_EMPTY;
	const struct buf none = BUF_EMPTY;

	if (vault_lock(&lock, vault, SECRET, err) < 0 ||
	    vault_get(secret, vault, SECRET, err) < 0)
		return -1;
	if (secret->found)
		return 0;
	if (jwk_make(&key, CRYPTO_EDDSA, now_s, err) < 0 ||
	    add_key(vault, dir, &none, (struct str_view){ key.data, key.len }, err) < 0)
		return -1;
	return vault_get(secret, vault, SECRET, err);
}

int session_keys_load(struct buf *set, const struct vault *vault, int dir, int64_t now_s,
		      struct error *err)
{
	auto_vault_secret struct vault_secret secret = VAULT_SECRET_EMPTY;

	if (vault_get(&secret, vault, SECRET, err) < 0)
		return -1;
	if (!secret.found && make_first(&secret, vault, dir, now_s, err) < 0)
		return -1;
	if (!secret.found)
		return error_set(err, ERROR_BUG, "no keys for sessions");
	buf_add(set, secret.bytes.data, secret.bytes.len);
	return 0;
}

int session_keys_signer(struct jwk *key, enum crypto_scheme *scheme,
			const struct buf *set, struct error *err)
{
	struct str_view rest = keys_of(set);
	struct str_view text = { NULL, 0 };

	if (!next_key(&text, &rest))
		return error_set(err, ERROR_DENIED, "secret '" SECRET "' has no key");
	if (jwk_read(key, text, JWK_PRIVATE, err) < 0)
		return error_wrap(err, "secret '" SECRET "'");
	*scheme = key->kind == JWK_ED25519 ? CRYPTO_EDDSA : CRYPTO_ES256;
	return 0;
}

void session_keys_public(struct buf *out, const struct buf *set)
{
	struct str_view rest = keys_of(set);
	struct str_view key = { NULL, 0 };
	struct json_writer writer = JSON_WRITER(out);

	json_write_object(&writer, NULL);
	json_write_array(&writer, "keys");
	while (next_key(&key, &rest)) {
		auto_buf struct buf text = BUF_EMPTY;

		jwk_make_public(&text, key);
		json_write_raw(&writer, NULL, text.data, text.len);
	}
	json_write_array_end(&writer);
	json_write_object_end(&writer);
}
