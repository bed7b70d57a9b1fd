#include "lib/crypto.h"

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <stdlib.h>
#include <string.h>

#include "lib/buf.h"
#include "lib/error.h"

#define RSA_BITS_MIN 2048
#define PEM_LIMIT 65536

/* A digest that was not made must never be compared or stored. */
static void must(int code)
{
	if (code < 0)
		abort();
}

void crypto_sha256(uint8_t digest[static CRYPTO_SHA256_LEN], const void *bytes,
		   size_t len)
{
	must(gnutls_hash_fast(GNUTLS_DIG_SHA256, bytes, len, digest));
}

void crypto_hmac_sha256(uint8_t digest[static CRYPTO_SHA256_LEN], struct str_view key,
			const void *bytes, size_t len)
{
	struct crypto_hmac hmac = CRYPTO_HMAC_NONE;

	crypto_hmac_start(&hmac, key.data, key.len);
	crypto_hmac_add(&hmac, bytes, len);
	crypto_hmac_finish(&hmac, digest);
}

void crypto_hmac_start(struct crypto_hmac *hmac, const void *key, size_t key_len)
{
	gnutls_hmac_hd_t state = NULL;

	crypto_hmac_free(hmac);
	must(gnutls_hmac_init(&state, GNUTLS_MAC_SHA256, key_len > 0 ? key : "",
			      key_len));
	hmac->state = state;
}

void crypto_hmac_add(struct crypto_hmac *hmac, const void *bytes, size_t len)
{
	if (len > 0)
		must(gnutls_hmac(hmac->state, bytes, len));
}

void crypto_hmac_finish(struct crypto_hmac *hmac,
			uint8_t digest[static CRYPTO_SHA256_LEN])
{
	gnutls_hmac_deinit(hmac->state, digest);
	hmac->state = NULL;
}

void crypto_hmac_free(struct crypto_hmac *hmac)
{
	if (hmac->state)
		gnutls_hmac_deinit(hmac->state, NULL);
	hmac->state = NULL;
}

bool crypto_equal(const void *a, const void *b, size_t len)
{
	return gnutls_memcmp(a, b, len) == 0;
}

void crypto_random(void *out, size_t len)
{
	must(gnutls_rnd(GNUTLS_RND_KEY, out, len));
}

void crypto_wipe(void *bytes, size_t len)
{
	if (len > 0)
		explicit_bzero(bytes, len);
}

static gnutls_aead_cipher_hd_t open_cipher(const struct crypto_gcm *gcm)
{
	gnutls_datum_t key = { (unsigned char *)gcm->key, CRYPTO_KEY_LEN };
	gnutls_aead_cipher_hd_t cipher = NULL;

	must(gnutls_aead_cipher_init(&cipher, GNUTLS_CIPHER_AES_256_GCM, &key));
	return cipher;
}

void crypto_gcm_seal(struct buf *out, const struct crypto_gcm *gcm, const void *bytes,
		     size_t len)
{
	gnutls_aead_cipher_hd_t cipher = open_cipher(gcm);
	size_t room = len + CRYPTO_TAG_LEN;
	char *sealed = buf_room(out, room);

	must(gnutls_aead_cipher_encrypt(cipher, gcm->nonce, CRYPTO_NONCE_LEN,
					gcm->aad.data, gcm->aad.len, CRYPTO_TAG_LEN,
					bytes, len, sealed, &room));
	gnutls_aead_cipher_deinit(cipher);
	buf_grew(out, room);
}

int crypto_gcm_open(struct buf *out, const struct crypto_gcm *gcm, const void *sealed,
		    size_t len, struct error *err)
{
	gnutls_aead_cipher_hd_t cipher = NULL;
	size_t room = len;
	char *plain = NULL;
	int code = 0;

	if (len < CRYPTO_TAG_LEN)
		return error_set(err, ERROR_DENIED, "sealed bytes are too short");
	cipher = open_cipher(gcm);
	plain = buf_room(out, len);
	code = gnutls_aead_cipher_decrypt(cipher, gcm->nonce, CRYPTO_NONCE_LEN,
					  gcm->aad.data, gcm->aad.len, CRYPTO_TAG_LEN,
					  sealed, len, plain, &room);
	gnutls_aead_cipher_deinit(cipher);
	if (code < 0) {
		crypto_wipe(plain, len);
		return error_set(err, ERROR_DENIED,
				 "the seal is broken or the key is another");
	}
	buf_grew(out, room);
	return 0;
}

/* "\n" written as two characters becomes a line break. */
static void unescape_pem(struct buf *out, const char *pem, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		bool is_escape = pem[i] == '\\' && i + 1 < len && pem[i + 1] == 'n';

		buf_add_char(out, is_escape ? '\n' : pem[i]);
		i += is_escape;
	}
}

