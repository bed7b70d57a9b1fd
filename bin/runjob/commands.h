#ifndef BIN_RUNJOB_COMMANDS_H
#define BIN_RUNJOB_COMMANDS_H

#include "bin/runjob/options.h"
#include "lib/config.h"
#include "lib/job_owner.h"
#include "lib/layout.h"

struct error;

/* What all commands need, read once. */
struct context {
	struct options options;
	struct layout layout;
	char owner[JOB_OWNER_LEN]; /* "" for us */
	struct config config;
	int status; /* what runjob ends with when nothing failed */
};

/* Each returns 0 or -1; operands are the options' own. */
int cmd_run(struct context *context, struct error *err);
int cmd_start(struct context *context, struct error *err);
int cmd_list(struct context *context, struct error *err);
int cmd_show(struct context *context, struct error *err);
int cmd_tail(struct context *context, struct error *err);
int cmd_stop(struct context *context, struct error *err);
int cmd_anchor(struct context *context, struct error *err);
int cmd_pause(struct context *context, struct error *err);
int cmd_resume(struct context *context, struct error *err);
int cmd_usage(struct context *context, struct error *err);
int cmd_attach(struct context *context, struct error *err);
int cmd_shell(struct context *context, struct error *err);
int cmd_env(struct context *context, struct error *err);
int cmd_debug(struct context *context, struct error *err);
int cmd_wait(struct context *context, struct error *err);
int cmd_why(struct context *context, struct error *err);
int cmd_timeline(struct context *context, struct error *err);
int cmd_watch(struct context *context, struct error *err);
int cmd_again(struct context *context, struct error *err);
int cmd_diff(struct context *context, struct error *err);
int cmd_results(struct context *context, struct error *err);
int cmd_queue(struct context *context, struct error *err);
int cmd_remove(struct context *context, struct error *err);
int cmd_prune(struct context *context, struct error *err);
int cmd_recover(struct context *context, struct error *err);
int cmd_helper(struct context *context, struct error *err);

#endif
