#include "lib/jwt.h"

#include "lib/buf.h"
#include "lib/crypto.h"
#include "lib/error.h"
#include "tests/fuzz/fuzz.h"

/* Made of small numbers, whose private half nobody has. */
static void read_key(struct crypto_public_key *key)
{
	static char modulus[256];
	struct error err = { 0 };

	for (size_t i = 0; i < sizeof(modulus); i++)
		modulus[i] = (char)((i * 7) | 0x81);
	FUZZ_PROMISE(crypto_public_key_numbers(
			     key, (struct str_view){ modulus, sizeof(modulus) },
			     (struct str_view){ "\1\0\1", 3 }, &err) == 0);
}

/* No token passes without a signature; claims are checked before they are believed. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static struct crypto_public_key key = CRYPTO_PUBLIC_KEY_NONE;
	auto_free char *text = fuzz_copy(bytes, size);
	auto_buf struct buf payload = BUF_EMPTY;
	struct str_view token = { text, size };
	struct jwt_claims claims = { .issued_s = 0 };
	struct error err = { 0 };

	if (!key.handle)
		read_key(&key);
	FUZZ_PROMISE(jwt_verify(&payload, &key, token, &err) < 0);
	FUZZ_PROMISE(err.kind == ERROR_DENIED && payload.len == 0);
	if (jwt_read_claims(&claims, token, &err) == 0)
		(void)jwt_check_times(&claims, 1700000000, 600, &err);
	return 0;
}
