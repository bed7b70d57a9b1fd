#ifndef LIB_LINES_H
#define LIB_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/buf.h"
#include "lib/str.h"

struct error;

/*
 * Lines from a descriptor, of bounded length, for programs that take what has come
 * together before they answer.  A line without its break at the end of input counts.
 */
struct lines {
	int fd;	      /* not owned */
	size_t limit; /* bytes of a line without its break */
	struct buf buf;
	size_t taken;	/* bytes of buf that were given out */
	size_t scanned; /* bytes behind taken in which no break is */
	bool ended;
	bool skipping; /* inside a line that is too long */
};

#define LINES(descriptor, bytes)                                                         \
	{                                                                                \
		.fd = (descriptor), .limit = (bytes)                                     \
	}
#define auto_lines __attribute__((cleanup(lines_free)))

/*
 * The next line, valid until the next call; *found is false at the end of input.  Waits.
 * A line that is too long is ERROR_DATA, once; the next call goes on behind it.
 */
int lines_next(struct str_view *line, bool *found, struct lines *lines,
	       struct error *err);

/* Would lines_next give something without waiting for the other side?  Takes what has
 * come; a line that was given out before is no longer valid. */
bool lines_is_ready(struct lines *lines);

void lines_free(struct lines *lines);

#endif
