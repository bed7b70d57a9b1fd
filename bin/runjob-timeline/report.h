#ifndef BIN_RUNJOB_TIMELINE_REPORT_H
#define BIN_RUNJOB_TIMELINE_REPORT_H

struct buf;
struct course;
struct course_row;

/* A course as JSON, an object a line: that of the job or run first, then each task. */
void report_dump(struct buf *out, const struct course *course);
void report_row(struct buf *out, const struct course *course,
		const struct course_row *row);

#endif
