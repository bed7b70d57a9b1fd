#include "lib/crypto_sign.h"

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <stdlib.h>
#include <string.h>

#include "lib/buf.h"
#include "lib/crypto.h"
#include "lib/error.h"

#define RSA_EXPONENT_MAX 8 /* bytes */

struct scheme {
	gnutls_pk_algorithm_t pk;
	gnutls_sign_algorithm_t sign;
	size_t bytes; /* of a coordinate; RSA keys have many sizes */
};

/* clang-format off */
static const struct scheme schemes[] = {
	[CRYPTO_RS256] = { GNUTLS_PK_RSA, GNUTLS_SIGN_RSA_SHA256, 0 },
	[CRYPTO_RS384] = { GNUTLS_PK_RSA, GNUTLS_SIGN_RSA_SHA384, 0 },
	[CRYPTO_RS512] = { GNUTLS_PK_RSA, GNUTLS_SIGN_RSA_SHA512, 0 },
	[CRYPTO_PS256] = { GNUTLS_PK_RSA, GNUTLS_SIGN_RSA_PSS_RSAE_SHA256, 0 },
	[CRYPTO_PS384] = { GNUTLS_PK_RSA, GNUTLS_SIGN_RSA_PSS_RSAE_SHA384, 0 },
	[CRYPTO_PS512] = { GNUTLS_PK_RSA, GNUTLS_SIGN_RSA_PSS_RSAE_SHA512, 0 },
	[CRYPTO_ES256] = { GNUTLS_PK_ECDSA, GNUTLS_SIGN_ECDSA_SHA256, 32 },
	[CRYPTO_ES384] = { GNUTLS_PK_ECDSA, GNUTLS_SIGN_ECDSA_SHA384, 48 },
	[CRYPTO_ES512] = { GNUTLS_PK_ECDSA, GNUTLS_SIGN_ECDSA_SHA512, 66 },
	[CRYPTO_EDDSA] = { GNUTLS_PK_EDDSA_ED25519, GNUTLS_SIGN_EDDSA_ED25519, 32 },
};

static const struct {
	gnutls_ecc_curve_t id;
	size_t bytes;
} curves[] = {
	[CRYPTO_P256] = { GNUTLS_ECC_CURVE_SECP256R1, 32 },
	[CRYPTO_P384] = { GNUTLS_ECC_CURVE_SECP384R1, 48 },
	[CRYPTO_P521] = { GNUTLS_ECC_CURVE_SECP521R1, 66 },
	[CRYPTO_ED25519] = { GNUTLS_ECC_CURVE_ED25519, 32 },
};
/* clang-format on */

static gnutls_datum_t datum_of(struct str_view bytes)
{
	return (gnutls_datum_t){ (unsigned char *)bytes.data, (unsigned)bytes.len };
}

size_t crypto_curve_bytes(enum crypto_curve curve)
{
	return curves[curve].bytes;
}

static int check_lengths(const struct crypto_point *point, struct error *err)
{
	size_t bytes = curves[point->curve].bytes;

	if (point->x.len != bytes)
		return error_set(err, ERROR_DATA, "x has %zu bytes, not %zu",
				 point->x.len, bytes);
	if (point->curve != CRYPTO_ED25519 && point->y.len != bytes)
		return error_set(err, ERROR_DATA, "y has %zu bytes, not %zu",
				 point->y.len, bytes);
	return 0;
}

/* GnuTLS imports any pair of numbers; the second call is the one that looks at the curve. */
static int import_point(gnutls_pubkey_t handle, const struct crypto_point *point)
{
	bool has_y = point->curve != CRYPTO_ED25519;
	gnutls_datum_t x = datum_of(point->x);
	gnutls_datum_t y = datum_of(point->y);
	int code = gnutls_pubkey_import_ecc_raw(handle, curves[point->curve].id, &x,
						has_y ? &y : NULL);

	return code >= 0 && has_y ? gnutls_pubkey_verify_params(handle) : code;
}

int crypto_public_key_point(struct crypto_public_key *key,
			    const struct crypto_point *point, struct error *err)
{
	struct crypto_public_key read = { NULL, curves[point->curve].bytes };
	gnutls_pubkey_t handle = NULL;

	if (check_lengths(point, err) < 0)
		return -1;
	if (gnutls_pubkey_init(&handle) < 0)
		abort();
	read.handle = handle;
	if (import_point(handle, point) < 0) {
		crypto_public_key_free(&read);
		return error_set(err, ERROR_DATA, "the point is not on the curve");
	}
	*key = read;
	return 0;
}

static gnutls_privkey_t make_private_key(void)
{
	gnutls_privkey_t handle = NULL;

	if (gnutls_privkey_init(&handle) < 0)
		abort();
	return handle;
}

