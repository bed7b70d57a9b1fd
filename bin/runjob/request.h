#ifndef BIN_RUNJOB_REQUEST_H
#define BIN_RUNJOB_REQUEST_H

#include "lib/str.h"

struct context;
struct error;
struct job;
struct job_plan;
struct turn;

/* The job of a command line: make its id and plan from the options, store and start it. */
int request_start(struct turn *turn, struct context *context, int stdin_fd,
		  struct error *err);

/* Make an id for a job and store it; input is what it reads. */
int request_store(struct turn *turn, const struct context *context,
		  const struct job_plan *plan, struct str_view input, struct error *err);

/* The job that the command's one operand names; none is ERROR_ABSENT. */
int request_find(struct job *job, const struct context *context, const char *id,
		 struct error *err);

/* The one operand of a command that takes just that. */
int request_operand(const char **operand, const struct context *context,
		    struct error *err);

#endif
