#ifndef BIN_TOKENMINT_OBTAIN_H
#define BIN_TOKENMINT_OBTAIN_H

#include "bin/tokenmint/installation.h"
#include "lib/vault.h"

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

/*
 * The token for "OWNER" or "OWNER/REPO" as the options want it (app, scope, time to live), from
 * the agent that they name, else from the vault and GitHub.
 */
int obtain_token(struct obtained *obtained, const struct options *options,
		 const char *name, struct error *err);

#endif
