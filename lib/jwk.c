#include "lib/jwk.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base64.h"
#include "lib/crypto_sign.h"
#include "lib/error.h"
#include "lib/json_object.h"
#include "lib/json_scan.h"

/* The members of a key that are numbers or bytes. */
struct members {
	struct buf x, y, d, n, e, p, q, dp, dq, qi;
};

static void free_members(struct members *members)
{
	struct buf *all[] = { &members->x,  &members->y, &members->d, &members->n,
			      &members->e,  &members->p, &members->q, &members->dp,
			      &members->dq, &members->qi };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		buf_wipe(all[i]);
}

#define auto_members __attribute__((cleanup(free_members)))

static struct str_view view(const struct buf *bytes)
{
	return (struct str_view){ buf_str(bytes), bytes->len };
}

/* A member that is a string; *found says whether it is there. */
static int read_text(struct buf *out, bool *found, struct str_view object,
		     const char *name, struct error *err)
{
	struct str_view raw = { NULL, 0 };

	*found = json_object_find(&raw, object, name);
	if (*found && !json_object_text(out, raw))
		return error_set(err, ERROR_DATA, "'%s' is no string", name);
	return 0;
}

/* A member in base64url, which must be there. */
static int read_bytes(struct buf *out, struct str_view object, const char *name,
		      struct error *err)
{
	auto_secret struct buf text = BUF_EMPTY;
	bool found = false;

	if (read_text(&text, &found, object, name, err) < 0)
		return -1;
	if (!found)
		return error_set(err, ERROR_DATA, "no '%s'", name);
	if (!base64url_decode(out, text.data, text.len))
		return error_set(err, ERROR_DATA, "'%s' is no base64url", name);
	return 0;
}

static int read_oct(struct jwk *key, struct str_view object, struct error *err)
{
	if (read_bytes(&key->secret, object, "k", err) < 0)
		return -1;
	if (key->secret.len < JWK_SECRET_MIN || key->secret.len > JWK_SECRET_MAX)
		return error_set(err, ERROR_DATA, "'k' has %zu bytes, not %d to %d",
				 key->secret.len, JWK_SECRET_MIN, JWK_SECRET_MAX);
	return 0;
}

static int read_rsa_private(struct jwk *key, struct str_view object,
			    struct crypto_rsa *rsa, struct error *err)
{
	auto_members struct members read = { .d = BUF_EMPTY };
	struct str_view ignored = { NULL, 0 };

	if (json_object_find(&ignored, object, "oth"))
		return error_set(err, ERROR_DATA, "an RSA key of more than two primes");
	if (read_bytes(&read.d, object, "d", err) < 0 ||
	    read_bytes(&read.p, object, "p", err) < 0 ||
	    read_bytes(&read.q, object, "q", err) < 0 ||
	    read_bytes(&read.dp, object, "dp", err) < 0 ||
	    read_bytes(&read.dq, object, "dq", err) < 0 ||
	    read_bytes(&read.qi, object, "qi", err) < 0)
		return -1;
	rsa->private = view(&read.d);
	rsa->p = view(&read.p);
	rsa->q = view(&read.q);
	rsa->dp = view(&read.dp);
	rsa->dq = view(&read.dq);
	rsa->qi = view(&read.qi);
	return crypto_private_key_rsa(&key->private, rsa, err);
}

static int read_rsa(struct jwk *key, struct str_view object, enum jwk_half half,
		    struct error *err)
{
	auto_members struct members read = { .n = BUF_EMPTY };
	struct crypto_rsa rsa = { .p = { NULL, 0 } };

	key->kind = JWK_RSA;
	if (read_bytes(&read.n, object, "n", err) < 0 ||
	    read_bytes(&read.e, object, "e", err) < 0)
		return -1;
	rsa.modulus = view(&read.n);
	rsa.exponent = view(&read.e);
	if (crypto_rsa_check(&rsa, err) < 0 ||
	    crypto_public_key_numbers(&key->public, rsa.modulus, rsa.exponent, err) < 0)
		return -1;
	return half == JWK_PRIVATE ? read_rsa_private(key, object, &rsa, err) : 0;
}

