#ifndef BIN_RUNJOB_TIMELINE_TAIL_H
#define BIN_RUNJOB_TIMELINE_TAIL_H

#include "lib/str.h"

struct buf;
struct chart;
struct layout;

enum { TAIL_LINES = 5 };

/*
 * The last lines of a job's log, as they would be read on a terminal: without escape sequences, a
 * line that was written over (\r) as it was in the end.  Each gets indent in front and is no wider
 * than the chart.  A log that cannot be read has no lines.  Gives how many they are.
 */
unsigned tail_dump(struct buf *out, const struct chart *chart,
		   const struct layout *layout, const char *id, unsigned most);

/* One line of a log, as above. */
void tail_clean(struct buf *out, struct str_view line);

#endif
