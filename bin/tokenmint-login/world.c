#include "bin/tokenmint-login/world.h"

#include <stdlib.h>

#include "bin/tokenmint-login/options.h"
#include "lib/error.h"
#include "lib/identity_record.h"
#include "lib/json_write.h"
#include "lib/oidc_cache.h"
#include "lib/place.h"

static int find_places(struct world *world, const struct options *options,
		       const struct place *place, bool begins, struct error *err)
{
	auto_oidc_cache struct oidc_cache cache = OIDC_CACHE_NONE;

	if (!options->issuer) {
		login_places_github(&world->places,
				    config_get(&world->config, "HOOKTOOLS_GITHUB_URL"));
		return 0;
	}
	if (oidc_check_issuer(options->issuer, err) < 0)
		return -1;
	if (begins && oidc_cache_open(&cache, &place->layout, options->issuer,
				      options->now_ms, err) < 0)
		return -1;
	if (begins)
		login_places_issuer(&world->places, &cache.provider);
	else
		world->places.issuer = str_dup(options->issuer);
	return 0;
}

int world_open(struct world *world, const struct options *options,
	       const struct place *place, bool begins, struct error *err)
{
	if (config_load(&world->config, &place->layout, err) < 0 ||
	    github_open(&world->github,
			config_get(&world->config, "HOOKTOOLS_GITHUB_API"), err) < 0 ||
	    find_places(world, options, place, begins, err) < 0)
		return -1;
	world->name = login_name(world->places.issuer);
	return 0;
}

void world_close(struct world *world)
{
	free(world->name);
	world->name = NULL;
	login_places_free(&world->places);
	github_close(&world->github);
	config_free(&world->config);
}

int world_write_login(const struct login *login, struct error *err)
{
	auto_buf struct buf out = BUF_EMPTY;
	struct json_writer writer = JSON_WRITER(&out);

	json_write_object(&writer, NULL);
	json_write_string(&writer, "issuer", login->issuer);
	json_write_string(&writer, "subject", login->subject);
	json_write_string(&writer, "name", login->name);
	json_write_string(&writer, "email", login->email);
	json_write_string(&writer, "client_id", login->client_id);
	identity_record_write_time(&writer, "expires_at", login->token.expires_ms);
	json_write_bool(&writer, "refreshes", login->token.refresh.len > 0);
	json_write_object_end(&writer);
	buf_add_char(&out, '\n');
	return place_write(&out, err);
}
