#ifndef LIB_OIDC_CACHE_H
#define LIB_OIDC_CACHE_H

#include <stdint.h>

#include "lib/jwk.h"
#include "lib/oidc.h"

struct error;
struct layout;

/*
 * An issuer's discovery document and keys, kept in <state>/oidc/<id>/, for all processes: asked
 * for again when they are an hour old, and when a token names a key that is not among them, but
 * never within a minute.  Keys up to a day old serve while the issuer cannot be reached.
 */
struct oidc_cache {
	int dir;
	char *issuer;
	struct oidc_provider provider;
	struct jwk_set keys;
};

#define OIDC_CACHE_NONE                                                                  \
	{                                                                                \
		-1, NULL, OIDC_PROVIDER_EMPTY, JWK_SET_EMPTY                             \
	}
#define auto_oidc_cache __attribute__((cleanup(oidc_cache_close)))

/* ERROR_USAGE: no issuer; ERROR_TEMPORARY: it cannot be reached; ERROR_DATA: its answer makes
 * no sense. */
int oidc_cache_open(struct oidc_cache *cache, const struct layout *layout,
		    const char *issuer, int64_t now_ms, struct error *err);
void oidc_cache_close(struct oidc_cache *cache);

/* Ask for the keys again, unless somebody has within the last minute. */
int oidc_cache_renew(struct oidc_cache *cache, int64_t now_ms, struct error *err);

#endif
