#include "lib/identity_key.h"

#include <string.h>

#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/vault.h"

#define PEPPER "identity/pepper"

/* Under the lock, so that of two first ones both get the same. */
static int make(struct vault_secret *pepper, const struct vault *vault, struct error *err)
{
	uint8_t bytes[CRYPTO_KEY_LEN] = { 0 };
	auto_close int lock = -1;
	int status = 0;

	if (vault_lock(&lock, vault, PEPPER, err) < 0 ||
	    vault_get(pepper, vault, PEPPER, err) < 0)
		return -1;
	if (pepper->found)
		return 0;
	crypto_random(bytes, sizeof(bytes));
	status = vault_put(vault, PEPPER,
			   (struct str_view){ (const char *)bytes, sizeof(bytes) }, 0,
			   err);
	crypto_wipe(bytes, sizeof(bytes));
	return status < 0 ? -1 : vault_get(pepper, vault, PEPPER, err);
}

int identity_key(uint8_t key[static CRYPTO_KEY_LEN], const struct vault *vault,
		 const char *purpose, struct error *err)
{
	auto_vault_secret struct vault_secret pepper = VAULT_SECRET_EMPTY;

	if (vault_get(&pepper, vault, PEPPER, err) < 0 ||
	    (!pepper.found && make(&pepper, vault, err) < 0))
		return -1;
	if (pepper.bytes.len != CRYPTO_KEY_LEN)
		return error_set(err, ERROR_DENIED,
				 "secret '" PEPPER "' is none of ours");
	crypto_hmac_sha256(key, (struct str_view){ pepper.bytes.data, pepper.bytes.len },
			   purpose, strlen(purpose));
	return 0;
}