static int set_pem_error(struct error *err, const char *pem, int code)
{
	if (strstr(pem, "ENCRYPTED"))
		return error_set(err, ERROR_DATA,
				 "the key has a passphrase: remove it with openssl pkey");
	return error_set(err, ERROR_DATA, "not a private key in PEM form: %s",
			 gnutls_strerror(code));
}

int crypto_private_key_read(struct crypto_private_key *key, const char *pem, size_t len,
			    struct error *err)
{
	auto_secret struct buf text = BUF_EMPTY;
	struct crypto_private_key read = CRYPTO_PRIVATE_KEY_NONE;
	gnutls_datum_t datum = { NULL, 0 };
	gnutls_privkey_t handle = NULL;
	unsigned bits = 0;
	int code = 0;

	if (len > PEM_LIMIT)
		return error_set(err, ERROR_DATA, "the key is longer than %d bytes",
				 PEM_LIMIT);
	unescape_pem(&text, pem, len);
	datum = (gnutls_datum_t){ (unsigned char *)text.data, (unsigned)text.len };
	must(gnutls_privkey_init(&handle));
	read.handle = handle;
	code = gnutls_privkey_import_x509_raw(handle, &datum, GNUTLS_X509_FMT_PEM, NULL,
					      0);
	if (code < 0) {
		crypto_private_key_free(&read);
		return set_pem_error(err, buf_str(&text), code);
	}
	code = gnutls_privkey_get_pk_algorithm(handle, &bits);
	if (code != GNUTLS_PK_RSA || bits < RSA_BITS_MIN) {
		crypto_private_key_free(&read);
		return error_set(err, ERROR_DATA, "not an RSA key of %d bits or more",
				 RSA_BITS_MIN);
	}
	*key = read;
	return 0;
}

/* RFC 7512 has a URI as pin-source, GnuTLS 3.7 a path. */
static void write_pin_path(struct buf *out, const char *uri)
{
	static const char source[] = "pin-source=file:";
	const char *at = strstr(uri, source);

	if (!at) {
		buf_add_str(out, uri);
		return;
	}
	buf_add(out, uri, (size_t)(at - uri) + strlen("pin-source="));
	at += strlen(source);
	buf_add_str(out, str_starts(at, "//") ? at + 2 : at);
}

int crypto_private_key_uri(struct crypto_private_key *key, const char *uri,
			   struct error *err)
{
	auto_private_key struct crypto_private_key read = CRYPTO_PRIVATE_KEY_NONE;
	auto_buf struct buf url = BUF_EMPTY;
	gnutls_privkey_t handle = NULL;
	unsigned bits = 0;
	int code = 0;

	write_pin_path(&url, uri);
	must(gnutls_privkey_init(&handle));
	read.handle = handle;
	code = gnutls_privkey_import_url(handle, buf_str(&url), 0);
	if (code < 0)
		return error_set(err, ERROR_CONFIG, "no key behind its PKCS#11 URI: %s",
				 gnutls_strerror(code));
	code = gnutls_privkey_get_pk_algorithm(handle, &bits);
	if (code != GNUTLS_PK_RSA || bits < RSA_BITS_MIN)
		return error_set(err, ERROR_DATA, "not an RSA key of %d bits or more",
				 RSA_BITS_MIN);
	*key = read;
	read = (struct crypto_private_key)CRYPTO_PRIVATE_KEY_NONE;
	return 0;
}

void crypto_private_key_free(struct crypto_private_key *key)
{
	if (key->handle)
		gnutls_privkey_deinit(key->handle);
	key->handle = NULL;
}

static gnutls_pubkey_t make_public_key(void)
{
	gnutls_pubkey_t handle = NULL;

	must(gnutls_pubkey_init(&handle));
	return handle;
}

/* Takes the handle, also on failure; code is what the import said. */
static int adopt_public_key(struct crypto_public_key *key, gnutls_pubkey_t handle,
			    int code, struct error *err)
{
	struct crypto_public_key read = { handle, 0 };
	unsigned bits = 0;

	if (code < 0) {
		crypto_public_key_free(&read);
		return error_set(err, ERROR_DATA, "not a public key: %s",
				 gnutls_strerror(code));
	}
	if (gnutls_pubkey_get_pk_algorithm(handle, &bits) != GNUTLS_PK_RSA ||
	    bits < RSA_BITS_MIN) {
		crypto_public_key_free(&read);
		return error_set(err, ERROR_DATA, "not an RSA key of %d bits or more",
				 RSA_BITS_MIN);
	}
	read.bytes = (bits + 7) / 8;
	*key = read;
	return 0;
}

int crypto_public_key_read(struct crypto_public_key *key, const char *pem, size_t len,
			   struct error *err)
{
	gnutls_datum_t datum = { (unsigned char *)pem, (unsigned)len };
	gnutls_pubkey_t handle = NULL;

