#ifndef LIB_LOGIN_H
#define LIB_LOGIN_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/oauth.h"

struct error;
struct http_client;
struct oidc_provider;
struct vault;

/*
 * People who have logged in with GitHub or an issuer of OpenID Connect: the steps of it over
 * HTTP, and what is kept of it, sealed in the vault as user/NAME.  A refresh token is used
 * once, under the lock of that name, and what comes of it is durable before it is given out.
 */
#define LOGIN_GITHUB "https://github.com"
#define LOGIN_LEAST_MS (INT64_C(5) * 60 * 1000) /* a token given out lives so long yet */

/* Where to go; NULL for what there is none. */
struct login_places {
	char *issuer;
	bool is_github;
	char *authorization;
	char *token;
	char *device;
};

#define LOGIN_PLACES_EMPTY                                                               \
	{                                                                                \
		NULL, false, NULL, NULL, NULL                                            \
	}
#define auto_login_places __attribute__((cleanup(login_places_free)))

void login_places_free(struct login_places *places);

/* base NULL: LOGIN_GITHUB; else an Enterprise server's address. */
void login_places_github(struct login_places *places, const char *base);
void login_places_issuer(struct login_places *places,
			 const struct oidc_provider *provider);

/* Who speaks for the person. */
struct login_client {
	const char *id;
	const char *secret; /* NULL: none */
	const char *scope;  /* NULL: none */
};

/* The address that a person's browser is sent to. */
void login_address(struct buf *url, const struct login_places *places,
		   const struct login_client *client, const char *redirect,
		   const struct oauth_proof *proof);

/* Each: ERROR_TEMPORARY when the issuer cannot be reached, else as lib/oauth.h has it. */
int login_begin_device(struct oauth_device *device, struct http_client *http,
		       const struct login_places *places,
		       const struct login_client *client, struct error *err);

/* What a code, a device code or a refresh token gives. */
struct login_grant {
	const char *endpoint;
	const char *code; /* one of these three */
	const char *device_code;
	const char *refresh;
	const char *redirect; /* with code */
	const char *verifier; /* with code */
};

int login_ask_token(struct oauth_answer *answer, struct http_client *http,
		    const struct login_client *client, const struct login_grant *grant,
		    struct error *err);

/* What is kept. */
struct login {
	char *issuer;
	bool is_github;
	char *endpoint; /* of tokens */
	char *client_id;
	char *client_secret; /* NULL: none */
	char *subject;	     /* what never changes about the person */
	char *name;	     /* the rest is for people; may be NULL */
	char *email;
	struct oauth_token token;
};

#define LOGIN_EMPTY                                                                      \
	{                                                                                \
		NULL, false, NULL, NULL, NULL, NULL, NULL, NULL, OAUTH_TOKEN_EMPTY       \
	}
#define auto_login __attribute__((cleanup(login_wipe)))

void login_wipe(struct login *login);

/* "user/<host and path, made a name>"; the caller frees it. */
char *login_name(const char *issuer);

int login_save(const struct login *login, const struct vault *vault, const char *name,
	       struct error *err);

/* *found is false when nobody has logged in under that name. */
int login_load(struct login *login, bool *found, const struct vault *vault,
	       const char *name, struct error *err);

/*
 * The same, with an access token that lives for LOGIN_LEAST_MS yet: refreshed when it has to be.
 * ERROR_ABSENT when nobody has logged in, or has to again.
 */
int login_live(struct login *login, struct http_client *http, const struct vault *vault,
	       const char *name, struct error *err);

/* The record, a JSON object. */
void login_write(struct buf *out, const struct login *login);
int login_read(struct login *login, struct str_view record, struct error *err);

#endif
