#include <fcntl.h>

#include "bin/tokenmint/commands.h"
#include "bin/tokenmint/io.h"
#include "bin/tokenmint/options.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/jwk.h"
#include "lib/jws.h"
#include "lib/str.h"

static struct str_view view(const struct buf *bytes)
{
	return (struct str_view){ buf_str(bytes), bytes->len };
}

static bool is_stdin(const char *file)
{
	return !file || str_equal(file, "-");
}

/* Key and input cannot both be standard input. */
static int check_inputs(const char *key_file, const struct options *options,
			struct error *err)
{
	if (is_stdin(key_file) && is_stdin(options->file))
		return error_set(err, ERROR_USAGE,
				 "the key and what it is for cannot both come from "
				 "standard input: --file");
	return 0;
}

/* Whatever is wrong with a key's file is wrong with the configuration. */
static int blame_file(const char *file, struct error *err)
{
	(void)error_wrap(err, "key file '%s'", file);
	err->kind = ERROR_CONFIG;
	return -1;
}

static int read_key(struct jwk *key, const char *file, enum jwk_half half,
		    struct error *err)
{
	auto_secret struct buf text = BUF_EMPTY;

	if (io_read_secret(&text, file, JWK_TEXT_MAX, err) < 0 ||
	    jwk_read(key, view(&text), half, err) < 0)
		return blame_file(file, err);
	return 0;
}

static int read_set(struct jwk_set *set, const char *file, struct error *err)
{
	auto_secret struct buf text = BUF_EMPTY;

	if (io_read_secret(&text, file, JWK_SET_TEXT_MAX, err) < 0 ||
	    jwk_set_read(set, view(&text), err) < 0)
		return blame_file(file, err);
	return 0;
}

static int choose_scheme(enum crypto_scheme *scheme, const struct options *options,
			 const struct jwk *key, struct error *err)
{
	if (options->algorithm_count == 1)
		*scheme = options->algorithm;
	else if (options->algorithm_count > 1)
		return error_set(err, ERROR_USAGE, "one --alg is enough to sign");
	else if (!jws_algorithm(scheme, view(&key->alg)))
		return error_set(err, ERROR_USAGE,
				 "which algorithm?  --alg, or an 'alg' in the key");
	return 0;
}

int cmd_jws_sign(const struct options *options, const char *const *operands,
		 struct error *err)
{
	auto_jwk struct jwk key = JWK_EMPTY;
	auto_secret struct buf payload = BUF_EMPTY;
	auto_secret struct buf token = BUF_EMPTY;
	struct jws_signer signer = { .key = &key };

	(void)operands;
	if (!options->jwk)
		return error_set(err, ERROR_USAGE, "which key?  --jwk FILE");
	if (check_inputs(options->jwk, options, err) < 0 ||
	    read_key(&key, options->jwk, JWK_PRIVATE, err) < 0 ||
	    choose_scheme(&signer.scheme, options, &key, err) < 0 ||
	    io_read_secret(&payload, options->file, JWS_TOKEN_MAX, err) < 0 ||
	    jws_sign(&token, &signer, view(&payload), err) < 0)
		return -1;
	buf_add_char(&token, '\n');
	return io_write(&token, err);
}

/* Without --alg it is the keys' kind and their alg that say what may be. */
static unsigned allowed(const struct options *options)
{
	return options->algorithm_count > 0 ? options->algorithms : ~0u;
}

static int verify(const struct options *options, struct jws_policy *policy,
		  struct error *err)
{
	auto_buf struct buf token = BUF_EMPTY;
	auto_jws_parts struct jws_parts parts = JWS_PARTS_EMPTY;
	struct str_view text = { NULL, 0 };
	int status = io_read_secret(&token, options->file, JWS_TOKEN_MAX + 1, err);

	if (status < 0 && err->kind != ERROR_DATA)
		return -1;
	text = view(&token);
	if (text.len > 0 && text.data[text.len - 1] == '\n')
		text.len--; /* the line break that sign writes */
	policy->algorithms = allowed(options);
	if (status == 0)
		status = jws_verify(&parts, policy, text, err);
	if (status == 0)
		return io_write(&parts.payload, err);
	(void)error_wrap(err, "not verified");
	err->kind = ERROR_ABSENT;
	return -1;
}

int cmd_jws_verify(const struct options *options, const char *const *operands,
		   struct error *err)
{
	auto_jwk struct jwk key = JWK_EMPTY;
	auto_jwk_set struct jwk_set set = JWK_SET_EMPTY;
	struct jws_policy policy = { .keys = &key, .count = 1, .any_kid = true };
	const char *file = options->jwk ? options->jwk : options->jwks;

	(void)operands;
	if (!file || (options->jwk && options->jwks))
		return error_set(err, ERROR_USAGE,
				 "which key?  either --jwk FILE or --jwks FILE");
	if (check_inputs(file, options, err) < 0)
		return -1;
	if (options->jwk)
		return read_key(&key, file, JWK_PUBLIC, err) < 0
			       ? -1
			       : verify(options, &policy, err);
	if (read_set(&set, file, err) < 0)
		return -1;
	policy = (struct jws_policy){ .keys = set.keys, .count = set.count };
	return verify(options, &policy, err);
}
