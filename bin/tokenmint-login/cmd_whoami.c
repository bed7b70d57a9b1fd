#include <stdlib.h>
#include <string.h>

#include "bin/tokenmint-login/commands.h"
#include "bin/tokenmint-login/options.h"
#include "bin/tokenmint-login/world.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/github_user.h"
#include "lib/json_write.h"
#include "lib/log.h"
#include "lib/path.h"
#include "lib/place.h"
#include "lib/vault.h"

static struct str_view view(const struct buf *text)
{
	return (struct str_view){ buf_str(text), text->len };
}

static int write_repositories(const struct login *login, struct world *world,
			      const struct place *place, int64_t now_ms,
			      struct error *err)
{
	auto_free char *dir = path_join(place->layout.state, "visible");
	auto_free char *id =
		str_format("%s@%s", world->name + strlen("user/"), login->subject);
	auto_buf struct buf names = BUF_EMPTY;
	const struct github_user_view asked = { dir, id, view(&login->token.access),
						now_ms };

	if (!login->is_github)
		return error_set(err, ERROR_USAGE,
				 "--repositories is for a login at GitHub");
	if (github_user_repositories(&names, &world->github, &asked, err) < 0)
		return -1;
	return place_write(&names, err);
}

/* GitHub is asked whether it still takes the token, and what the person is called now. */
int cmd_whoami(const struct options *options, const struct place *place,
	       struct error *err)
{
	auto_world struct world world = WORLD_NONE;
	auto_login struct login login = LOGIN_EMPTY;
	auto_github_user struct github_user user = GITHUB_USER_EMPTY;

	if (world_open(&world, options, place, false, err) < 0 ||
	    login_live(&login, &world.github.client, &place->vault, world.name, err) < 0)
		return -1;
	if (options->repositories)
		return write_repositories(&login, &world, place, options->now_ms, err);
	if (login.is_github) {
		if (github_user_ask(&user, &world.github, view(&login.token.access),
				    err) < 0)
			return -1;
		free(login.name);
		login.name = str_dup(user.login);
	}
	return world_write_login(&login, err);
}

/* Best effort: what is gone here must not stay because GitHub is away. */
static void revoke(struct world *world, const struct login *login)
{
	auto_github_answer struct github_answer answer = GITHUB_ANSWER_EMPTY;
	auto_secret struct buf body = BUF_EMPTY;
	struct json_writer writer = JSON_WRITER(&body);
	struct github_request request = { .method = "POST",
					  .path = "/credentials/revoke" };
	struct error trouble = { 0 };

	(void)buf_room(&body, login->token.access.len + login->token.refresh.len + 256);
	json_write_object(&writer, NULL);
	json_write_array(&writer, "credentials");
	json_write_string(&writer, NULL, buf_str(&login->token.access));
	if (login->token.refresh.len > 0)
		json_write_string(&writer, NULL, buf_str(&login->token.refresh));
	json_write_array_end(&writer);
	json_write_object_end(&writer);
	request.body = view(&body);
	if (github_call(&answer, &world->github, &request, &trouble) < 0 ||
	    github_answer_check(&answer, "revoke the tokens", &trouble) < 0)
		log_warning("%s, ignoring: they are forgotten here", trouble.message);
}

int cmd_logout(const struct options *options, const struct place *place,
	       struct error *err)
{
	auto_world struct world world = WORLD_NONE;
	auto_login struct login login = LOGIN_EMPTY;
	auto_close int lock = -1;
	bool found = false;

	if (world_open(&world, options, place, false, err) < 0 ||
	    vault_lock(&lock, &place->vault, world.name, err) < 0 ||
	    login_load(&login, &found, &place->vault, world.name, err) < 0)
		return -1;
	if (!found)
		return error_set(err, ERROR_ABSENT, "nobody has logged in at '%s'",
				 world.places.issuer);
	if (vault_delete(&found, &place->vault, world.name, err) < 0)
		return -1;
	if (login.is_github)
		revoke(&world, &login);
	log_notice("logged out at %s", login.issuer);
	return 0;
}
