#ifndef BIN_TOKENMINT_AGENT_H
#define BIN_TOKENMINT_AGENT_H

#include <stdbool.h>

#include "bin/tokenmint/obtain.h"

struct error;
struct options;

/*
 * Asking an agent, tokenmint-agent(8), instead of GitHub and the vault: options->agent names
 * its socket, "/run/tokenmint-agent.sock" or "@name".  The name to ask for may be "", if the
 * agent has but one thing for us.
 */
int agent_obtain(struct obtained *obtained, const struct options *options,
		 const char *name, struct error *err);

/* A server refused the token with this hash (see reject.h). */
int agent_reject(const struct options *options, const char *name, const char *hash,
		 struct error *err);

#endif
