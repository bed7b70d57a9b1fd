#ifndef BIN_RUNJOB_OBJECT_COMMANDS_H
#define BIN_RUNJOB_OBJECT_COMMANDS_H

#include "bin/runjob-object/options.h"
#include "bin/runjob-object/scope.h"
#include "bin/runjob-object/store.h"
#include "lib/config.h"
#include "lib/job_owner.h"
#include "lib/layout.h"

/* What all commands need, read once. */
struct context {
	struct options options;
	struct layout layout;
	struct config config;
	char owner[JOB_OWNER_LEN];
	struct scope scope;
	struct store store;
	const char *const *operands; /* behind the command */
};

/* Each returns 0 or -1. */
int cmd_put(struct context *context, struct error *err);
int cmd_get(struct context *context, struct error *err);
int cmd_list(struct context *context, struct error *err);
int cmd_delete(struct context *context, struct error *err);
int cmd_gc(struct context *context, struct error *err);

#endif
