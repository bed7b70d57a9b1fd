#ifndef BIN_TOKENMINT_PERSONAL_H
#define BIN_TOKENMINT_PERSONAL_H

#include <stdbool.h>

#include "bin/tokenmint/mint.h"
#include "bin/tokenmint/obtain.h"

struct error;
struct options;

/*
 * Where there is no App: the personal access token that HOOKTOOLS_GITHUB_TOKEN_NAME names in the
 * vault.  It is given as it is, whatever the owner; *found = false when the setting is not there.
 * ERROR_USAGE when the options want it limited, which nobody can.
 */
int personal_obtain(bool *found, struct obtained *obtained, const struct mint *mint,
		    const struct options *options, struct error *err);

#endif
