#include "bin/ghstats-serve/cache.h"

#include <stdlib.h>

#include "lib/str.h"

/* Times as "7d" move on: not even an unchanged answer is true for long. */
enum { AGE_MS = 10000, PAGE_BYTES = 256 << 10 };

const struct cache_page *cache_find(struct cache *cache, const char *address,
				    int64_t version, int64_t now_ms)
{
	for (int i = 0; i < CACHE_PAGES; i++) {
		struct cache_page *page = &cache->pages[i];

		if (page->version == version && page->made_ms <= now_ms &&
		    now_ms - page->made_ms < AGE_MS &&
		    str_equal(page->address, address)) {
			page->used = ++cache->turn;
			return page;
		}
	}
	return NULL;
}

static void forget(struct cache_page *page)
{
	free(page->address);
	buf_free(&page->json);
	buf_free(&page->next);
	*page = (struct cache_page){ 0 };
}

void cache_keep(struct cache *cache, const struct cache_page *page)
{
	struct cache_page *place = &cache->pages[0];

	if (page->json.len > PAGE_BYTES)
		return;
	for (int i = 0; i < CACHE_PAGES; i++) {
		struct cache_page *other = &cache->pages[i];

		if (str_equal(other->address, page->address)) {
			place = other;
			break;
		}
		if (other->used < place->used)
			place = other;
	}
	forget(place);
	place->address = str_dup(page->address);
	buf_add(&place->json, page->json.data, page->json.len);
	buf_add(&place->next, page->next.data, page->next.len);
	place->version = page->version;
	place->made_ms = page->made_ms;
	place->used = ++cache->turn;
}

void cache_free(struct cache *cache)
{
	for (int i = 0; i < CACHE_PAGES; i++)
		forget(&cache->pages[i]);
}
