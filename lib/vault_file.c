#include "lib/vault_file.h"

#include <string.h>

#include "lib/buf.h"
#include "lib/crypto.h"
#include "lib/error.h"
#include "lib/vault.h"

/* The head: magic, expiry, time of writing, nonce. */
#define MAGIC "HTVAULT1"
#define EXPIRES_AT 8
#define STORED_AT 16
#define NONCE_AT 24

static void put_i64(uint8_t *at, int64_t number)
{
	for (int i = 0; i < 8; i++)
		at[i] = (uint8_t)((uint64_t)number >> (56 - 8 * i));
}

static int64_t get_i64(const uint8_t *at)
{
	uint64_t number = 0;

	for (int i = 0; i < 8; i++)
		number = number << 8 | at[i];
	return (int64_t)number;
}

/* What is authenticated and not hidden: the file's head, then the name. */
static void write_aad(struct buf *aad, const void *head, const char *name)
{
	buf_add(aad, head, VAULT_FILE_HEAD);
	buf_add_str(aad, name);
}

void vault_file_seal(struct buf *file, const struct vault_seal *seal,
		     struct str_view bytes)
{
	uint8_t head[VAULT_FILE_HEAD] = MAGIC;
	auto_buf struct buf aad = BUF_EMPTY;
	struct crypto_gcm gcm = { seal->key, head + NONCE_AT, { NULL, 0 } };

	put_i64(head + EXPIRES_AT, seal->expires_ms);
	put_i64(head + STORED_AT, seal->stored_ms);
	crypto_random(head + NONCE_AT, CRYPTO_NONCE_LEN);
	write_aad(&aad, head, seal->name);
	gcm.aad = (struct str_view){ aad.data, aad.len };
	buf_add(file, head, sizeof head);
	crypto_gcm_seal(file, &gcm, bytes.data, bytes.len);
}

int vault_file_open(struct vault_secret *secret, const struct vault_seal *seal,
		    const struct buf *file, struct error *err)
{
	auto_buf struct buf aad = BUF_EMPTY;
	auto_secret struct buf bytes = BUF_EMPTY;
	const uint8_t *head = (const uint8_t *)file->data;
	struct crypto_gcm gcm = { .key = seal->key };

	if (file->len < VAULT_FILE_HEAD + CRYPTO_TAG_LEN || memcmp(head, MAGIC, 8) != 0)
		return error_set(err, ERROR_DENIED, "secret '%s' is not a sealed file",
				 seal->name);
	write_aad(&aad, head, seal->name);
	gcm.nonce = head + NONCE_AT;
	gcm.aad = (struct str_view){ aad.data, aad.len };
	if (crypto_gcm_open(&bytes, &gcm, head + VAULT_FILE_HEAD,
			    file->len - VAULT_FILE_HEAD, err) < 0)
		return error_wrap(err, "open secret '%s'", seal->name);
	vault_secret_wipe(secret);
	secret->bytes = bytes;
	bytes = (struct buf)BUF_EMPTY;
	secret->found = true;
	secret->expires_ms = get_i64(head + EXPIRES_AT);
	secret->stored_ms = get_i64(head + STORED_AT);
	return 0;
}
