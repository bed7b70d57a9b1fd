#include "lib/vault_keys.h"

#include <fcntl.h>

#include "lib/error.h"
#include "lib/file.h"
#include "lib/vault.h"
#include "tests/fuzz/fuzz.h"

/* A file that our key did not write never gives a second key. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	const char *folder = fuzz_file(".keys", bytes, size);
	struct vault_keys keys = VAULT_KEYS_NONE;
	struct vault vault = VAULT_NONE;
	struct error err = { 0 };

	FUZZ_PROMISE(file_open_dir(&vault.dir, AT_FDCWD, folder, &err) == 0);
	if (vault_keys_find(&keys, &vault, &err) == 0)
		FUZZ_PROMISE(!keys.is_changing);
	else
		FUZZ_PROMISE(err.kind == ERROR_DENIED || err.kind == ERROR_DATA);
	vault_close(&vault);
	return 0;
}
