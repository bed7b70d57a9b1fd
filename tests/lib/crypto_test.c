#include "lib/crypto.h"

#include <fcntl.h>

#include "lib/base64.h"
#include "lib/buf.h"
#include "lib/crypto_sign.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/hex.h"
#include "tests/lib/check.h"
#include "tests/lib/crypto_vectors.h"

static void unhex(struct buf *out, const char *digits)
{
	size_t len = strlen(digits) / 2;

	CHECK(hex_decode((uint8_t *)buf_room(out, len + 1), len, digits, 2 * len));
	buf_grew(out, len);
}

static struct str_view view(const char *text)
{
	return (struct str_view){ text, strlen(text) };
}

static void check_digest(const uint8_t *digest, const char *want)
{
	char text[2 * CRYPTO_SHA256_LEN + 1];

	hex_encode(text, digest, CRYPTO_SHA256_LEN);
	CHECK_STR(text, want);
}

static void sha256_of_fips_180(void)
{
	uint8_t digest[CRYPTO_SHA256_LEN];

	crypto_sha256(digest, "abc", 3);
	check_digest(digest,
		     "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	crypto_sha256(digest, NULL, 0);
	check_digest(digest,
		     "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void hmac_of_rfc_4231(void)
{
	for (size_t i = 0; i < sizeof(hmac_vectors) / sizeof(hmac_vectors[0]); i++) {
		auto_buf struct buf key = BUF_EMPTY;
		auto_buf struct buf data = BUF_EMPTY;
		uint8_t digest[CRYPTO_SHA256_LEN];

		unhex(&key, hmac_vectors[i].key);
		unhex(&data, hmac_vectors[i].data);
		crypto_hmac_sha256(digest, (struct str_view){ key.data, key.len },
				   data.data, data.len);
		check_digest(digest, hmac_vectors[i].digest);
	}
}

static void hmac_of_a_key_longer_than_a_block(void)
{
	char key[131];
	uint8_t digest[CRYPTO_SHA256_LEN];

	memset(key, 0xaa, sizeof(key));
	crypto_hmac_sha256(digest, (struct str_view){ key, sizeof(key) },
			   "Test Using Larger Than Block-Size Key - Hash Key First", 54);
	check_digest(digest,
		     "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

static void hmac_of_github_in_pieces(void)
{
	static const char key[] = "It's a Secret to Everybody";
	auto_hmac struct crypto_hmac hmac = CRYPTO_HMAC_NONE;
	uint8_t digest[CRYPTO_SHA256_LEN];

	crypto_hmac_start(&hmac, "another", 7); /* what was begun is forgotten */
	crypto_hmac_add(&hmac, "x", 1);
	crypto_hmac_start(&hmac, key, strlen(key));
	crypto_hmac_add(&hmac, "Hello", 5);
	crypto_hmac_add(&hmac, NULL, 0);
	crypto_hmac_add(&hmac, ", World!", 8);
	crypto_hmac_finish(&hmac, digest);
	CHECK(!hmac.state);
	check_digest(digest,
		     "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17");
}

static void hmac_without_a_key(void)
{
	uint8_t digest[CRYPTO_SHA256_LEN];

	crypto_hmac_sha256(digest, (struct str_view){ NULL, 0 }, NULL, 0);
	check_digest(digest,
		     "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

static void equal_looks_at_every_byte(void)
{
	CHECK(crypto_equal("abc", "abc", 3));
	CHECK(!crypto_equal("abc", "abd", 3));
	CHECK(!crypto_equal("xbc", "abc", 3));
	CHECK(crypto_equal("", "", 0));
}

static void random_differs(void)
{
	uint8_t a[32] = { 0 };
	uint8_t b[32] = { 0 };

	crypto_random(a, sizeof(a));
	crypto_random(b, sizeof(b));
	CHECK(memcmp(a, b, sizeof(a)) != 0);
}

/* "The Galois/Counter Mode of Operation", test case 16, which NIST's SP 800-38D refers to. */
struct gcm_case {
	struct buf key, nonce, aad, plain, sealed;
};

static void read_gcm_case(struct gcm_case *c)
{
	unhex(&c->key,
	      "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308");
	unhex(&c->nonce, "cafebabefacedbaddecaf888");
	unhex(&c->aad, "feedfacedeadbeeffeedfacedeadbeefabaddad2");
	unhex(&c->plain,
	      "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
	      "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39");
	unhex(&c->sealed,
	      "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
	      "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
	      "76fc6ece0f4e1768cddf8853bb2d551b");
}

static struct crypto_gcm gcm_of(const struct gcm_case *c)
{
	return (struct crypto_gcm){ (const uint8_t *)c->key.data,
				    (const uint8_t *)c->nonce.data,
				    { c->aad.data, c->aad.len } };
}

static void free_gcm_case(struct gcm_case *c)
{
	buf_free(&c->key);
	buf_free(&c->nonce);
	buf_free(&c->aad);
	buf_free(&c->plain);
	buf_free(&c->sealed);
}

static void gcm_of_the_published_case(void)
{
	struct gcm_case c = { 0 };
	struct crypto_gcm gcm;
	auto_buf struct buf sealed = BUF_EMPTY;
	auto_buf struct buf opened = BUF_EMPTY;
	struct error err = { 0 };

	read_gcm_case(&c);
	gcm = gcm_of(&c);
	crypto_gcm_seal(&sealed, &gcm, c.plain.data, c.plain.len);
	CHECK(sealed.len == c.sealed.len);
	CHECK(memcmp(sealed.data, c.sealed.data, sealed.len) == 0);
	CHECK(crypto_gcm_open(&opened, &gcm, sealed.data, sealed.len, &err) == 0);
	CHECK(opened.len == c.plain.len);
	CHECK(memcmp(opened.data, c.plain.data, opened.len) == 0);
	free_gcm_case(&c);
}

static void gcm_refuses_every_flipped_bit(void)
{
	struct gcm_case c = { 0 };
	struct crypto_gcm gcm;
	auto_buf struct buf opened = BUF_EMPTY;
	struct error err = { 0 };

	read_gcm_case(&c);
	gcm = gcm_of(&c);
	for (size_t bit = 0; bit < 8 * c.sealed.len; bit++) {
		c.sealed.data[bit / 8] ^= (char)(1 << bit % 8);
		CHECK(crypto_gcm_open(&opened, &gcm, c.sealed.data, c.sealed.len, &err) <
		      0);
		CHECK(err.kind == ERROR_DENIED && opened.len == 0);
		c.sealed.data[bit / 8] ^= (char)(1 << bit % 8);
	}
	c.aad.data[3] ^= 1;
	CHECK(crypto_gcm_open(&opened, &gcm, c.sealed.data, c.sealed.len, &err) < 0);
	CHECK(crypto_gcm_open(&opened, &gcm, c.sealed.data, 15, &err) < 0);
	free_gcm_case(&c);
}

static void gcm_of_nothing(void)
{
	uint8_t key[CRYPTO_KEY_LEN] = { 0 };
	uint8_t nonce[CRYPTO_NONCE_LEN] = { 0 };
	struct crypto_gcm gcm = { key, nonce, { NULL, 0 } };
	auto_buf struct buf sealed = BUF_EMPTY;
	auto_buf struct buf opened = BUF_EMPTY;
	struct error err = { 0 };
	char text[2 * CRYPTO_TAG_LEN + 1];

	crypto_gcm_seal(&sealed, &gcm, NULL, 0);
	CHECK(sealed.len == CRYPTO_TAG_LEN);
	hex_encode(text, (const uint8_t *)sealed.data, sealed.len); /* test case 13 */
	CHECK_STR(text, "530f8afbc74536b9a963b4f1c4cb738b");
	CHECK(crypto_gcm_open(&opened, &gcm, sealed.data, sealed.len, &err) == 0);
	CHECK(opened.len == 0);
}

static void read_rfc_key(struct crypto_public_key *key)
{
	auto_buf struct buf modulus = BUF_EMPTY;
	struct error err = { 0 };

	CHECK(base64url_decode(&modulus, rfc_modulus, strlen(rfc_modulus)));
	CHECK(crypto_public_key_numbers(
		      key, (struct str_view){ modulus.data, modulus.len },
		      (struct str_view){ "\x01\x00\x01", 3 }, &err) == 0);
}

static void rs256_of_rfc_7515(void)
{
	auto_public_key struct crypto_public_key key = CRYPTO_PUBLIC_KEY_NONE;
	auto_buf struct buf signature = BUF_EMPTY;
	struct str_view given;

	read_rfc_key(&key);
	CHECK(base64url_decode(&signature, rfc_signature, strlen(rfc_signature)));
	given = (struct str_view){ signature.data, signature.len };
	CHECK(crypto_verify(CRYPTO_RS256, &key, view(rfc_signed), given));
	CHECK(!crypto_verify(CRYPTO_RS256, &key, view("eyJhbGciOiJSUzI1NiJ9.eyJpc3M"),
			     given));
	signature.data[100] ^= 1;
	CHECK(!crypto_verify(CRYPTO_RS256, &key, view(rfc_signed), given));
}

static void rs256_refuses_a_padded_signature(void)
{
	auto_public_key struct crypto_public_key key = CRYPTO_PUBLIC_KEY_NONE;
	auto_buf struct buf signature = BUF_EMPTY;

	read_rfc_key(&key);
	buf_add(&signature, "\0", 1);
	CHECK(base64url_decode(&signature, rfc_signature, strlen(rfc_signature)));
	CHECK(!crypto_verify(CRYPTO_RS256, &key, view(rfc_signed),
			     (struct str_view){ signature.data, signature.len }));
	CHECK(!crypto_verify(CRYPTO_RS256, &key, view(rfc_signed),
			     (struct str_view){ NULL, 0 }));
}

/* The files that the .bats file had openssl make. */
static void read_test_file(struct buf *text, const char *name)
{
	auto_buf struct buf path = BUF_EMPTY;
	struct error err = { 0 };

	buf_add_format(&path, "%s/%s", getenv("BATS_FILE_TMPDIR"), name);
	CHECK(file_read(text, AT_FDCWD, buf_str(&path), 100000, &err) == 0);
}

static void check_signs(const struct buf *pem)
{
	auto_private_key struct crypto_private_key key = CRYPTO_PRIVATE_KEY_NONE;
	auto_public_key struct crypto_public_key public = CRYPTO_PUBLIC_KEY_NONE;
	auto_buf struct buf public_pem = BUF_EMPTY;
	auto_buf struct buf signature = BUF_EMPTY;
	struct error err = { 0 };

	read_test_file(&public_pem, "public.pem");
	CHECK(crypto_private_key_read(&key, buf_str(pem), pem->len, &err) == 0);
	CHECK(crypto_public_key_read(&public, buf_str(&public_pem), public_pem.len,
				     &err) == 0);
	CHECK(crypto_sign(&signature, CRYPTO_RS256, &key, view("hello"), &err) == 0);
	CHECK(crypto_verify(CRYPTO_RS256, &public, view("hello"),
			    (struct str_view){ signature.data, signature.len }));
}

static void private_key_as_pkcs1_and_pkcs8(void)
{
	auto_buf struct buf pkcs1 = BUF_EMPTY;
	auto_buf struct buf pkcs8 = BUF_EMPTY;

	read_test_file(&pkcs1, "pkcs1.pem");
	CHECK(strstr(buf_str(&pkcs1), "BEGIN RSA PRIVATE KEY") != NULL);
	check_signs(&pkcs1);
	read_test_file(&pkcs8, "pkcs8.pem");
	CHECK(strstr(buf_str(&pkcs8), "BEGIN PRIVATE KEY") != NULL);
	check_signs(&pkcs8);
}

static void private_key_with_escaped_line_breaks(void)
{
	auto_buf struct buf pem = BUF_EMPTY;
	auto_buf struct buf escaped = BUF_EMPTY;

	read_test_file(&pem, "pkcs1.pem");
	for (size_t i = 0; i < pem.len; i++)
		buf_add_str(&escaped,
			    pem.data[i] == '\n' ? "\\n" : (char[]){ pem.data[i], '\0' });
	CHECK(!strchr(buf_str(&escaped), '\n'));
	check_signs(&escaped);
}

static void check_refused(const char *pem, size_t len, const char *word)
{
	auto_private_key struct crypto_private_key key = CRYPTO_PRIVATE_KEY_NONE;
	struct error err = { 0 };

	CHECK(crypto_private_key_read(&key, pem, len, &err) < 0);
	CHECK(err.kind == ERROR_DATA && strstr(err.message, word) && !key.handle);
}

static void other_keys_are_refused(void)
{
	auto_buf struct buf sealed = BUF_EMPTY;
	auto_buf struct buf curve = BUF_EMPTY;
	auto_buf struct buf small = BUF_EMPTY;

	read_test_file(&sealed, "passphrase.pem");
	read_test_file(&curve, "curve.pem");
	read_test_file(&small, "small.pem");
	check_refused(sealed.data, sealed.len, "passphrase");
	check_refused(curve.data, curve.len, "RSA");
	check_refused(small.data, small.len, "2048");
	check_refused("", 0, "PEM");
	check_refused("rubbish", 7, "PEM");
}

static void public_key_digest_is_githubs(void)
{
	auto_buf struct buf pem = BUF_EMPTY;
	auto_buf struct buf want = BUF_EMPTY;
	auto_private_key struct crypto_private_key key = CRYPTO_PRIVATE_KEY_NONE;
	auto_public_key struct crypto_public_key public = CRYPTO_PUBLIC_KEY_NONE;
	uint8_t digest[CRYPTO_SHA256_LEN] = { 0 };
	struct error err = { 0 };

	read_test_file(&pem, "pkcs1.pem");
	read_test_file(&want, "digest");
	CHECK(crypto_private_key_read(&key, pem.data, pem.len, &err) == 0);
	CHECK(crypto_public_key_of(&public, &key, &err) == 0);
	CHECK(crypto_public_key_digest(digest, &public, &err) == 0);
	CHECK(want.len == sizeof(digest) && memcmp(want.data, digest, want.len) == 0);
}

static void ed25519_of_rfc_8032(void)
{
	auto_buf struct buf seed = BUF_EMPTY;
	auto_buf struct buf key = BUF_EMPTY;
	auto_buf struct buf want = BUF_EMPTY;
	uint8_t made[CRYPTO_ED25519_LEN] = { 0 };
	struct error err = { 0 };

	unhex(&seed, "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
	unhex(&key, "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
	unhex(&want, "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
		     "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
	CHECK(crypto_ed25519_sign(made, (struct str_view){ seed.data, seed.len },
				  view("r"), &err) == 0);
	CHECK(memcmp(made, want.data, sizeof(made)) == 0);
	CHECK(crypto_ed25519_verify((const uint8_t *)key.data, view("r"),
				    (struct str_view){ want.data, want.len }));
	CHECK(!crypto_ed25519_verify((const uint8_t *)key.data, view("s"),
				     (struct str_view){ want.data, want.len }));
	CHECK(!crypto_ed25519_verify((const uint8_t *)key.data, view("r"),
				     (struct str_view){ want.data, want.len - 1 }));
	want.data[5] ^= 1;
	CHECK(!crypto_ed25519_verify((const uint8_t *)key.data, view("r"),
				     (struct str_view){ want.data, want.len }));
	CHECK(crypto_ed25519_sign(made, view("no key"), view("r"), &err) < 0);
	CHECK(err.kind == ERROR_DATA);
}

static const struct check_case cases[] = {
	{ "sha256_of_fips_180", sha256_of_fips_180 },
	{ "hmac_of_rfc_4231", hmac_of_rfc_4231 },
	{ "hmac_of_a_key_longer_than_a_block", hmac_of_a_key_longer_than_a_block },
	{ "hmac_of_github_in_pieces", hmac_of_github_in_pieces },
	{ "hmac_without_a_key", hmac_without_a_key },
	{ "equal_looks_at_every_byte", equal_looks_at_every_byte },
	{ "random_differs", random_differs },
	{ "gcm_of_the_published_case", gcm_of_the_published_case },
	{ "gcm_refuses_every_flipped_bit", gcm_refuses_every_flipped_bit },
	{ "gcm_of_nothing", gcm_of_nothing },
	{ "rs256_of_rfc_7515", rs256_of_rfc_7515 },
	{ "rs256_refuses_a_padded_signature", rs256_refuses_a_padded_signature },
	{ "private_key_as_pkcs1_and_pkcs8", private_key_as_pkcs1_and_pkcs8 },
	{ "private_key_with_escaped_line_breaks", private_key_with_escaped_line_breaks },
	{ "other_keys_are_refused", other_keys_are_refused },
	{ "ed25519_of_rfc_8032", ed25519_of_rfc_8032 },
	{ "public_key_digest_is_githubs", public_key_digest_is_githubs },
};

CHECK_MAIN(cases)
