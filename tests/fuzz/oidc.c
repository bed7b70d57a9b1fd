#include "lib/oidc.h"

#include <string.h>

#include "lib/error.h"
#include "tests/fuzz/fuzz.h"

#define ISSUER "https://issuer.example"

/* A discovery document, an issuer's name, and the header of a token. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	auto_free char *text = fuzz_copy(bytes, size);
	auto_free char *name = fuzz_text(bytes, size);
	auto_oidc_provider struct oidc_provider provider = OIDC_PROVIDER_EMPTY;
	const struct jwk_set none = JWK_SET_EMPTY;
	struct str_view view = { text, size };
	struct error err = { 0 };

	if (oidc_read_discovery(&provider, view, ISSUER, &err) == 0)
		FUZZ_PROMISE(strncmp(provider.jwks_uri, "https://", 8) == 0 &&
			     strcmp(provider.issuer, ISSUER) == 0);
	else
		FUZZ_PROMISE(err.kind == ERROR_DATA && !provider.jwks_uri);
	if (oidc_check_issuer(name, &err) == 0)
		FUZZ_PROMISE(strlen(name) <= OIDC_ISSUER_MAX &&
			     !strpbrk(name, " ?#\"\\\n"));
	(void)oidc_lacks_key(&none, view);
	return 0;
}
