#ifndef BIN_HOOKROUTE_RECLAIM_H
#define BIN_HOOKROUTE_RECLAIM_H

#include <stdbool.h>

struct work;

/*
 * A router that dies between putting something aside and saying so in the progress of the file
 * that it came in leaves both.  Who takes that file finds out, and until then what was put
 * aside is left alone: so nothing is delivered from here and from there.
 */

/* Of an event in a file that a router left behind: what waits in defer/ is dealt with, for this
 * file. */
void reclaim_waiting(struct work *work);

/* Of an event in defer/: is something of it the business of the file it came in, too? */
bool reclaim_is_pending(const struct work *work);

#endif
