#ifndef BIN_TOKENMINT_APP_H
#define BIN_TOKENMINT_APP_H

#include <stdint.h>

#include "lib/str.h"
#include "lib/vault.h"

struct error;

/*
 * A GitHub App: who it is and its private key, in the vault as app/NAME.  The views point into
 * the secret, which is wiped with the struct; hookvault(5) has the format.
 */
enum { APP_NAME_LEN = 33 };

struct app {
	char name[APP_NAME_LEN];
	struct vault_secret secret;
	struct str_view id;	   /* digits; len 0 when unknown */
	struct str_view client_id; /* len 0 when unknown */
	struct str_view pem;
};

#define APP_EMPTY                                                                        \
	{                                                                                \
		"", VAULT_SECRET_EMPTY, { NULL, 0 }, { NULL, 0 },                        \
		{                                                                        \
			NULL, 0                                                          \
		}                                                                        \
	}
#define auto_app __attribute__((cleanup(app_wipe)))

void app_wipe(struct app *app);

/* A name that is not there is ERROR_ABSENT. */
int app_load(struct app *app, const struct vault *vault, const char *name,
	     struct error *err);

/* Who an App is; id and client_id may be NULL, not both. */
struct app_identity {
	const char *name;
	const char *id;
	const char *client_id;
};

/* Check the key and keep it. */
int app_store(const struct vault *vault, const struct app_identity *identity,
	      struct str_view pem, struct error *err);

/* The app to use: the one named, or the only one there is when name is NULL. */
int app_choose(struct app *app, const struct vault *vault, const char *name,
	       struct error *err);

/* The app an event's installation belongs to, by its app_id or client_id. */
int app_of_installation(struct app *app, const struct vault *vault,
			struct str_view installation, struct error *err);

/* Append the names, each with a line break. */
int app_names(struct buf *names, const struct vault *vault, struct error *err);

/* Append an App JWT for the time given. */
int app_sign(struct buf *token, const struct app *app, int64_t now_ms, struct error *err);

#endif
