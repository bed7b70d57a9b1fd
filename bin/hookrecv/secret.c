#include "bin/hookrecv/secret.h"

#include <fcntl.h>
#include <unistd.h>

#include "bin/hookrecv/provider.h"
#include "bin/hookrecv/signature.h"
#include "lib/base64.h"
#include "lib/buf.h"
#include "lib/crypto.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/hex.h"
#include "lib/str.h"

enum { LIMIT = 4096, BYTES = 32 };

int secret_read(struct buf *secret, const char *path, struct error *err)
{
	int failed = str_equal(path, "-") ? file_read_fd(secret, STDIN_FILENO, LIMIT, err)
					  : file_read(secret, AT_FDCWD, path, LIMIT, err);

	if (failed)
		return error_wrap(err, "read the secret");
	while (secret->len && (secret->data[secret->len - 1] == '\n' ||
			       secret->data[secret->len - 1] == '\r'))
		buf_cut(secret, secret->len - 1);
	if (secret->len == 0)
		return error_set(err, ERROR_DATA, "the secret is empty");
	return 0;
}

/* A scheme that takes any text is served with digits. */
static const struct provider_scheme *find_scheme(const struct provider *provider)
{
	const struct provider_scheme *found = NULL;
	size_t i;

	for (i = 0; i < PROVIDER_SCHEMES && provider->schemes[i].header; i++) {
		const struct provider_scheme *scheme = &provider->schemes[i];

		if (scheme->kind != PROVIDER_ED25519 &&
		    (!found || scheme->key == PROVIDER_TEXT))
			found = scheme;
	}
	return found;
}

int secret_make(struct buf *secret, const struct provider *provider, struct error *err)
{
	const struct provider_scheme *scheme = find_scheme(provider);
	uint8_t bytes[BYTES];
	char digits[2 * BYTES + 1];

	if (!scheme)
		return error_set(err, ERROR_USAGE,
				 "provider '%s' has a public key: --secret-file names it",
				 provider->name);
	crypto_random(bytes, sizeof(bytes));
	if (scheme->key != PROVIDER_TEXT && scheme->mark)
		buf_add_str(secret, scheme->mark);
	if (scheme->key == PROVIDER_BASE64) {
		base64_encode(secret, bytes, sizeof(bytes));
	} else {
		hex_encode(digits, bytes, sizeof(bytes));
		buf_add_str(secret, digits);
		crypto_wipe(digits, sizeof(digits));
	}
	crypto_wipe(bytes, sizeof(bytes));
	return 0;
}

int secret_find(struct buf *secret, const struct provider *provider, const char *file,
		struct error *err)
{
	if (provider->open)
		return 0;
	if (!file && !provider->public_key)
		return secret_make(secret, provider, err);
	if (!file)
		buf_add_str(secret, provider->public_key);
	else if (secret_read(secret, file, err) < 0)
		return -1;
	return signature_check_secret(
		provider, (struct str_view){ buf_str(secret), secret->len }, err);
}
