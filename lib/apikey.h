#ifndef LIB_APIKEY_H
#define LIB_APIKEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/buf.h"
#include "lib/crypto.h"
#include "lib/principal.h"
#include "lib/ticket.h"

struct error;
struct layout;
struct vault;

/*
 * API keys: one file each, <state>/apikeys/<id>, that says what the key is for and holds an
 * HMAC-SHA-256 of it, never the key.  The file is authenticated as a whole: a role that is written
 * into it by hand makes it worthless.  See tokenmint-identity(1).
 */
#define APIKEY_KIND "htk"
#define APIKEY_NAME_MAX 100

struct apikey_store {
	int dir;			  /* -1 when closed */
	uint8_t hash_key[CRYPTO_KEY_LEN]; /* of keys */
	uint8_t seal_key[CRYPTO_KEY_LEN]; /* of records */
};

#define APIKEY_STORE_NONE                                                                \
	{                                                                                \
		-1, { 0 },                                                               \
		{                                                                        \
			0                                                                \
		}                                                                        \
	}
#define auto_apikey_store __attribute__((cleanup(apikey_store_close)))

struct apikey {
	char id[TICKET_ID_LEN + 1];
	char *name;	  /* for people; may be empty */
	char *name_space; /* NULL: none */
	char *bound;	  /* what it ends with, "run:ID"; NULL: nothing */
	unsigned roles;
	int64_t created_ms;
	int64_t expires_ms; /* 0: never */
	int64_t revoked_ms; /* 0: not */
	int64_t used_ms;    /* 0: never; exact to a minute */
	uint8_t hash[CRYPTO_SHA256_LEN];
};

#define APIKEY_EMPTY                                                                     \
	{                                                                                \
		"", NULL, NULL, NULL, 0, 0, 0, 0, 0,                                     \
		{                                                                        \
			0                                                                \
		}                                                                        \
	}
#define auto_apikey __attribute__((cleanup(apikey_free)))

void apikey_free(struct apikey *key);

/* Makes the folder, and what is in the vault (identity/pepper), when they are missing. */
int apikey_store_open(struct apikey_store *store, const struct layout *layout,
		      const struct vault *vault, struct error *err);
void apikey_store_close(struct apikey_store *store);

/* What a key shall be; the strings are the caller's. */
struct apikey_wish {
	const char *name;	/* NULL: none; at most APIKEY_NAME_MAX bytes */
	const char *name_space; /* NULL: none */
	const char *bound;	/* NULL: nothing */
	unsigned roles;		/* at least one */
	int64_t now_ms;
	int64_t expires_ms; /* 0: never */
};

/* Append the key's text: this is the only time that it is seen.  *key is what was stored.
 * ERROR_USAGE when the wish has no role, or a name that is none. */
int apikey_create(struct buf *text, struct apikey *key, const struct apikey_store *store,
		  const struct apikey_wish *wish, struct error *err);

/*
 * The same once in the life of the store, for its first administrator, roles or not:
 * <state>/apikeys/bootstrap_token_created remembers it.  ERROR_ABSENT the second time.
 */
int apikey_bootstrap(struct buf *text, struct apikey *key,
		     const struct apikey_store *store, const struct apikey_wish *wish,
		     struct error *err);

/*
 * Whose key is it?  Compared in constant time; notes the time of use when the last one is a
 * minute old.  ERROR_ABSENT with the reason when the text is no key, is unknown, revoked or has
 * expired; ERROR_DENIED when its file was changed.
 */
int apikey_verify(struct apikey *key, const struct apikey_store *store,
		  struct str_view text, int64_t now_ms, struct error *err);

/* ERROR_ABSENT when there is none, or an id that is none. */
int apikey_load(struct apikey *key, const struct apikey_store *store, const char *id,
		struct error *err);

/* NULL when it may be used now, otherwise "has been revoked" or "has expired". */
const char *apikey_problem(const struct apikey *key, int64_t now_ms);

/* Append the ids, oldest first, each with a line break. */
int apikey_ids(struct buf *ids, const struct apikey_store *store, struct error *err);

/* From now on the key is refused; revoking again changes nothing. */
int apikey_revoke(const struct apikey_store *store, const char *id, int64_t now_ms,
		  struct error *err);

/* Remove, file and all, every key bound to this; *count of them. */
int apikey_remove_bound(size_t *count, const struct apikey_store *store,
			const char *bound, struct error *err);

/* Remove the files of keys that were revoked or expired before that time; *count of them. */
int apikey_prune(size_t *count, const struct apikey_store *store, int64_t before_ms,
		 struct error *err);

/* The subject is "apikey:<id>". */
void apikey_principal(struct principal *principal, const struct apikey *key);

/* An object with everything but the hash, a line of its own. */
void apikey_write(struct buf *out, const struct apikey *key, int64_t now_ms);

#endif
