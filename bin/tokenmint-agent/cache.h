#ifndef BIN_TOKENMINT_AGENT_CACHE_H
#define BIN_TOKENMINT_AGENT_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/buf.h"
#include "lib/error.h"
#include "lib/str.h"

/*
 * What the agent was given by `tokenmint get`, one entry for each key of policy_decide.  An entry
 * is looked at again after a while, so that a token which was revoked or replaced in the vault
 * is not given out for long.
 */
#define CACHE_ENTRIES 1024
#define CACHE_HASH_LEN 45 /* base 64 of a SHA-256, and the NUL */
#define CACHE_GIVEN 32

struct cache_entry {
	struct buf key;
	uint64_t key_hash;
	struct buf answer; /* the line of JSON for clients; empty: none yet */
	char token_hash[CACHE_HASH_LEN];
	char refused[CACHE_HASH_LEN]; /* to be told to tokenmint with the next question */
	int64_t expires_ms;
	int64_t fetched_ms;
	int64_t rejected_ms;
	int64_t used_ms;
	struct error failure;	  /* of the last question; kind ERROR_NONE: none */
	bool is_asked;		  /* a question is under way: the entry stays */
	uid_t given[CACHE_GIVEN]; /* whom the token was given to */
	size_t given_count;
};

struct cache {
	struct cache_entry *entries[CACHE_ENTRIES];
	size_t count;
};

#define auto_cache __attribute__((cleanup(cache_free)))

/* The key's entry, made if there is none; NULL when all places are taken by questions. */
struct cache_entry *cache_get(struct cache *cache, const struct buf *key, int64_t now_ms);

/* May the answer be given to who wants it to live for so long?  The failure, likewise. */
bool cache_is_fresh(const struct cache_entry *entry, uint64_t min_ttl_s, int64_t now_ms);
bool cache_has_failed(const struct cache_entry *entry, int64_t now_ms);

/* Keep a line of `tokenmint get --json`; ERROR_DATA when it is none. */
int cache_put(struct cache_entry *entry, struct str_view line, int64_t now_ms,
	      struct error *err);
void cache_fail(struct cache_entry *entry, const struct error *failure, int64_t now_ms);

/* A server refused the token with this hash; true when it is the one we have, or may be. */
bool cache_reject(struct cache_entry *entry, struct str_view hash, int64_t now_ms);

/* Note that it is given; false when this user had it before. */
bool cache_gives(struct cache_entry *entry, uid_t uid);

void cache_free(struct cache *cache);

#endif
