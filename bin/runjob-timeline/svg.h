#ifndef BIN_RUNJOB_TIMELINE_SVG_H
#define BIN_RUNJOB_TIMELINE_SVG_H

struct buf;
struct course;

/*
 * A course as one SVG file that needs no other: each state is there as a word, colours come from
 * the viewer's light or dark scheme, and what ended badly is hatched.
 */
void svg_dump(struct buf *out, const struct course *course);

#endif
