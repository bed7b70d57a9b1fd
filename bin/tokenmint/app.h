#ifndef BIN_TOKENMINT_APP_H
#define BIN_TOKENMINT_APP_H

#include <stdint.h>

#include "bin/tokenmint/home.h"
#include "lib/str.h"
#include "lib/vault.h"

struct error;

/*
 * A GitHub App: who it is, where it lives and its private key, or who has that; in the vault as
 * app/NAME.  The views point into the secret, which is wiped with the struct; hookvault(5) has
 * the format.
 */
enum { APP_NAME_LEN = 33 };

struct app {
	char name[APP_NAME_LEN];
	char home[HOME_LABEL_LEN]; /* of its api; "": that of the configuration */
	struct vault_secret secret;
	struct str_view id;	   /* digits; len 0 when unknown */
	struct str_view client_id; /* len 0 when unknown */
	struct str_view api;	   /* len 0: the one of the configuration */
	struct str_view signer;	   /* the name of a command that signs; len 0: none */
	struct str_view key_uri;   /* PKCS#11; len 0: none */
	struct str_view pem;	   /* when there is neither */
};

#define APP_EMPTY                                                                        \
	{                                                                                \
		.name = ""                                                               \
	}
#define auto_app __attribute__((cleanup(app_wipe)))

void app_wipe(struct app *app);

/* A name that is not there is ERROR_ABSENT. */
int app_load(struct app *app, const struct vault *vault, const char *name,
	     struct error *err);

/* Who an App is; id and client_id may be NULL, not both; NULL is nothing for the others. */
struct app_identity {
	const char *name;
	const char *id;
	const char *client_id;
	const char *api;    /* a whole base */
	const char *signer; /* one of signer, key_uri, and a pem */
	const char *key_uri;
};

/* Check the key and keep it. */
int app_store(const struct vault *vault, const struct app_identity *identity,
	      struct str_view pem, struct error *err);

/* The app to use: the one named, or the only one there is when name is NULL. */
int app_choose(struct app *app, const struct vault *vault, const char *name,
	       struct error *err);

/* The app an event's installation belongs to, by its app_id or client_id, and by the API in its
 * access_tokens_url where Apps of several have the same number. */
int app_of_installation(struct app *app, const struct vault *vault,
			struct str_view installation, struct error *err);

/* Append the names, each with a line break. */
int app_names(struct buf *names, const struct vault *vault, struct error *err);

/* The number, else the client id: who signs.  The caller frees it. */
char *app_issuer(const struct app *app);

#endif
