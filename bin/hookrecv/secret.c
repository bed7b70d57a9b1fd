#include "bin/hookrecv/secret.h"

#include <fcntl.h>
#include <unistd.h>

#include "bin/hookrecv/signature.h"
#include "lib/base64.h"
#include "lib/buf.h"
#include "lib/crypto.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/hex.h"
#include "lib/str.h"

enum { LIMIT = 4096, BYTES = 32 };

int secret_read(struct buf *secret, const char *path, const struct provider *provider,
		struct error *err)
{
	int failed = str_equal(path, "-") ? file_read_fd(secret, STDIN_FILENO, LIMIT, err)
					  : file_read(secret, AT_FDCWD, path, LIMIT, err);

	if (failed)
		return error_wrap(err, "read the secret");
	while (secret->len && (secret->data[secret->len - 1] == '\n' ||
			       secret->data[secret->len - 1] == '\r'))
		buf_cut(secret, secret->len - 1);
	return signature_check_secret(
		provider, (struct str_view){ buf_str(secret), secret->len }, err);
}

void secret_make(struct buf *secret, const struct provider *provider)
{
	uint8_t bytes[BYTES];
	char digits[2 * BYTES + 1];

	crypto_random(bytes, sizeof(bytes));
	if (str_equal(provider->name, "standard")) {
		buf_add_str(secret, "whsec_");
		base64_encode(secret, bytes, sizeof(bytes));
	} else {
		hex_encode(digits, bytes, sizeof(bytes));
		buf_add_str(secret, digits);
		crypto_wipe(digits, sizeof(digits));
	}
	crypto_wipe(bytes, sizeof(bytes));
}
