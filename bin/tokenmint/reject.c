#include "bin/tokenmint/reject.h"

#include <stdbool.h>

#include "bin/tokenmint/token.h"
#include "lib/base64.h"
#include "lib/cleanup.h"
#include "lib/crypto.h"
#include "lib/error.h"

void reject_hash(struct buf *hash, struct str_view token)
{
	uint8_t digest[CRYPTO_SHA256_LEN] = { 0 };

	crypto_sha256(digest, token.data, token.len);
	base64_encode(hash, digest, sizeof digest);
}

static bool has_hash(const struct vault_secret *token, const char *hash)
{
	auto_buf struct buf own = BUF_EMPTY;

	if (!token->found)
		return false;
	reject_hash(&own, (struct str_view){ token->bytes.data, token->bytes.len });
	return str_equal(buf_str(&own), hash);
}

int reject_token(const struct mint *mint, const struct installation *installation,
		 const struct scope *scope, const char *hash, struct error *err)
{
	auto_vault_secret struct vault_secret token = VAULT_SECRET_EMPTY;
	auto_free char *name = token_name(installation, scope->suffix);
	auto_close int lock = -1;
	bool found = false;

	if (vault_lock(&lock, &mint->vault, name, err) < 0 ||
	    vault_get(&token, &mint->vault, name, err) < 0)
		return -1;
	if (!has_hash(&token, hash))
		return 0;
	return vault_delete(&found, &mint->vault, name, err);
}
