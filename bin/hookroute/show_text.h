#ifndef BIN_HOOKROUTE_SHOW_TEXT_H
#define BIN_HOOKROUTE_SHOW_TEXT_H

#include "lib/str.h"

struct buf;
struct walk_event;

/* All about an event where it lies, for a terminal.  why: the lines of its .why. */
void show_text_event(struct buf *out, const struct walk_event *event,
		     struct str_view why);

/* The event's own line. */
void show_text_line(struct buf *out, const struct walk_event *event);

#endif
