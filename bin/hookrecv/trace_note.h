#ifndef BIN_HOOKRECV_TRACE_NOTE_H
#define BIN_HOOKRECV_TRACE_NOTE_H

#include <stdint.h>

#include "bin/hookrecv/trace.h"

struct http_exchange;
struct receive;

/* Remembers refusals.  One that comes again and again is counted, and only so many a second
 * are looked into, so that a flood costs little and leaves the others their places. */
struct trace_notes {
	struct trace trace;
	char *path;
	int64_t failed_ms; /* when the file could not be opened last */
	int64_t second_ms; /* when the present second began, */
	unsigned looked;   /* and how many were looked into since */
};

/* path is copied; the file is opened when there is something to write. */
void trace_notes_open(struct trace_notes *notes, const char *path);
void trace_notes_close(struct trace_notes *notes);

/* A request that was answered with code, or broke off, is over; its state is still there. */
void trace_note(struct receive *receive, const struct http_exchange *exchange,
		const char *code);

#endif
