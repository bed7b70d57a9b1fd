#include "lib/crypto_hash.h"

#include "lib/hex.h"
#include "tests/lib/check.h"

static void sha256_of_fips_180_in_pieces(void)
{
	auto_hash struct crypto_hash hash = CRYPTO_HASH_NONE;
	uint8_t digest[CRYPTO_SHA256_LEN];
	char text[2 * CRYPTO_SHA256_LEN + 1];

	crypto_hash_start(&hash);
	crypto_hash_add(&hash, "x", 1);
	crypto_hash_start(&hash); /* what was begun is forgotten */
	crypto_hash_add(&hash, "ab", 2);
	crypto_hash_add(&hash, NULL, 0);
	crypto_hash_add(&hash, "c", 1);
	crypto_hash_finish(&hash, digest);
	CHECK(!hash.state);
	hex_encode(text, digest, sizeof(digest));
	CHECK_STR(text,
		  "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static const struct check_case cases[] = {
	{ "sha256_of_fips_180_in_pieces", sha256_of_fips_180_in_pieces },
};

CHECK_MAIN(cases)
