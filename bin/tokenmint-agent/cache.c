#include "bin/tokenmint-agent/cache.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base64.h"
#include "lib/cleanup.h"
#include "lib/crypto.h"
#include "lib/date.h"
#include "lib/json_plain.h"

#define LOOK_AGAIN_MS 10000 /* so long may a revoked token be given */
#define STALE_MS 1000	    /* of one that could not be had longer-lived */
#define FAILURE_MS 1000
#define LEAST_MS 60000
#define REJECT_AGAIN_MS 10000

static uint64_t hash_of(const struct buf *key)
{
	uint64_t hash = 14695981039346656037u; /* FNV-1a */

	for (size_t i = 0; i < key->len; i++)
		hash = (hash ^ (uint8_t)key->data[i]) * 1099511628211u;
	return hash;
}

static void entry_free(struct cache_entry *entry)
{
	buf_free(&entry->key);
	buf_wipe(&entry->answer);
	free(entry);
}

void cache_free(struct cache *cache)
{
	for (size_t i = 0; i < cache->count; i++)
		entry_free(cache->entries[i]);
	cache->count = 0;
}

/* The place of the entry that was not used for longest. */
static bool find_oldest(size_t *place, const struct cache *cache)
{
	bool found = false;

	for (size_t i = 0; i < cache->count; i++) {
		if (cache->entries[i]->is_asked)
			continue;
		if (!found ||
		    cache->entries[i]->used_ms < cache->entries[*place]->used_ms)
			*place = i;
		found = true;
	}
	return found;
}

static struct cache_entry *add(struct cache *cache, const struct buf *key, uint64_t hash)
{
	struct cache_entry *entry = NULL;
	size_t place = cache->count;

	if (cache->count == CACHE_ENTRIES) {
		if (!find_oldest(&place, cache))
			return NULL;
		entry_free(cache->entries[place]);
	} else {
		cache->count++;
	}
	entry = calloc(1, sizeof *entry);
	if (!entry)
		abort();
	buf_add(&entry->key, key->data, key->len);
	entry->key_hash = hash;
	cache->entries[place] = entry;
	return entry;
}

struct cache_entry *cache_get(struct cache *cache, const struct buf *key, int64_t now_ms)
{
	uint64_t hash = hash_of(key);
	struct cache_entry *entry = NULL;

	for (size_t i = 0; i < cache->count && !entry; i++)
		if (cache->entries[i]->key_hash == hash &&
		    cache->entries[i]->key.len == key->len &&
		    memcmp(cache->entries[i]->key.data, key->data, key->len) == 0)
			entry = cache->entries[i];
	if (!entry)
		entry = add(cache, key, hash);
	if (entry)
		entry->used_ms = now_ms;
	return entry;
}

bool cache_is_fresh(const struct cache_entry *entry, uint64_t min_ttl_s, int64_t now_ms)
{
	int64_t age_ms = now_ms - entry->fetched_ms;
	int64_t left_ms = entry->expires_ms - now_ms;

	if (entry->answer.len == 0 || entry->refused[0] || age_ms < 0 ||
	    left_ms < LEAST_MS)
		return false;
	return age_ms < STALE_MS ||
	       (age_ms < LOOK_AGAIN_MS && left_ms >= (int64_t)min_ttl_s * 1000);
}

bool cache_has_failed(const struct cache_entry *entry, int64_t now_ms)
{
	int64_t age_ms = now_ms - entry->fetched_ms;

	return entry->failure.kind != ERROR_NONE && age_ms >= 0 && age_ms < FAILURE_MS;
}

static void write_hash(char hash[static CACHE_HASH_LEN], struct str_view token)
{
	uint8_t digest[CRYPTO_SHA256_LEN] = { 0 };
	auto_buf struct buf text = BUF_EMPTY;

	crypto_sha256(digest, token.data, token.len);
	base64_encode(&text, digest, sizeof digest);
	memcpy(hash, buf_str(&text), CACHE_HASH_LEN);
}

int cache_put(struct cache_entry *entry, struct str_view line, int64_t now_ms,
	      struct error *err)
{
	struct str_view token = { NULL, 0 };
	struct str_view expires = { NULL, 0 };
	char hash[CACHE_HASH_LEN] = "";
	auto_free char *date = NULL;
	int64_t expires_ms = 0;

	if (!json_plain_is_valid(line) || !json_plain_string(&token, line, "token") ||
	    token.len == 0 || !json_plain_string(&expires, line, "expires_at"))
		return error_set(err, ERROR_DATA, "tokenmint gave no token");
	date = str_format("%.*s", (int)expires.len, expires.data);
	if (!date_parse(&expires_ms, date))
		return error_set(err, ERROR_DATA, "'%.40s' is no date", date);
	write_hash(hash, token);
	if (!str_equal(hash, entry->token_hash))
		entry->given_count = 0;
	memcpy(entry->token_hash, hash, sizeof hash);
	buf_wipe(&entry->answer);
	buf_add(&entry->answer, line.data, line.len);
	buf_add_char(&entry->answer, '\n');
	entry->expires_ms = expires_ms;
	entry->fetched_ms = now_ms;
	entry->refused[0] = '\0';
	entry->failure.kind = ERROR_NONE;
	return 0;
}

void cache_fail(struct cache_entry *entry, const struct error *failure, int64_t now_ms)
{
	buf_wipe(&entry->answer);
	entry->failure = *failure;
	entry->fetched_ms = now_ms;
}

/* Not more often than now and then: it costs a token each time. */
bool cache_reject(struct cache_entry *entry, struct str_view hash, int64_t now_ms)
{
	if (entry->answer.len > 0 && !str_view_equal(hash, entry->token_hash))
		return false;
	if (hash.len != CACHE_HASH_LEN - 1 ||
	    (entry->rejected_ms > 0 && now_ms - entry->rejected_ms >= 0 &&
	     now_ms - entry->rejected_ms < REJECT_AGAIN_MS))
		return false;
	memcpy(entry->refused, hash.data, hash.len);
	entry->refused[hash.len] = '\0';
	entry->rejected_ms = now_ms;
	return true;
}

bool cache_gives(struct cache_entry *entry, uid_t uid)
{
	for (size_t i = 0; i < entry->given_count; i++)
		if (entry->given[i] == uid)
			return false;
	if (entry->given_count < CACHE_GIVEN)
		entry->given[entry->given_count++] = uid;
	return true;
}
