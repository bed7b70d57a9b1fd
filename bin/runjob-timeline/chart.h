#ifndef BIN_RUNJOB_TIMELINE_CHART_H
#define BIN_RUNJOB_TIMELINE_CHART_H

#include <stdbool.h>

struct buf;
struct course;

/* A course as lines of text, no longer than width columns. */
struct chart {
	unsigned width;
	bool utf8; /* else ASCII alone */
};

enum { CHART_WIDTH = 80, CHART_LEAST = 40 };

/* What fits standard output: the terminal's width, or 80 columns; blocks if the locale has them. */
struct chart chart_here(void);

/* Appended. */
void chart_dump(struct buf *out, const struct chart *chart, const struct course *course);

/* Text from outside, cut to so many columns; what is no character to be shown becomes '?'. */
void chart_text(struct buf *out, const struct chart *chart, const char *text,
		unsigned columns);

#endif
