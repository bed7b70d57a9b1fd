#ifndef BIN_RUNJOB_REGISTRY_COMMANDS_H
#define BIN_RUNJOB_REGISTRY_COMMANDS_H

#include "bin/runjob-registry/options.h"
#include "lib/job_owner.h"
#include "lib/layout.h"

struct buf;
struct error;

/* What all commands need, read once. */
struct context {
	struct options options;
	struct layout layout;
	char owner[JOB_OWNER_LEN];   /* whose pipelines, when it is not us */
	const char *const *operands; /* behind the command */
	size_t operand_count;
	bool is_table; /* for people, who look at a terminal */
};

/* Each returns 0 or -1. */
int cmd_register(struct context *context, struct error *err);
int cmd_diff(struct context *context, struct error *err);
int cmd_list(struct context *context, struct error *err);
int cmd_show(struct context *context, struct error *err);
int cmd_run(struct context *context, struct error *err);
int cmd_runs(struct context *context, struct error *err);
int cmd_cancel(struct context *context, struct error *err);
int cmd_deploy(struct context *context, struct error *err);
int cmd_promote(struct context *context, struct error *err);
int cmd_rollback(struct context *context, struct error *err);
int cmd_deployments(struct context *context, struct error *err);
int cmd_enable(struct context *context, struct error *err);
int cmd_disable(struct context *context, struct error *err);
int cmd_delete(struct context *context, struct error *err);

#endif
