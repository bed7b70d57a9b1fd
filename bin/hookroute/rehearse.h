#ifndef BIN_HOOKROUTE_REHEARSE_H
#define BIN_HOOKROUTE_REHEARSE_H

#include <stddef.h>

#include "bin/hookroute/routes.h"
#include "lib/str.h"

struct buf;
struct error;

enum { REHEARSE_LINE_MAX = 64 << 20 };

/*
 * What would be sent, and nothing is sent: a JSON line for each delivery of an event,
 * {"event_id","n","route","to","send","with"} or {"event_id","n","route","error"}.
 */
struct rehearsal {
	struct routes *routes;
	const char *to; /* only the lines that this consumer would get, as it gets them */
	size_t lines;	/* so far */
	size_t failed;	/* of them */
};

/* Append it.  A line that is no event is counted, logged and left out. */
void rehearse_line(struct buf *out, struct rehearsal *rehearsal, struct str_view line);

/* All lines of a descriptor to standard output; name is the input's, for messages. */
int rehearse_input(struct rehearsal *rehearsal, int fd, struct error *err);

/* ERROR_DATA when something failed. */
int rehearse_verdict(const struct rehearsal *rehearsal, struct error *err);

#endif
