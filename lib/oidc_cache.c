#include "lib/oidc_cache.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/crypto.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/hex.h"
#include "lib/http_client.h"
#include "lib/layout.h"
#include "lib/path.h"

#define DISCOVERY "discovery.json"
#define KEYS "keys.jwks"
#define ASKED "asked" /* its time of change is when we last asked; also the lock */
#define WELL_KNOWN ".well-known/openid-configuration"
#define FRESH_MS (INT64_C(3600) * 1000)
#define STALE_MS (24 * FRESH_MS)
#define PAUSE_MS (INT64_C(60) * 1000)
#define TIMEOUT_MS 10000
#define ID_BYTES 16

void oidc_cache_close(struct oidc_cache *cache)
{
	cleanup_close(&cache->dir);
	free(cache->issuer);
	oidc_provider_free(&cache->provider);
	jwk_set_free(&cache->keys);
	*cache = (struct oidc_cache)OIDC_CACHE_NONE;
}

static int open_dir(struct oidc_cache *cache, const struct layout *layout,
		    struct error *err)
{
	uint8_t digest[CRYPTO_SHA256_LEN] = { 0 };
	char id[2 * ID_BYTES + 1] = "";
	auto_free char *path = NULL;

	crypto_sha256(digest, cache->issuer, strlen(cache->issuer));
	hex_encode(id, digest, ID_BYTES);
	path = str_format("%s/oidc/%s", layout->state, id);
	if (file_make_dirs(path, 0700, err) < 0)
		return -1;
	return file_open_dir(&cache->dir, AT_FDCWD, path, err);
}

/* How old a file is; INT64_MAX when there is none, or when it is from the future. */
static int64_t age_ms(const struct oidc_cache *cache, const char *name, int64_t now_ms)
{
	struct stat status = { 0 };
	int64_t age = INT64_MAX;

	if (fstatat(cache->dir, name, &status, AT_SYMLINK_NOFOLLOW) == 0)
		age = now_ms - ((int64_t)status.st_mtim.tv_sec * 1000 +
				status.st_mtim.tv_nsec / 1000000);
	return age >= -PAUSE_MS ? age : INT64_MAX;
}

static int read_documents(struct oidc_cache *cache, const struct buf *discovery,
			  const struct buf *keys, struct error *err)
{
	auto_jwk_set struct jwk_set set = JWK_SET_EMPTY;

	if (oidc_read_discovery(&cache->provider,
				(struct str_view){ buf_str(discovery), discovery->len },
				cache->issuer, err) < 0 ||
	    jwk_set_read(&set, (struct str_view){ buf_str(keys), keys->len }, err) < 0)
		return error_wrap(err, "issuer '%s'", cache->issuer);
	jwk_set_free(&cache->keys);
	cache->keys = set;
	set = (struct jwk_set)JWK_SET_EMPTY;
	return 0;
}

static int load(struct oidc_cache *cache, struct error *err)
{
	auto_buf struct buf discovery = BUF_EMPTY;
	auto_buf struct buf keys = BUF_EMPTY;

	if (file_read(&discovery, cache->dir, DISCOVERY, OIDC_DISCOVERY_MAX, err) < 0 ||
	    file_read(&keys, cache->dir, KEYS, JWK_SET_TEXT_MAX, err) < 0)
		return -1;
	return read_documents(cache, &discovery, &keys, err);
}

static int fetch(struct buf *body, struct http_client *client, const char *url,
		 size_t limit, struct error *err)
{
	static const char *const headers[] = { "Accept: application/json", NULL };
	auto_http_client_response struct http_client_response response =
		HTTP_CLIENT_RESPONSE_EMPTY;
	const struct http_client_request request = { .method = "GET",
						     .url = url,
						     .headers = headers,
						     .timeout_ms = TIMEOUT_MS,
						     .limit_bytes = limit };

	if (http_client_send(&response, client, &request, err) < 0)
		return -1;
	if (response.status != 200)
		return error_set(err,
				 response.status >= 500 || response.status == 429
					 ? ERROR_TEMPORARY
					 : ERROR_DATA,
				 "'%.200s' answers %d", url, response.status);
	buf_add(body, response.body.data, response.body.len);
	return 0;
}

/* Nothing is kept of an answer that makes no sense. */
static int ask(struct oidc_cache *cache, struct error *err)
{
	auto_http_client struct http_client client = HTTP_CLIENT_NONE;
	auto_oidc_provider struct oidc_provider provider = OIDC_PROVIDER_EMPTY;
	auto_buf struct buf discovery = BUF_EMPTY;
	auto_buf struct buf keys = BUF_EMPTY;
	auto_free char *url = path_join(cache->issuer, WELL_KNOWN);

	if (http_client_open(&client, err) < 0 ||
	    fetch(&discovery, &client, url, OIDC_DISCOVERY_MAX, err) < 0 ||
	    oidc_read_discovery(&provider,
				(struct str_view){ buf_str(&discovery), discovery.len },
				cache->issuer, err) < 0 ||
	    fetch(&keys, &client, provider.jwks_uri, JWK_SET_TEXT_MAX, err) < 0)
		return error_wrap(err, "issuer '%s'", cache->issuer);
	if (read_documents(cache, &discovery, &keys, err) < 0 ||
	    file_replace(cache->dir, DISCOVERY, discovery.data, discovery.len, 0600,
			 err) < 0)
		return -1;
	return file_replace(cache->dir, KEYS, keys.data, keys.len, 0600, err);
}

/* Under the lock: the pause holds for all processes, and those who waited look again. */
static int renew(struct oidc_cache *cache, int64_t fresh_ms, int64_t now_ms,
		 struct error *err)
{
	auto_close int lock = -1;
	bool is_first = age_ms(cache, ASKED, now_ms) == INT64_MAX;

	if (file_lock(&lock, cache->dir, ASKED, err) < 0)
		return -1;
	if (age_ms(cache, KEYS, now_ms) < fresh_ms)
		return load(cache, err);
	if (!is_first && age_ms(cache, ASKED, now_ms) < PAUSE_MS)
		return error_set(err, ERROR_TEMPORARY,
				 "issuer '%s' was asked less than a minute ago",
				 cache->issuer);
	(void)futimens(lock, NULL); /* at worst it is asked once more */
	return ask(cache, err);
}

int oidc_cache_renew(struct oidc_cache *cache, int64_t now_ms, struct error *err)
{
	return renew(cache, PAUSE_MS, now_ms, err);
}

int oidc_cache_open(struct oidc_cache *cache, const struct layout *layout,
		    const char *issuer, int64_t now_ms, struct error *err)
{
	auto_oidc_cache struct oidc_cache opened = OIDC_CACHE_NONE;
	struct error stale = { 0 };
	int64_t age = 0;
	int status = 0;

	if (oidc_check_issuer(issuer, err) < 0)
		return -1;
	opened.issuer = str_dup(issuer);
	if (open_dir(&opened, layout, err) < 0)
		return -1;
	age = age_ms(&opened, KEYS, now_ms);
	if (age < FRESH_MS)
		status = load(&opened, err);
	else
		status = renew(&opened, FRESH_MS, now_ms, err);
	if (status < 0 && (age >= STALE_MS || load(&opened, &stale) < 0))
		return -1;
	*cache = opened;
	opened = (struct oidc_cache)OIDC_CACHE_NONE;
	return 0;
}