static const struct curve {
	const char *kty;
	const char *crv;
	enum jwk_kind kind;
	enum crypto_curve curve;
} curves[] = {
	{ "EC", "P-256", JWK_P256, CRYPTO_P256 },
	{ "EC", "P-384", JWK_P384, CRYPTO_P384 },
	{ "EC", "P-521", JWK_P521, CRYPTO_P521 },
	{ "OKP", "Ed25519", JWK_ED25519, CRYPTO_ED25519 },
};

static const struct curve *find_curve(struct str_view object, const char *kty)
{
	auto_buf struct buf crv = BUF_EMPTY;
	struct error ignored = { 0 };
	bool found = false;

	if (read_text(&crv, &found, object, "crv", &ignored) < 0)
		return NULL;
	for (size_t i = 0; i < sizeof(curves) / sizeof(curves[0]); i++)
		if (str_equal(curves[i].kty, kty) &&
		    str_view_equal(view(&crv), curves[i].crv))
			return &curves[i];
	return NULL;
}

static int read_point(struct jwk *key, struct str_view object, const char *kty,
		      enum jwk_half half, struct error *err)
{
	auto_members struct members read = { .x = BUF_EMPTY };
	const struct curve *curve = find_curve(object, kty);
	struct crypto_point point = { .x = { NULL, 0 } };

	if (!curve)
		return error_set(err, ERROR_DATA, "'crv' is none for %s that signs", kty);
	key->kind = curve->kind;
	if (read_bytes(&read.x, object, "x", err) < 0 ||
	    (curve->curve != CRYPTO_ED25519 && read_bytes(&read.y, object, "y", err) < 0))
		return -1;
	point = (struct crypto_point){ curve->curve, view(&read.x), view(&read.y) };
	if (crypto_public_key_point(&key->public, &point, err) < 0)
		return -1;
	if (half == JWK_PUBLIC)
		return 0;
	if (read_bytes(&read.d, object, "d", err) < 0)
		return -1;
	return crypto_private_key_point(&key->private, &point, view(&read.d), err);
}

static int read_kind(struct jwk *key, struct str_view object, enum jwk_half half,
		     struct error *err)
{
	auto_buf struct buf kty = BUF_EMPTY;
	bool found = false;

	if (read_text(&kty, &found, object, "kty", err) < 0)
		return -1;
	if (str_view_equal(view(&kty), "oct"))
		return read_oct(key, object, err);
	if (str_view_equal(view(&kty), "RSA"))
		return read_rsa(key, object, half, err);
	if (str_view_equal(view(&kty), "EC"))
		return read_point(key, object, "EC", half, err);
	if (str_view_equal(view(&kty), "OKP"))
		return read_point(key, object, "OKP", half, err);
	return error_set(err, ERROR_DATA, "'kty' is not RSA, EC, OKP or oct");
}

/* Is the string in the array a second time behind here? */
static bool is_repeated(struct str_view rest, const struct buf *text)
{
	struct str_view raw = { NULL, 0 };

	while (json_scan_element(&raw, &rest)) {
		auto_buf struct buf other = BUF_EMPTY;

		if (json_object_text(&other, raw) &&
		    str_view_equal(view(&other), buf_str(text)))
			return true;
	}
	return false;
}

/* "key_ops" allows what it names (RFC 7517 section 4.3). */
static int read_operations(struct jwk *key, struct str_view object, struct error *err)
{
	struct str_view rest = { NULL, 0 };
	struct str_view raw = { NULL, 0 };
	bool sign = false;
	bool verify = false;

	if (!json_object_find(&rest, object, "key_ops"))
		return 0;
	if (rest.data[0] != '[')
		return error_set(err, ERROR_DATA, "'key_ops' is no array");
	while (json_scan_element(&raw, &rest)) {
		auto_buf struct buf operation = BUF_EMPTY;

		if (!json_object_text(&operation, raw))
			return error_set(err, ERROR_DATA, "'key_ops' has no strings");
		if (is_repeated(rest, &operation))
			return error_set(err, ERROR_DATA, "'key_ops' repeats one");
		sign = sign || str_view_equal(view(&operation), "sign");
		verify = verify || str_view_equal(view(&operation), "verify");
	}
	key->may_sign = key->may_sign && sign;
	key->may_verify = key->may_verify && verify;
	return 0;
}

