#ifndef BIN_RUNJOB_CERTS_COMMANDS_H
#define BIN_RUNJOB_CERTS_COMMANDS_H

#include "bin/runjob-certs/options.h"
#include "lib/layout.h"

struct error;

/* What all commands need, read once. */
struct context {
	struct options options;
	struct layout layout;
	char *pool;
	char *crl;
	const char *const *operands; /* behind the command */
};

/* Each returns 0 or -1. */
int cmd_list(struct context *context, struct error *err);
int cmd_add(struct context *context, struct error *err);
int cmd_renew(struct context *context, struct error *err);
int cmd_revoke(struct context *context, struct error *err);
int cmd_remove(struct context *context, struct error *err);
int cmd_hash(struct context *context, struct error *err);

#endif