/* Does what one half signs verify with the other? */
static bool belong_together(const struct crypto_private_key *private,
			    const struct crypto_public_key *public,
			    enum crypto_scheme scheme)
{
	static const struct str_view probe = { "probe", 5 };
	auto_buf struct buf signature = BUF_EMPTY;
	struct error ignored = { 0 };

	return crypto_sign(&signature, scheme, private, probe, &ignored) == 0 &&
	       crypto_verify(scheme, public, probe,
			     (struct str_view){ signature.data, signature.len });
}

int crypto_private_key_point(struct crypto_private_key *key,
			     const struct crypto_point *point, struct str_view number,
			     struct error *err)
{
	static const enum crypto_scheme probes[] = { CRYPTO_ES256, CRYPTO_ES384,
						     CRYPTO_ES512, CRYPTO_EDDSA };
	auto_public_key struct crypto_public_key public = CRYPTO_PUBLIC_KEY_NONE;
	auto_private_key struct crypto_private_key read = CRYPTO_PRIVATE_KEY_NONE;
	gnutls_datum_t x = datum_of(point->x);
	gnutls_datum_t y = datum_of(point->y);
	gnutls_datum_t k = datum_of(number);

	if (crypto_public_key_point(&public, point, err) < 0)
		return -1;
	if (number.len != curves[point->curve].bytes)
		return error_set(err, ERROR_DATA, "d has %zu bytes, not %zu", number.len,
				 curves[point->curve].bytes);
	read.handle = make_private_key();
	if (gnutls_privkey_import_ecc_raw(read.handle, curves[point->curve].id, &x,
					  point->curve == CRYPTO_ED25519 ? NULL : &y,
					  &k) < 0 ||
	    !belong_together(&read, &public, probes[point->curve]))
		return error_set(err, ERROR_DATA, "d does not belong to the point");
	*key = read;
	read.handle = NULL;
	return 0;
}

static bool is_odd(struct str_view number)
{
	return number.len > 0 && (number.data[number.len - 1] & 1);
}

int crypto_rsa_check(const struct crypto_rsa *rsa, struct error *err)
{
	if (rsa->modulus.len == 0 || rsa->modulus.data[0] == 0)
		return error_set(err, ERROR_DATA, "n begins with a zero byte");
	if (rsa->modulus.len > CRYPTO_RSA_BITS_MAX / 8)
		return error_set(err, ERROR_DATA, "n has more than %d bits",
				 CRYPTO_RSA_BITS_MAX);
	if (!is_odd(rsa->modulus))
		return error_set(err, ERROR_DATA, "n is even");
	if (rsa->exponent.len == 0 || rsa->exponent.data[0] == 0)
		return error_set(err, ERROR_DATA, "e begins with a zero byte");
	if (rsa->exponent.len > RSA_EXPONENT_MAX)
		return error_set(err, ERROR_DATA, "e has more than %d bytes",
				 RSA_EXPONENT_MAX);
	if (!is_odd(rsa->exponent))
		return error_set(err, ERROR_DATA, "e is even");
	if (rsa->exponent.len == 1 && rsa->exponent.data[0] == 1)
		return error_set(err, ERROR_DATA, "e is 1");
	return 0;
}

int crypto_private_key_rsa(struct crypto_private_key *key, const struct crypto_rsa *rsa,
			   struct error *err)
{
	auto_public_key struct crypto_public_key public = CRYPTO_PUBLIC_KEY_NONE;
	auto_private_key struct crypto_private_key read = CRYPTO_PRIVATE_KEY_NONE;
	gnutls_datum_t n = datum_of(rsa->modulus);
	gnutls_datum_t e = datum_of(rsa->exponent);
	gnutls_datum_t d = datum_of(rsa->private);
	gnutls_datum_t p = datum_of(rsa->p);
	gnutls_datum_t q = datum_of(rsa->q);
	gnutls_datum_t dp = datum_of(rsa->dp);
	gnutls_datum_t dq = datum_of(rsa->dq);
	gnutls_datum_t qi = datum_of(rsa->qi);

	if (crypto_rsa_check(rsa, err) < 0 ||
	    crypto_public_key_numbers(&public, rsa->modulus, rsa->exponent, err) < 0)
		return -1;
	read.handle = make_private_key();
	if (!is_odd(rsa->p) || !is_odd(rsa->q) ||
	    gnutls_privkey_import_rsa_raw(read.handle, &n, &e, &d, &p, &q, &qi, &dp,
					  &dq) < 0 ||
	    gnutls_privkey_verify_params(read.handle) < 0 ||
	    !belong_together(&read, &public, CRYPTO_RS256))
		return error_set(err, ERROR_DATA,
				 "the numbers of the private key do not belong together");
	*key = read;
	read.handle = NULL;
	return 0;
}

