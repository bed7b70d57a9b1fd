#ifndef BIN_HOOKROUTE_LEFTOVER_H
#define BIN_HOOKROUTE_LEFTOVER_H

#include <stdbool.h>
#include <stdint.h>

/* Did somebody begin this file, and will not finish it?  So is one whose name has the number of
 * a process that is no more (ID.PID.tmp) after ten minutes, any other after 36 hours. */
bool leftover_is(const char *name, int64_t age_ms);

#endif
