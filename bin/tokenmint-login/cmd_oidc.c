#include <fcntl.h>
#include <string.h>

#include "bin/tokenmint-login/commands.h"
#include "bin/tokenmint-login/options.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/json_object.h"
#include "lib/json_write.h"
#include "lib/log.h"
#include "lib/oidc.h"
#include "lib/oidc_cache.h"
#include "lib/oidc_policy.h"
#include "lib/place.h"
#include "lib/principal.h"

static struct str_view view(const struct buf *text)
{
	return (struct str_view){ buf_str(text), text->len };
}

static int read_policy(struct buf *policy, const char *file, struct error *err)
{
	int status = 0;

	if (!file)
		return 0;
	status = file_read(policy, AT_FDCWD, file, OIDC_POLICY_MAX, err);
	if (status == 0)
		status = oidc_policy_check(view(policy), err);
	if (status < 0) {
		(void)error_wrap(err, "policy '%s'", file);
		err->kind = ERROR_CONFIG;
	}
	return status;
}

/* A key that is new to us may have been made since we asked. */
static int verify(struct buf *claims, struct oidc_cache *cache,
		  const struct oidc_expected *expected, struct str_view token,
		  struct error *err)
{
	struct error trouble = { 0 };

	if (oidc_lacks_key(&cache->keys, token) &&
	    oidc_cache_renew(cache, expected->now_s * 1000, &trouble) < 0)
		log_warning("%s, ignoring", trouble.message);
	if (oidc_verify(claims, &cache->keys, expected, token, err) == 0)
		return 0;
	(void)error_wrap(err, "not verified");
	err->kind = ERROR_ABSENT;
	return -1;
}

static int apply_policy(struct principal *principal, const struct options *options,
			const struct buf *policy, const struct buf *claims,
			struct error *err)
{
	bool found = false;

	if (!options->policy)
		return 0;
	if (oidc_policy_apply(principal, &found, view(policy), view(claims), err) < 0)
		return -1;
	if (!found)
		return error_set(
			err, ERROR_ABSENT,
			"not allowed: no rule of '%s' matches the token's claims",
			options->policy);
	return 0;
}

static void write_answer(struct buf *out, const struct principal *principal,
			 const struct options *options, const struct buf *claims)
{
	struct json_writer writer = JSON_WRITER(out);
	struct str_view subject = { NULL, 0 };

	(void)json_object_find(&subject, view(claims), "sub"); /* it is there */
	json_write_object(&writer, NULL);
	if (options->policy)
		principal_write(&writer, principal);
	else
		json_write_raw(&writer, "subject", subject.data, subject.len);
	json_write_string(&writer, "issuer", options->issuer);
	json_write_string(&writer, "audience", options->audience);
	json_write_raw(&writer, "claims", claims->data, claims->len);
	json_write_object_end(&writer);
	buf_add_char(out, '\n');
}

int cmd_oidc_verify(const struct options *options, const struct place *place,
		    struct error *err)
{
	auto_oidc_cache struct oidc_cache cache = OIDC_CACHE_NONE;
	auto_principal struct principal principal = PRINCIPAL_EMPTY;
	auto_buf struct buf policy = BUF_EMPTY;
	auto_secret struct buf token = BUF_EMPTY;
	auto_buf struct buf claims = BUF_EMPTY;
	auto_buf struct buf out = BUF_EMPTY;
	const struct oidc_expected expected = {
		.issuer = options->issuer,
		.audience = options->audience,
		.algorithms = options->algorithms ? options->algorithms : oidc_algorithms,
		.now_s = options->now_ms / 1000,
		.leeway_s = (int64_t)options->leeway_ms / 1000
	};

	if (!options->issuer || !options->audience)
		return error_set(
			err, ERROR_USAGE,
			"whose token, and for whom?  --issuer URL --audience NAME");
	if (oidc_check_issuer(options->issuer, err) < 0 ||
	    read_policy(&policy, options->policy, err) < 0)
		return -1;
	if (place_read_secret(&token, OIDC_TOKEN_MAX + 1, err) < 0)
		return err->kind == ERROR_DATA
			       ? error_set(err, ERROR_ABSENT, "not verified: too long")
			       : -1;
	if (oidc_cache_open(&cache, &place->layout, options->issuer, options->now_ms,
			    err) < 0 ||
	    verify(&claims, &cache, &expected, view(&token), err) < 0 ||
	    apply_policy(&principal, options, &policy, &claims, err) < 0)
		return -1;
	write_answer(&out, &principal, options, &claims);
	return place_write(&out, err);
}
