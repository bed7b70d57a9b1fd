#ifndef BIN_HOOKROUTE_REPLAY_H
#define BIN_HOOKROUTE_REPLAY_H

#include "lib/str.h"

struct buf;

/* Append an event's line as that of a new event: with this id, and "replayed_from" for its
 * own.  All else stays as it is, byte for byte. */
void replay_line(struct buf *out, struct str_view line, const char *id,
		 const char *replayed_from);

#endif