static bool is_mac(enum crypto_scheme scheme)
{
	return scheme == CRYPTO_HS256 || scheme == CRYPTO_HS384 || scheme == CRYPTO_HS512;
}

/* Append a number with as many zeros in front as it wants. */
static void add_number(struct buf *out, gnutls_datum_t number, size_t bytes)
{
	size_t start = 0;

	while (start < number.size && number.size - start > bytes)
		start++;
	for (size_t i = number.size - start; i < bytes; i++)
		buf_add_char(out, 0);
	buf_add(out, number.data + start, number.size - start);
}

/* GnuTLS gives DER, JWS wants r and s. */
static int add_pair(struct buf *out, gnutls_datum_t der, size_t bytes)
{
	gnutls_datum_t r = { NULL, 0 };
	gnutls_datum_t s = { NULL, 0 };
	int code = gnutls_decode_rs_value(&der, &r, &s);

	if (code >= 0) {
		add_number(out, r, bytes);
		add_number(out, s, bytes);
	}
	gnutls_free(r.data);
	gnutls_free(s.data);
	return code;
}

int crypto_sign(struct buf *signature, enum crypto_scheme scheme,
		const struct crypto_private_key *key, struct str_view bytes,
		struct error *err)
{
	const struct scheme *how = &schemes[scheme];
	gnutls_datum_t data = datum_of(bytes);
	gnutls_datum_t made = { NULL, 0 };
	int code = 0;

	if (is_mac(scheme) || !key->handle ||
	    gnutls_privkey_get_pk_algorithm(key->handle, NULL) != (int)how->pk)
		return error_set(err, ERROR_DATA, "the key is of another kind");
	code = gnutls_privkey_sign_data2(key->handle, how->sign, 0, &data, &made);
	if (code >= 0 && how->pk == GNUTLS_PK_ECDSA)
		code = add_pair(signature, made, how->bytes);
	else if (code >= 0)
		buf_add(signature, made.data, made.size);
	gnutls_free(made.data);
	if (code < 0)
		return error_set(err, ERROR_SYSTEM, "sign: %s", gnutls_strerror(code));
	return 0;
}

/* The number without zeros in front, which DER does not take; empty when it is 0. */
static gnutls_datum_t number_of(struct str_view bytes)
{
	while (bytes.len > 0 && bytes.data[0] == 0)
		bytes = (struct str_view){ bytes.data + 1, bytes.len - 1 };
	return datum_of(bytes);
}

static bool verify_pair(const struct scheme *how, const struct crypto_public_key *key,
			gnutls_datum_t *data, struct str_view signature)
{
	struct str_view second = { signature.data + how->bytes, how->bytes };
	gnutls_datum_t r = number_of((struct str_view){ signature.data, how->bytes });
	gnutls_datum_t s = number_of(second);
	gnutls_datum_t der = { NULL, 0 };
	bool good = false;

	if (r.size == 0 || s.size == 0 || gnutls_encode_rs_value(&der, &r, &s) < 0)
		return false;
	good = gnutls_pubkey_verify_data2(key->handle, how->sign, 0, data, &der) >= 0;
	gnutls_free(der.data);
	return good;
}

bool crypto_verify(enum crypto_scheme scheme, const struct crypto_public_key *key,
		   struct str_view bytes, struct str_view signature)
{
	const struct scheme *how = &schemes[scheme];
	gnutls_datum_t data = datum_of(bytes);
	gnutls_datum_t given = datum_of(signature);
	size_t want = how->bytes > 0 ? 2 * how->bytes : key->bytes;

	if (is_mac(scheme) || !key->handle ||
	    gnutls_pubkey_get_pk_algorithm(key->handle, NULL) != (int)how->pk ||
	    (how->bytes > 0 && key->bytes != how->bytes))
		return false;
	/* GnuTLS reads an RSA signature as a number and would take leading zeros. */
	if (signature.len != want)
		return false;
	if (how->pk == GNUTLS_PK_ECDSA)
		return verify_pair(how, key, &data, signature);
	return gnutls_pubkey_verify_data2(key->handle, how->sign, 0, &data, &given) >= 0;
}

size_t crypto_mac(uint8_t digest[static CRYPTO_MAC_MAX], enum crypto_scheme scheme,
		  struct str_view key, struct str_view bytes)
{
	gnutls_mac_algorithm_t mac = scheme == CRYPTO_HS256   ? GNUTLS_MAC_SHA256
				     : scheme == CRYPTO_HS384 ? GNUTLS_MAC_SHA384
							      : GNUTLS_MAC_SHA512;

	if (!is_mac(scheme) || gnutls_hmac_fast(mac, key.len > 0 ? key.data : "", key.len,
						bytes.data, bytes.len, digest) < 0)
		abort();
	return gnutls_hmac_get_len(mac);
}
