#include "lib/vault.h"

#include <fcntl.h>

#include "lib/error.h"
#include "lib/file.h"
#include "lib/path.h"
#include "tests/fuzz/fuzz.h"

/* A file that our key did not seal is never a secret; nor is any name one outside the vault. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	const char *folder = fuzz_file("vault/global/x", bytes, size);
	auto_free char *dir = path_join(folder, "vault");
	auto_free char *name = fuzz_text(bytes, size);
	auto_vault_secret struct vault_secret secret = VAULT_SECRET_EMPTY;
	struct vault vault = VAULT_NONE;
	struct error err = { 0 };

	FUZZ_PROMISE(file_open_dir(&vault.dir, AT_FDCWD, dir, &err) == 0);
	FUZZ_PROMISE(vault_get(&secret, &vault, "global/x", &err) < 0);
	FUZZ_PROMISE(!secret.found && err.kind == ERROR_DENIED);
	if (vault_is_name(name))
		FUZZ_PROMISE(name[0] != '/' && name[0] != '.');
	vault_close(&vault);
	return 0;
}
