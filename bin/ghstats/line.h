#ifndef BIN_GHSTATS_LINE_H
#define BIN_GHSTATS_LINE_H

#include "bin/ghstats/record.h"

struct error;

/* What a line of input is: an event of hookevent(5), the body of a webhook, or an object or
 * a page of GitHub's API. */
enum line_kind {
	LINE_IGNORED, /* an event that is none of our business */
	LINE_RUN,
	LINE_JOB,
	LINE_LOCAL_JOB,
	LINE_KINDS,
};

struct line {
	enum line_kind kind;
	bool is_page;		     /* source.object is an array of them */
	struct record_source source; /* inside the text */
};

/* ERROR_DATA when it is no JSON, or JSON that says nothing of this. */
int line_read(struct line *line, struct str_view text, struct error *err);

#endif
