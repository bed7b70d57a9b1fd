#include "lib/login.h"

#include <stdlib.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/http_client.h"
#include "lib/oidc.h"
#include "lib/path.h"
#include "lib/str.h"
#include "lib/vault.h"

#define DEVICE_GRANT "urn:ietf:params:oauth:grant-type:device_code"
#define TIMEOUT_MS 20000

void login_places_free(struct login_places *places)
{
	free(places->issuer);
	free(places->authorization);
	free(places->token);
	free(places->device);
	*places = (struct login_places)LOGIN_PLACES_EMPTY;
}

void login_places_github(struct login_places *places, const char *base)
{
	login_places_free(places);
	places->issuer = str_dup(base ? base : LOGIN_GITHUB);
	if (str_ends(places->issuer, "/"))
		places->issuer[strlen(places->issuer) - 1] = '\0';
	places->is_github = true;
	places->authorization = path_join(places->issuer, "login/oauth/authorize");
	places->token = path_join(places->issuer, "login/oauth/access_token");
	places->device = path_join(places->issuer, "login/device/code");
}

void login_places_issuer(struct login_places *places,
			 const struct oidc_provider *provider)
{
	login_places_free(places);
	places->issuer = str_dup(provider->issuer);
	places->authorization = str_dup(provider->authorization_endpoint);
	places->token = str_dup(provider->token_endpoint);
	places->device = str_dup(provider->device_endpoint);
}

void login_address(struct buf *url, const struct login_places *places,
		   const struct login_client *client, const char *redirect,
		   const struct oauth_proof *proof)
{
	auto_buf struct buf query = BUF_EMPTY;

	oauth_add_parameter(&query, "response_type", "code");
	oauth_add_parameter(&query, "client_id", client->id);
	oauth_add_parameter(&query, "redirect_uri", redirect);
	if (client->scope)
		oauth_add_parameter(&query, "scope", client->scope);
	oauth_add_parameter(&query, "state", proof->state);
	if (!places->is_github)
		oauth_add_parameter(&query, "nonce", proof->nonce);
	oauth_add_parameter(&query, "code_challenge", proof->challenge);
	oauth_add_parameter(&query, "code_challenge_method", "S256");
	buf_add_format(url, "%s%c%s", places->authorization,
		       strchr(places->authorization, '?') ? '&' : '?', buf_str(&query));
}

static int post(struct http_client_response *response, struct http_client *http,
		const char *url, const struct buf *form, struct error *err)
{
	static const char *const headers[] = {
		"Accept: application/json",
		"Content-Type: application/x-www-form-urlencoded", NULL
	};
	const struct http_client_request request = { .method = "POST",
						     .url = url,
						     .headers = headers,
						     .body = { form->data, form->len },
						     .timeout_ms = TIMEOUT_MS,
						     .limit_bytes = OAUTH_ANSWER_MAX };

	if (http_client_send(response, http, &request, err) < 0)
		return -1;
	if (response->status >= 500 || response->status == 429)
		return error_set(err, ERROR_TEMPORARY, "'%.200s' answers %d", url,
				 response->status);
	if (response->status == 404)
		return error_set(err, ERROR_CONFIG,
				 "'%.200s' answers 404: the client's id is wrong, or the "
				 "address",
				 url);
	return 0;
}

static void add_client(struct buf *form, const struct login_client *client)
{
	oauth_add_parameter(form, "client_id", client->id);
	if (client->secret)
		oauth_add_parameter(form, "client_secret", client->secret);
}

int login_begin_device(struct oauth_device *device, struct http_client *http,
		       const struct login_places *places,
		       const struct login_client *client, struct error *err)
{
	auto_http_client_response struct http_client_response response =
		HTTP_CLIENT_RESPONSE_EMPTY;
	auto_secret struct buf form = BUF_EMPTY;

	(void)buf_room(&form, OAUTH_ANSWER_MAX);
	add_client(&form, client);
	if (client->scope)
		oauth_add_parameter(&form, "scope", client->scope);
	if (post(&response, http, places->device, &form, err) < 0)
		return -1;
	return oauth_read_device(
		device, (struct str_view){ buf_str(&response.body), response.body.len },
		err);
}

