#include "lib/crypto_make.h"

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <stdlib.h>
#include <string.h>

#include "lib/error.h"

void crypto_numbers_wipe(struct crypto_numbers *numbers)
{
	buf_free(&numbers->x);
	buf_free(&numbers->y);
	buf_wipe(&numbers->d);
}

/* GnuTLS may put a zero in front, or leave leading ones out. */
static void add_number(struct buf *out, gnutls_datum_t number, size_t bytes)
{
	size_t start = number.size > bytes ? number.size - bytes : 0;

	for (size_t i = number.size - start; i < bytes; i++)
		buf_add_char(out, 0);
	buf_add(out, number.data + start, number.size - start);
}

static void forget(gnutls_datum_t *number)
{
	if (number->data)
		explicit_bzero(number->data, number->size);
	gnutls_free(number->data);
}

static int export_numbers(struct crypto_numbers *numbers, gnutls_privkey_t handle,
			  size_t bytes)
{
	gnutls_datum_t x = { NULL, 0 };
	gnutls_datum_t y = { NULL, 0 };
	gnutls_datum_t d = { NULL, 0 };
	gnutls_ecc_curve_t curve = GNUTLS_ECC_CURVE_INVALID;
	int code = gnutls_privkey_export_ecc_raw(handle, &curve, &x, &y, &d);

	if (code >= 0) {
		add_number(&numbers->x, x, bytes);
		if (y.size > 0)
			add_number(&numbers->y, y, bytes);
		add_number(&numbers->d, d, bytes);
	}
	forget(&x);
	forget(&y);
	forget(&d);
	return code;
}

int crypto_make_pair(struct crypto_numbers *numbers, enum crypto_curve curve,
		     struct error *err)
{
	bool is_ed = curve == CRYPTO_ED25519;
	gnutls_pk_algorithm_t kind = is_ed ? GNUTLS_PK_EDDSA_ED25519 : GNUTLS_PK_ECDSA;
	gnutls_ecc_curve_t id =
		is_ed ? GNUTLS_ECC_CURVE_ED25519 : GNUTLS_ECC_CURVE_SECP256R1;
	gnutls_privkey_t handle = NULL;
	int code = 0;

	if (gnutls_privkey_init(&handle) < 0)
		abort();
	code = gnutls_privkey_generate(handle, kind, GNUTLS_CURVE_TO_BITS(id), 0);
	if (code >= 0)
		code = export_numbers(numbers, handle, crypto_curve_bytes(curve));
	gnutls_privkey_deinit(handle);
	if (code < 0)
		return error_set(err, ERROR_SYSTEM, "make a key pair: %s",
				 gnutls_strerror(code));
	return 0;
}
