#ifndef BIN_RUNJOB_VIEW_H
#define BIN_RUNJOB_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/str.h"

struct error;
struct job;

/* A log read by its index: one stream of it, or with the time of each line. */
struct view {
	char stream; /* 'o', 'e', or 0 for both */
	bool times;
	uint64_t from;	   /* no byte of the log before this one */
	uint64_t index_at; /* how far the index is read */
	bool in_line;	   /* what was written last was no line's end */
};

/* A line of hookjobs(5)'s log.index, "OFFSET LENGTH STREAM TIME". */
struct view_chunk {
	uint64_t offset;
	uint64_t len;
	char stream; /* 'o', 'e', or '-' for either */
	int64_t unix_ms;
};

/* A line without its end; ERROR_DATA when it is none. */
int view_parse(struct view_chunk *chunk, struct str_view line, struct error *err);

/* Write what the index knows by now and was not written yet; ERROR_ABSENT without an index. */
int view_copy(struct view *view, const struct job *job, int out_fd, struct error *err);

#endif
