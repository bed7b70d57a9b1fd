#ifndef LIB_SESSION_H
#define LIB_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/apikey.h"
#include "lib/buf.h"
#include "lib/crypto.h"
#include "lib/ticket.h"

struct error;
struct layout;
struct principal;
struct session_family;
struct vault;

/*
 * Sessions: somebody who has proved who they are gets an access token for 15 minutes, a JSON Web
 * Token that says it to one audience, and a refresh token for seven days, which gives the next
 * pair, once.  A refresh token that comes a second time was stolen from somebody: then the
 * whole session ends.  What verifies is lib/session_verify.h.
 */
#define SESSION_ISSUER "hooktools"
#define SESSION_TYPE "at+jwt" /* RFC 9068: no other token of ours is taken for one */
#define SESSION_REFRESH_KIND "htr"
#define SESSION_ACCESS_S 900
#define SESSION_REFRESH_S (7 * 24 * 3600)
#define SESSION_END_S (90 * 24 * 3600) /* then whoever it is has to come back in person */
#define SESSION_AUDIENCE_MAX 255

struct session_store {
	int dir;			   /* <state>/sessions; -1 when closed */
	const struct vault *vault;	   /* the caller's */
	struct apikey_store keys;	   /* sessions made with an API key end with it */
	uint8_t seal_key[CRYPTO_KEY_LEN];  /* of families */
	uint8_t token_key[CRYPTO_KEY_LEN]; /* of refresh tokens */
	int64_t grace_ms;		   /* see session_refresh; the caller's to set */
};

#define SESSION_STORE_NONE                                                               \
	{                                                                                \
		-1, NULL, APIKEY_STORE_NONE, { 0 }, { 0 }, 0                             \
	}
#define auto_session_store __attribute__((cleanup(session_store_close)))

/* Makes the folder when it is missing; vault must outlive the store. */
int session_store_open(struct session_store *store, const struct layout *layout,
		       const struct vault *vault, struct error *err);
void session_store_close(struct session_store *store);

struct session_tokens {
	char id[TICKET_ID_LEN + 1];
	struct buf access;
	struct buf refresh;	  /* empty when there is none */
	int64_t access_expires_s; /* Unix time */
	int64_t refresh_expires_s;
};

#define SESSION_TOKENS_EMPTY                                                             \
	{                                                                                \
		"", BUF_EMPTY, BUF_EMPTY, 0, 0                                           \
	}
#define auto_session_tokens __attribute__((cleanup(session_tokens_wipe)))

void session_tokens_wipe(struct session_tokens *tokens);

struct session_wish {
	const struct principal *principal;
	const char *audience; /* 1 to SESSION_AUDIENCE_MAX bytes */
	bool once;	      /* no refresh token */
	int64_t until_ms;     /* the session ends then at the latest; 0: says nothing */
	int64_t now_ms;
};

/* ERROR_USAGE when the principal or the audience is none. */
int session_issue(struct session_tokens *tokens, const struct session_store *store,
		  const struct session_wish *wish, struct error *err);

/*
 * The next pair; what is stored is durable before it is given out.  ERROR_ABSENT says why not:
 * the token is none, the session is over, the API key behind it is not good any more, or the
 * token was used before, and then nothing of the session is good any more.  Roles and
 * namespace of an API key are looked up anew.
 *
 * A browser sends several requests at once, and with them one refresh token: for store->grace_ms
 * after its use the last token before the good one gives the good one again, and nothing ends.
 * Who stole it has what the browser has, and whoever of them is second to use that is known.
 */
int session_refresh(struct session_tokens *tokens, const struct session_store *store,
		    struct str_view text, int64_t now_ms, struct error *err);

/* Neither its access nor its refresh tokens are good from now on; reason is for people. */
int session_revoke(const struct session_store *store, const char *id, const char *reason,
		   int64_t now_ms, struct error *err);

/* Append the ids, oldest first, each with a line break. */
int session_ids(struct buf *ids, const struct session_store *store, struct error *err);
int session_load(struct session_family *family, const struct session_store *store,
		 const char *id, struct error *err);
bool session_is_revoked(const struct session_store *store, const char *id);

/* Forget what ended before that time; *count of them. */
int session_prune(size_t *count, const struct session_store *store, int64_t before_ms,
		  struct error *err);

#endif
