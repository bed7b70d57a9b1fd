#ifndef BIN_RUNJOB_TIMELINE_SCREEN_H
#define BIN_RUNJOB_TIMELINE_SCREEN_H

#include <stdbool.h>

struct buf;
struct chart;
struct course;
struct layout;

/* The lines at the bottom of a terminal that are drawn again and again. */
struct screen {
	unsigned lines; /* drawn last */
};

/* Is standard output one that can be drawn on? */
bool screen_is_here(void);

/* Over what was drawn before: each task's state, and the last lines of those that run. */
void screen_dump(struct buf *out, struct screen *screen, const struct chart *chart,
		 const struct course *course, const struct layout *layout);

/* Take away what was drawn. */
void screen_clear(struct buf *out, struct screen *screen);

#endif
