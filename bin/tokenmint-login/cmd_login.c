#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "bin/tokenmint-login/callback.h"
#include "bin/tokenmint-login/commands.h"
#include "bin/tokenmint-login/identify.h"
#include "bin/tokenmint-login/options.h"
#include "bin/tokenmint-login/world.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/log.h"
#include "lib/place.h"
#include "lib/vault.h"

#define SECRET_MAX 4096
#define SLOWER_S 5 /* RFC 8628 3.5 */

/* The client: what was asked for, else that of the last login there. */
static int find_client(struct login *login, const struct options *options,
		       const struct world *world, const struct place *place,
		       struct error *err)
{
	auto_login struct login last = LOGIN_EMPTY;
	auto_secret struct buf secret = BUF_EMPTY;
	bool found = false;

	if (login_load(&last, &found, &place->vault, world->name, err) < 0)
		return -1;
	if (!options->client_id && !found)
		return error_set(err, ERROR_USAGE,
				 "which client?  --client-id: the forge's OAuth app or "
				 "App has one");
	login->client_id =
		str_dup(options->client_id ? options->client_id : last.client_id);
	if (options->client_secret) {
		if (file_read(&secret, AT_FDCWD, options->client_secret, SECRET_MAX,
			      err) < 0)
			return -1;
		buf_cut(&secret, strcspn(buf_str(&secret), "\r\n"));
		login->client_secret = str_dup(buf_str(&secret));
	} else if (str_equal(login->client_id, last.client_id)) {
		login->client_secret = str_dup(last.client_secret);
	}
	login->issuer = str_dup(world->places.issuer);
	login->is_github = world->places.is_github;
	login->endpoint = str_dup(world->places.token);
	if (!login->endpoint)
		return error_set(err, ERROR_CONFIG, "issuer '%s' gives no tokens",
				 login->issuer);
	return 0;
}

static const char *scope_of(const struct options *options, const struct world *world)
{
	if (options->scope)
		return options->scope;
	return world->places.is_github ? NULL : "openid email profile";
}

static void wait_s(uint64_t seconds)
{
	(void)poll(NULL, 0, (int)seconds * 1000);
}

/* Ask until the person has said yes or no, as slowly as the issuer wants. */
static int poll_device(struct oauth_answer *answer, struct world *world,
		       const struct login_client *client,
		       const struct oauth_device *device, struct error *err)
{
	const struct login_grant grant = { .endpoint = world->places.token,
					   .device_code = device->device_code };
	int64_t until_ms = date_now_ms() + (int64_t)device->expires_s * 1000;
	uint64_t interval_s = device->interval_s;

	while (date_now_ms() < until_ms) {
		wait_s(interval_s);
		if (login_ask_token(answer, &world->github.client, client, &grant, err) <
		    0) {
			if (err->kind != ERROR_TEMPORARY ||
			    !strstr(err->message, "reach '"))
				return -1;
			log_warning("%s, asking again", err->message);
			continue;
		}
		if (answer->outcome == OAUTH_GIVEN)
			return 0;
		if (answer->outcome == OAUTH_SLOWER)
			interval_s = answer->interval_s > interval_s
					     ? answer->interval_s
					     : interval_s + SLOWER_S;
	}
	return error_set(err, ERROR_TEMPORARY,
			 "the code has expired: log in again (expired_token)");
}

static int login_by_device(struct oauth_answer *answer, struct world *world,
			   const struct login_client *client, struct error *err)
{
	auto_oauth_device struct oauth_device device = OAUTH_DEVICE_EMPTY;

	if (!world->places.device)
		return error_set(err, ERROR_CONFIG,
				 "issuer '%s' has no device flow: --web",
				 world->places.issuer);
	if (login_begin_device(&device, &world->github.client, &world->places, client,
			       err) < 0)
		return -1;
	log_notice("open %s and enter the code %s", device.address, device.user_code);
	return poll_device(answer, world, client, &device, err);
}

/* A login in a browser. */
struct journey {
	const struct login_client *client;
	const struct oauth_proof *proof;
	unsigned port;
	uint64_t timeout_ms;
};

static int login_by_web(struct oauth_answer *answer, struct world *world,
			const struct journey *journey, struct error *err)
{
	const struct oauth_proof *proof = journey->proof;
	auto_callback struct callback callback = CALLBACK_NONE;
	auto_secret struct buf code = BUF_EMPTY;
	auto_buf struct buf url = BUF_EMPTY;
	auto_free char *redirect = NULL;
	const struct callback_wanted wanted = { proof->state, world->places.issuer,
						journey->timeout_ms };
	struct login_grant grant = { .endpoint = world->places.token,
				     .verifier = proof->verifier };

	if (!world->places.authorization)
		return error_set(err, ERROR_CONFIG,
				 "issuer '%s' has no login for browsers",
				 world->places.issuer);
	if (callback_open(&callback, journey->port, err) < 0)
		return -1;
	redirect = str_format("http://127.0.0.1:%u/callback", callback.port);
	login_address(&url, &world->places, journey->client, redirect, proof);
	log_notice("open %s", buf_str(&url));
	if (callback_wait(&code, &callback, &wanted, err) < 0)
		return -1;
	grant.code = buf_str(&code);
	grant.redirect = redirect;
	if (login_ask_token(answer, &world->github.client, journey->client, &grant, err) <
	    0)
		return -1;
	if (answer->outcome != OAUTH_GIVEN)
		return error_set(err, ERROR_DATA, "the answer makes no sense");
	return 0;
}

/* The tokens, and who it is that they were given to. */
static int ask(struct login *login, struct world *world, const struct options *options,
	       const struct place *place, struct error *err)
{
	auto_oauth_answer struct oauth_answer answer = OAUTH_ANSWER_EMPTY;
	auto_buf struct buf claims = BUF_EMPTY;
	struct identify with = { .place = place, .now_ms = options->now_ms };
	struct oauth_proof proof;
	const struct login_client client = { login->client_id, login->client_secret,
					     scope_of(options, world) };
	const struct journey journey = { &client, &proof, options->port,
					 options->timeout_ms };
	bool by_web = options->web || (options->issuer && !options->device);
	int status = 0;

	oauth_proof_make(&proof);
	status = by_web ? login_by_web(&answer, world, &journey, err)
			: login_by_device(&answer, world, &client, err);
	if (status < 0)
		return error_wrap(err, "log in at '%s'", login->issuer);
	login->token = answer.token;
	answer.token = (struct oauth_token)OAUTH_TOKEN_EMPTY;
	with.nonce = by_web ? proof.nonce : NULL;
	return identify_person(login, &claims, world, &with, err);
}

int cmd_login(const struct options *options, const struct place *place, struct error *err)
{
	auto_world struct world world = WORLD_NONE;
	auto_login struct login login = LOGIN_EMPTY;
	auto_close int lock = -1;

	if (options->web && options->device)
		return error_set(err, ERROR_USAGE, "either --web or --device");
	if (world_open(&world, options, place, true, err) < 0 ||
	    find_client(&login, options, &world, place, err) < 0 ||
	    ask(&login, &world, options, place, err) < 0 ||
	    vault_lock(&lock, &place->vault, world.name, err) < 0 ||
	    login_save(&login, &place->vault, world.name, err) < 0)
		return -1;
	log_notice("logged in at %s as %s", login.issuer,
		   login.name ? login.name : login.subject);
	return world_write_login(&login, err);
}