static void add_grant(struct buf *form, const struct login_grant *grant)
{
	if (grant->code) {
		oauth_add_parameter(form, "grant_type", "authorization_code");
		oauth_add_parameter(form, "code", grant->code);
		oauth_add_parameter(form, "redirect_uri", grant->redirect);
		oauth_add_parameter(form, "code_verifier", grant->verifier);
	} else if (grant->device_code) {
		oauth_add_parameter(form, "grant_type", DEVICE_GRANT);
		oauth_add_parameter(form, "device_code", grant->device_code);
	} else {
		oauth_add_parameter(form, "grant_type", "refresh_token");
		oauth_add_parameter(form, "refresh_token", grant->refresh);
	}
}

int login_ask_token(struct oauth_answer *answer, struct http_client *http,
		    const struct login_client *client, const struct login_grant *grant,
		    struct error *err)
{
	auto_http_client_response struct http_client_response response =
		HTTP_CLIENT_RESPONSE_EMPTY;
	auto_secret struct buf form = BUF_EMPTY;

	(void)buf_room(&form, OAUTH_ANSWER_MAX); /* no copies stay behind */
	add_client(&form, client);
	add_grant(&form, grant);
	if (post(&response, http, grant->endpoint, &form, err) < 0)
		return -1;
	return oauth_read_token(
		answer, (struct str_view){ buf_str(&response.body), response.body.len },
		date_now_ms(), err);
}

/* The old tokens die with the answer, so the new ones are durable before anybody sees them; an
 * issuer that gives no new refresh token leaves the old one good. */
static int refresh(struct login *login, struct http_client *http,
		   const struct vault *vault, const char *name, struct error *err)
{
	auto_oauth_answer struct oauth_answer answer = OAUTH_ANSWER_EMPTY;
	const struct login_client client = { login->client_id, login->client_secret,
					     NULL };
	const struct login_grant grant = { .endpoint = login->endpoint,
					   .refresh = buf_str(&login->token.refresh) };

	if (login_ask_token(&answer, http, &client, &grant, err) < 0) {
		if (err->kind == ERROR_DENIED)
			err->kind = ERROR_ABSENT;
		return error_wrap(err, "refresh the login at '%s'", login->issuer);
	}
	if (answer.outcome != OAUTH_GIVEN)
		return error_set(err, ERROR_DATA,
				 "refresh the login at '%s': the answer makes no sense",
				 login->issuer);
	if (answer.token.refresh.len == 0) {
		answer.token.refresh = login->token.refresh;
		answer.token.refresh_expires_ms = login->token.refresh_expires_ms;
		login->token.refresh = (struct buf)BUF_EMPTY;
	}
	oauth_token_wipe(&login->token);
	login->token = answer.token;
	answer.token = (struct oauth_token)OAUTH_TOKEN_EMPTY;
	return login_save(login, vault, name, err);
}

static bool is_live(const struct login *login, int64_t least_ms)
{
	return !login->token.expires_ms ||
	       login->token.expires_ms - date_now_ms() >= least_ms;
}

static int load_live(struct login *login, bool *found, const struct vault *vault,
		     const char *name, struct error *err)
{
	if (login_load(login, found, vault, name, err) < 0)
		return -1;
	if (!*found)
		return error_set(err, ERROR_ABSENT,
				 "nobody has logged in at '%s': tokenmint login",
				 name + strlen("user/"));
	return 0;
}

int login_live(struct login *login, struct http_client *http, const struct vault *vault,
	       const char *name, struct error *err)
{
	auto_login struct login read = LOGIN_EMPTY;
	auto_close int lock = -1;
	bool found = false;
	int status = 0;

	if (load_live(&read, &found, vault, name, err) < 0)
		return -1;
	if (!is_live(&read, LOGIN_LEAST_MS)) {
		/* the lock covers the decision: who waited finds new tokens */
		if (vault_lock(&lock, vault, name, err) < 0 ||
		    load_live(&read, &found, vault, name, err) < 0)
			return -1;
	}
	if (!is_live(&read, LOGIN_LEAST_MS) && read.token.refresh.len > 0)
		status = refresh(&read, http, vault, name, err);
	else if (!is_live(&read, 0))
		status = error_set(err, ERROR_ABSENT,
				   "the login at '%s' has expired: tokenmint login",
				   read.issuer);
	if (status < 0)
		return -1;
	login_wipe(login);
	*login = read;
	read = (struct login)LOGIN_EMPTY;
	return 0;
}
