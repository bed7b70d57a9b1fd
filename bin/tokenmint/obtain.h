#ifndef BIN_TOKENMINT_OBTAIN_H
#define BIN_TOKENMINT_OBTAIN_H

#include "bin/tokenmint/installation.h"
#include "bin/tokenmint/mint.h"

struct error;
struct options;

/* What `tokenmint get` gives, also to the other commands that use a token. */
struct obtained {
	struct installation installation;
	struct vault_secret token;
};

#define OBTAINED_NONE                                                                    \
	{                                                                                \
		INSTALLATION_EMPTY, VAULT_SECRET_EMPTY                                   \
	}
#define auto_obtained __attribute__((cleanup(obtained_wipe)))

void obtained_wipe(struct obtained *obtained);

/* The token for "OWNER" or "OWNER/REPO" as the options want it (app, scope, time to live). */
int obtain_token(struct obtained *obtained, struct mint *mint,
		 const struct options *options, const char *name, struct error *err);

#endif
