#ifndef LIB_OIDC_H
#define LIB_OIDC_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/jwk.h"
#include "lib/str.h"

struct buf;
struct error;

/*
 * OpenID Connect: what an issuer says of itself (OpenID Connect Discovery 1.0), and its ID
 * tokens.  Nothing here reads a clock, a file or the network; lib/oidc_cache.h does.
 */
#define OIDC_ISSUER_MAX 255
#define OIDC_DISCOVERY_MAX (256 * 1024)
#define OIDC_TOKEN_MAX 65536

/* https:// with a host, without user, query and fragment, of plain characters; http:// for this
 * machine only.  ERROR_USAGE says what is wrong. */
int oidc_check_issuer(const char *issuer, struct error *err);

/* What we use of a discovery document; NULL for what it does not offer. */
struct oidc_provider {
	char *issuer;
	char *jwks_uri; /* never NULL once it is read */
	char *authorization_endpoint;
	char *token_endpoint;
	char *device_endpoint;
};

#define OIDC_PROVIDER_EMPTY                                                              \
	{                                                                                \
		NULL, NULL, NULL, NULL, NULL                                             \
	}
#define auto_oidc_provider __attribute__((cleanup(oidc_provider_free)))

void oidc_provider_free(struct oidc_provider *provider);

/* The document must be that of the issuer, by its own word, and its addresses as secure as the
 * issuer's.  ERROR_DATA otherwise. */
int oidc_read_discovery(struct oidc_provider *provider, struct str_view text,
			const char *issuer, struct error *err);

struct oidc_expected {
	const char *issuer;
	const char *audience;
	const char *nonce; /* NULL: none was sent */
	unsigned algorithms;
	int64_t now_s;
	int64_t leeway_s;
};

/* RS256, PS256, ES256, ES384 and EdDSA: what is signed with a key pair. */
extern const unsigned oidc_algorithms;

/*
 * Append the claims (a JSON object) of an ID token that is right; ERROR_DENIED names the rule it
 * breaks.  With several audiences, and where there is an "azp", that must be ours.
 */
int oidc_verify(struct buf *claims, const struct jwk_set *keys,
		const struct oidc_expected *expected, struct str_view token,
		struct error *err);

/* Does the token name a key that is not in the set?  Then newer keys may help. */
bool oidc_lacks_key(const struct jwk_set *keys, struct str_view token);

#endif
