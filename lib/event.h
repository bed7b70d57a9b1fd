#ifndef LIB_EVENT_H
#define LIB_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/str.h"

struct buf;

/*
 * Writes the envelope of hookevent(5) around a payload: head, then the payload's own
 * bytes, then tail, makes one line.  NULL strings become null.
 */
struct event_head {
	const char *id;
	const char *hook; /* uuid, or NULL for our own events */
	const char *name;
	const char *provider;
	const char *event;
	const char *delivery;
	int64_t received_ms;
	const char *remote;
	const char *key;   /* the name of the secret that verified it; NULL: left out */
	bool is_recovered; /* it did not come at first: hookrecv reconcile */
	struct str_view headers; /* a JSON object, written as it is; empty: {} */
};

/* `{"id":…,"headers":{…},"payload":` */
void event_write_head(struct buf *out, const struct event_head *head);

/* `}` and the line break. */
void event_write_tail(struct buf *out);

#endif
