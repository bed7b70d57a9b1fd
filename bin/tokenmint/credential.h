#ifndef BIN_TOKENMINT_CREDENTIAL_H
#define BIN_TOKENMINT_CREDENTIAL_H

#include <stdbool.h>

#include "lib/str.h"

struct error;

/*
 * What git asks a credential helper, git-credential(1): "key=value" lines up to an empty one
 * or the end.  The views point into the text that was read; len 0: not said.
 */
struct credential {
	struct str_view protocol;
	struct str_view host; /* with its port */
	struct str_view path; /* only with credential.useHttpPath */
	struct str_view username;
	struct str_view password;
	struct str_view header; /* "credential": what goes behind the name of a scheme */
	bool knows_authtype;	/* git 2.46 and later */
};

/* Keys that are not known are passed over; a line without "=" or with a NUL is ERROR_DATA. */
int credential_read(struct credential *credential, struct str_view text,
		    struct error *err);

/* Is it about the server at url, "https://github.com"?  Letters of either case. */
bool credential_is_for(const struct credential *credential, const char *url);

/* "acme/site" of a path as "acme/site.git/info/lfs", NULL when it has none; the caller
 * frees it. */
char *credential_repository(const struct credential *credential);

#endif
