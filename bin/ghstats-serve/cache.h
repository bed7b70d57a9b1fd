#ifndef BIN_GHSTATS_SERVE_CACHE_H
#define BIN_GHSTATS_SERVE_CACHE_H

#include <stdint.h>

#include "lib/buf.h"

/* Answers made a moment ago, for those who ask the same while nothing has changed. */
enum { CACHE_PAGES = 64 };

struct cache_page {
	char *address; /* path and parameters; NULL: none is kept here */
	struct buf json;
	struct buf next; /* the cursor of the next page */
	int64_t version; /* of the database */
	int64_t made_ms;
	uint64_t used; /* the greater, the later */
};

struct cache {
	struct cache_page pages[CACHE_PAGES];
	uint64_t turn;
};

#define CACHE_EMPTY                                                                      \
	{                                                                                \
		.turn = 0                                                                \
	}

/* The page, until the cache is used again; NULL when there is none that is still true. */
const struct cache_page *cache_find(struct cache *cache, const char *address,
				    int64_t version, int64_t now_ms);

/* Keep a copy of page in the place of the one that was longest not asked for; a large one
 * is not kept. */
void cache_keep(struct cache *cache, const struct cache_page *page);
void cache_free(struct cache *cache);

#endif
