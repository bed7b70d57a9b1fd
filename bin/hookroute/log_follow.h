#ifndef BIN_HOOKROUTE_LOG_FOLLOW_H
#define BIN_HOOKROUTE_LOG_FOLLOW_H

#include "bin/hookroute/journal_read.h"

struct error;

/* Begin to listen before the log is read, so that nothing falls between: an inotify
 * descriptor. */
int log_follow_open(int *inotify, int dir, struct error *err);

/* Call each for what is written behind place, as it comes, across midnight; returns only
 * with an error. */
int log_follow(int inotify, int dir, const struct journal_place *place,
	       const struct journal_query *query, struct error *err);

#endif
