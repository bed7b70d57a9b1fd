#ifndef BIN_HOOKROUTE_LOG_TEXT_H
#define BIN_HOOKROUTE_LOG_TEXT_H

#include "lib/str.h"

struct buf;

/* Append a line of the event log as people read it, with its line break. */
void log_text_line(struct buf *out, struct str_view line);

#endif
