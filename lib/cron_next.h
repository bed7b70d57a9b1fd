#ifndef LIB_CRON_NEXT_H
#define LIB_CRON_NEXT_H

#include <stdbool.h>
#include <stdint.h>

struct cron;

/*
 * A schedule on the clock of the time zone that is in force (see zone.h).  Times are Unix
 * seconds.  Where the clock is changed:
 *
 * - What names hours happens once for each day that it names.  A time that the clock skips is
 *   due at the very moment of the jump, once for all that were skipped; of an hour that comes
 *   twice the first counts.
 * - What takes every hour goes on with the running clock: it has lost nothing in a skipped
 *   hour, and happens in both of two.
 * - An interval does not see the clock on the wall; it counts from the beginning of 1970, UTC.
 */

/* The first time behind after; false when there is none in 45 years. */
bool cron_next(int64_t *next, const struct cron *cron, int64_t after);

/* The last time behind after that is not behind until; false when there is none.  Takes no
 * longer for a year than for a day. */
bool cron_last(int64_t *last, const struct cron *cron, int64_t after, int64_t until);

#endif
