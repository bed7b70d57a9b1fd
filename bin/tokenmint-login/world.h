#ifndef BIN_TOKENMINT_LOGIN_WORLD_H
#define BIN_TOKENMINT_LOGIN_WORLD_H

#include <stdbool.h>

#include "lib/config.h"
#include "lib/github.h"
#include "lib/login.h"

struct error;
struct options;
struct place;

/* Whom the commands of login speak with: the issuer that was asked for, or GitHub. */
struct world {
	struct config config;
	struct github github; /* its API, and the client for all HTTP */
	struct login_places places;
	char *name; /* of what is kept, in the vault */
};

#define WORLD_NONE                                                                       \
	{                                                                                \
		CONFIG_EMPTY, GITHUB_NONE, LOGIN_PLACES_EMPTY, NULL                      \
	}
#define auto_world __attribute__((cleanup(world_close)))

/* The issuer's discovery document is looked up when a login is to begin. */
int world_open(struct world *world, const struct options *options,
	       const struct place *place, bool begins, struct error *err);
void world_close(struct world *world);

/* Who has logged in, as a line of JSON on standard output. */
int world_write_login(const struct login *login, struct error *err);

#endif
