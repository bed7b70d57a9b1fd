#ifndef BIN_RUNJOB_ENV_H
#define BIN_RUNJOB_ENV_H

#include <stdbool.h>

struct buf;
struct error;
struct job;

/* The environment that the job had when it began, secrets by their names; ERROR_ABSENT when it
 * has not begun. */
int env_dump(struct buf *out, const struct job *job, bool json, struct error *err);

#endif
