#ifndef BIN_RUNJOB_WEIGHT_H
#define BIN_RUNJOB_WEIGHT_H

#include <stdint.h>

struct error;
struct job;

/* What the job's folder takes on the disk, in bytes, as du(1) counts: its blocks, and not how long
 * its files are.  What is removed meanwhile weighs nothing. */
int weight_of(uint64_t *bytes, const struct job *job, struct error *err);

#endif