	if (len > PEM_LIMIT)
		return error_set(err, ERROR_DATA, "the key is longer than %d bytes",
				 PEM_LIMIT);
	handle = make_public_key();
	return adopt_public_key(key, handle,
				gnutls_pubkey_import(handle, &datum, GNUTLS_X509_FMT_PEM),
				err);
}

int crypto_public_key_numbers(struct crypto_public_key *key, struct str_view modulus,
			      struct str_view exponent, struct error *err)
{
	gnutls_datum_t n = { (unsigned char *)modulus.data, (unsigned)modulus.len };
	gnutls_datum_t e = { (unsigned char *)exponent.data, (unsigned)exponent.len };
	gnutls_pubkey_t handle = make_public_key();

	return adopt_public_key(key, handle, gnutls_pubkey_import_rsa_raw(handle, &n, &e),
				err);
}

int crypto_public_key_of(struct crypto_public_key *key,
			 const struct crypto_private_key *from, struct error *err)
{
	gnutls_pubkey_t handle = make_public_key();

	return adopt_public_key(key, handle,
				gnutls_pubkey_import_privkey(handle, from->handle, 0, 0),
				err);
}

void crypto_public_key_free(struct crypto_public_key *key)
{
	if (key->handle)
		gnutls_pubkey_deinit(key->handle);
	*key = (struct crypto_public_key)CRYPTO_PUBLIC_KEY_NONE;
}

int crypto_public_key_digest(uint8_t digest[static CRYPTO_SHA256_LEN],
			     const struct crypto_public_key *key, struct error *err)
{
	gnutls_datum_t der = { NULL, 0 };
	int code = gnutls_pubkey_export2(key->handle, GNUTLS_X509_FMT_DER, &der);

	if (code < 0)
		return error_set(err, ERROR_DATA, "write a public key: %s",
				 gnutls_strerror(code));
	crypto_sha256(digest, der.data, der.size);
	gnutls_free(der.data);
	return 0;
}

static gnutls_datum_t datum_of(struct str_view bytes)
{
	return (gnutls_datum_t){ (unsigned char *)bytes.data, (unsigned)bytes.len };
}

bool crypto_ed25519_verify(const uint8_t key[static CRYPTO_ED25519_KEY_LEN],
			   struct str_view bytes, struct str_view signature)
{
	gnutls_datum_t x = { (unsigned char *)key, CRYPTO_ED25519_KEY_LEN };
	gnutls_datum_t data = datum_of(bytes);
	gnutls_datum_t given = datum_of(signature);
	gnutls_pubkey_t handle = make_public_key();
	bool good = signature.len == CRYPTO_ED25519_LEN &&
		    gnutls_pubkey_import_ecc_raw(handle, GNUTLS_ECC_CURVE_ED25519, &x,
						 NULL) >= 0 &&
		    gnutls_pubkey_verify_data2(handle, GNUTLS_SIGN_EDDSA_ED25519, 0,
					       &data, &given) >= 0;

	gnutls_pubkey_deinit(handle);
	return good;
}

/* A seed is read as the PKCS#8 of RFC 8410 that it is the end of. */
static int import_ed25519(gnutls_privkey_t handle, struct str_view key)
{
	static const char front[] = "\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70"
				    "\x04\x22\x04\x20";
	auto_secret struct buf der = BUF_EMPTY;
	gnutls_datum_t pem = datum_of(key);

	if (key.len != CRYPTO_ED25519_KEY_LEN)
		return gnutls_privkey_import_x509_raw(handle, &pem, GNUTLS_X509_FMT_PEM,
						      NULL, 0);
	buf_add(&der, front, sizeof(front) - 1);
	buf_add(&der, key.data, key.len);
	pem = datum_of((struct str_view){ der.data, der.len });
	return gnutls_privkey_import_x509_raw(handle, &pem, GNUTLS_X509_FMT_DER, NULL, 0);
}

int crypto_ed25519_sign(uint8_t signature[static CRYPTO_ED25519_LEN], struct str_view key,
			struct str_view bytes, struct error *err)
{
	gnutls_datum_t data = datum_of(bytes);
	gnutls_datum_t made = { NULL, 0 };
	gnutls_privkey_t handle = NULL;
	int code = 0;

	must(gnutls_privkey_init(&handle));
	code = import_ed25519(handle, key);
	if (code >= 0)
		code = gnutls_privkey_sign_data2(handle, GNUTLS_SIGN_EDDSA_ED25519, 0,
						 &data, &made);
	gnutls_privkey_deinit(handle);
	if (code < 0 || made.size != CRYPTO_ED25519_LEN) {
		gnutls_free(made.data);
		return error_set(err, ERROR_DATA, "not a private key of Ed25519");
	}
	memcpy(signature, made.data, CRYPTO_ED25519_LEN);
	gnutls_free(made.data);
	return 0;
}
