#include "lib/vault_store.h"

#include <string.h>

#include "lib/error.h"
#include "lib/layout.h"
#include "lib/vault.h"
#include "tests/fuzz/fuzz.h"

/* What a store answers, and the setting that names stores. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct layout layout = { .conf = (char[]){ "/nonexistent" },
				 .share = (char[]){ "/nonexistent" } };
	auto_vault_secret struct vault_secret secret = VAULT_SECRET_EMPTY;
	auto_vault_stores struct vault_stores stores = VAULT_STORES_NONE;
	auto_free char *copy = fuzz_copy(bytes, size);
	auto_free char *text = fuzz_text(bytes, size);
	struct error err = { 0 };

	if (vault_store_take(&secret, (struct str_view){ copy, size }, &err) == 0) {
		FUZZ_PROMISE(secret.found && secret.bytes.len < size);
		FUZZ_PROMISE(secret.expires_ms >= 0 && secret.stored_ms >= 0);
	} else {
		FUZZ_PROMISE(!secret.found && err.kind == ERROR_DATA);
	}
	if (vault_stores_parse(&stores, text, &layout, &err) == 0)
		FUZZ_PROMISE(stores.count == 0 && strspn(text, " ") == strlen(text));
	return 0;
}
