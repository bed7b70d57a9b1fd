#include "bin/tokenmint-login/identify.h"

#include <string.h>

#include "bin/tokenmint-login/world.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/github_user.h"
#include "lib/json_object.h"
#include "lib/json_write.h"
#include "lib/oidc_cache.h"
#include "lib/place.h"

#define LEEWAY_S 60

static struct str_view view(const struct buf *text)
{
	return (struct str_view){ buf_str(text), text->len };
}

static char *take_claim(const struct buf *claims, const char *name)
{
	auto_buf struct buf text = BUF_EMPTY;
	struct str_view raw = { NULL, 0 };

	if (!json_object_find(&raw, view(claims), name) ||
	    !json_object_text(&text, raw) || memchr(buf_str(&text), 0, text.len))
		return NULL;
	return buf_take(&text);
}

/* Whoever logs in may be another than last time. */
static int identify_by_claims(struct login *login, struct buf *claims,
			      const struct identify *with, struct error *err)
{
	auto_oidc_cache struct oidc_cache cache = OIDC_CACHE_NONE;
	struct oidc_expected expected = { .issuer = login->issuer,
					  .audience = login->client_id,
					  .nonce = with->nonce,
					  .algorithms = oidc_algorithms,
					  .leeway_s = LEEWAY_S };
	struct error ignored = { 0 };

	expected.now_s = date_now_ms() / 1000;
	if (login->token.id.len == 0)
		return error_set(err, ERROR_DATA,
				 "issuer '%s' gave no ID token: is the scope openid?",
				 login->issuer);
	if (oidc_cache_open(&cache, &with->place->layout, login->issuer, with->now_ms,
			    err) < 0)
		return -1;
	if (oidc_lacks_key(&cache.keys, view(&login->token.id)))
		(void)oidc_cache_renew(&cache, with->now_ms, &ignored);
	if (oidc_verify(claims, &cache.keys, &expected, view(&login->token.id), err) < 0)
		return error_wrap(err, "the ID token of '%s'", login->issuer);
	login->subject = take_claim(claims, "sub");
	login->name = take_claim(claims, "name");
	login->email = take_claim(claims, "email");
	return 0;
}

static int identify_at_github(struct login *login, struct buf *claims,
			      struct world *world, struct error *err)
{
	auto_github_user struct github_user user = GITHUB_USER_EMPTY;
	struct json_writer writer = JSON_WRITER(claims);

	if (github_user_ask(&user, &world->github, view(&login->token.access), err) < 0)
		return -1;
	json_write_object(&writer, NULL);
	json_write_string(&writer, "sub", user.id);
	json_write_string(&writer, "id", user.id);
	json_write_string(&writer, "login", user.login);
	json_write_string(&writer, "email", user.email);
	json_write_object_end(&writer);
	login->subject = str_dup(user.id);
	login->name = str_dup(user.login);
	login->email = str_dup(user.email);
	return 0;
}

int identify_person(struct login *login, struct buf *claims, struct world *world,
		    const struct identify *with, struct error *err)
{
	if (login->is_github)
		return identify_at_github(login, claims, world, err);
	return identify_by_claims(login, claims, with, err);
}
