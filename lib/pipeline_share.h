#ifndef LIB_PIPELINE_SHARE_H
#define LIB_PIPELINE_SHARE_H

#include <stdint.h>

struct error;

/*
 * The share of the runs that a canary gets, in hundredths of a percent, and which runs these
 * are: those whose id has a place below it.  A place follows from the id alone, so that the
 * choice can be made again, and is even among many ids.
 */
enum { PIPELINE_SHARE_ALL = 10000, PIPELINE_SHARE_LEN = 16 };

/* "10%", "0.5%": from 0.01 to 99.99; otherwise ERROR_USAGE. */
int pipeline_share_parse(uint32_t *share, const char *text, struct error *err);
void pipeline_share_format(char out[static PIPELINE_SHARE_LEN], uint32_t share);

/* From 0 to 9999. */
uint32_t pipeline_share_place(const char *run_id);

#endif