static int read_purpose(struct jwk *key, struct str_view object, struct error *err)
{
	auto_buf struct buf use = BUF_EMPTY;
	bool found = false;

	if (read_text(&use, &found, object, "use", err) < 0)
		return -1;
	key->may_verify = !found || str_view_equal(view(&use), "sig");
	key->may_sign = key->may_verify && (key->private.handle || key->kind == JWK_OCT);
	return read_operations(key, object, err);
}

static int read_names(struct jwk *key, struct str_view object, struct error *err)
{
	bool found = false;

	if (read_text(&key->alg, &found, object, "alg", err) < 0 ||
	    read_text(&key->kid, &key->has_kid, object, "kid", err) < 0)
		return -1;
	if (found && key->alg.len == 0)
		return error_set(err, ERROR_DATA, "'alg' is empty");
	if (key->kid.len > JWK_NAME_MAX)
		return error_set(err, ERROR_DATA, "'kid' has more than %d bytes",
				 JWK_NAME_MAX);
	return 0;
}

int jwk_read(struct jwk *key, struct str_view text, enum jwk_half half, struct error *err)
{
	auto_jwk struct jwk read = JWK_EMPTY;
	const char *problem = NULL;

	if (text.len > JWK_TEXT_MAX)
		return error_set(err, ERROR_DATA, "the key is longer than %d bytes",
				 JWK_TEXT_MAX);
	if (!json_object_is_sound(text, &problem))
		return error_set(err, ERROR_DATA, "the key %s", problem);
	if (read_kind(&read, text, half, err) < 0 || read_names(&read, text, err) < 0 ||
	    read_purpose(&read, text, err) < 0)
		return -1;
	*key = read;
	read = (struct jwk)JWK_EMPTY;
	return 0;
}

void jwk_free(struct jwk *key)
{
	buf_free(&key->alg);
	buf_free(&key->kid);
	buf_wipe(&key->secret);
	crypto_public_key_free(&key->public);
	crypto_private_key_free(&key->private);
	*key = (struct jwk)JWK_EMPTY;
}

static int read_keys(struct jwk_set *set, struct str_view rest, struct error *err)
{
	struct str_view raw = { NULL, 0 };
	size_t count = 0;

	for (struct str_view all = rest; json_scan_element(&raw, &all);)
		count++;
	if (count == 0)
		return error_set(err, ERROR_DATA, "the set has no keys");
	if (count > JWK_SET_MAX)
		return error_set(err, ERROR_DATA, "the set has %zu keys, %d at most",
				 count, JWK_SET_MAX);
	set->keys = calloc(count, sizeof(*set->keys));
	if (!set->keys)
		abort();
	while (json_scan_element(&raw, &rest)) {
		if (jwk_read(&set->keys[set->count], raw, JWK_PUBLIC, err) == 0)
			set->count++;
		else
			set->ignored++;
	}
	if (set->count > 0)
		return 0;
	return error_wrap(err, "no key of the set can be used, the last one");
}

int jwk_set_read(struct jwk_set *set, struct str_view text, struct error *err)
{
	struct jwk_set read = JWK_SET_EMPTY;
	struct str_view keys = { NULL, 0 };
	const char *problem = NULL;

	if (text.len > JWK_SET_TEXT_MAX)
		return error_set(err, ERROR_DATA, "the set is longer than %d bytes",
				 JWK_SET_TEXT_MAX);
	if (!json_object_is_sound(text, &problem))
		return error_set(err, ERROR_DATA, "the set %s", problem);
	if (!json_object_find(&keys, text, "keys") || keys.data[0] != '[')
		return error_set(err, ERROR_DATA, "the set has no array 'keys'");
	if (read_keys(&read, keys, err) < 0) {
		jwk_set_free(&read);
		return -1;
	}
	*set = read;
	return 0;
}

void jwk_set_free(struct jwk_set *set)
{
	for (size_t i = 0; i < set->count; i++)
		jwk_free(&set->keys[i]);
	free(set->keys);
	*set = (struct jwk_set)JWK_SET_EMPTY;
}
