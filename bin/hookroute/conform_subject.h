#ifndef BIN_HOOKROUTE_CONFORM_SUBJECT_H
#define BIN_HOOKROUTE_CONFORM_SUBJECT_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/buf.h"
#include "lib/process.h"
#include "lib/str.h"

struct error;

/* A consumer under test: started as the router starts one, and talked to by hand. */
struct conform_subject {
	struct process process;
	int to;		   /* its stdin, -1 when it is closed */
	int from;	   /* its stdout, -1 when it is closed */
	struct buf output; /* for it */
	size_t written;	   /* of output */
	struct buf input;  /* of it; the first taken bytes were given out */
	size_t taken;
	size_t filler; /* bytes in its stdout that are none of its own */
};

#define CONFORM_SUBJECT_NONE                                                             \
	{                                                                                \
		PROCESS_NONE, -1, -1, BUF_EMPTY, 0, BUF_EMPTY, 0, 0                      \
	}
#define auto_conform_subject __attribute__((cleanup(conform_subject_close)))

/* As it is, or with next to no room in its stdout until somebody reads. */
int conform_subject_start(struct conform_subject *subject, const char *const *argv,
			  struct error *err);
int conform_subject_start_full(struct conform_subject *subject, const char *const *argv,
			       struct error *err);

/* One line for it; it is written while conform_subject_take waits. */
void conform_subject_put(struct conform_subject *subject, struct str_view line);

enum conform_said { CONFORM_LINE, CONFORM_NOTHING, CONFORM_END };

/* The next line that it writes, valid until the next call; CONFORM_NOTHING when none came in
 * time, CONFORM_END when its stdout is closed.  wait_ms counts from its last sign of life. */
enum conform_said conform_subject_take(struct str_view *line,
				       struct conform_subject *subject, int wait_ms);

/* Write to it for so long and read nothing; all was written when it says so. */
bool conform_subject_push(struct conform_subject *subject, int wait_ms);

/* Write what is left, as far as it takes it in time, then end its input or stop reading. */
void conform_subject_end_input(struct conform_subject *subject, int wait_ms);
void conform_subject_stop_reading(struct conform_subject *subject);

/* Has it ended in time?  Then outcome says how. */
bool conform_subject_wait(struct process_outcome *outcome,
			  struct conform_subject *subject, int wait_ms);

/* Kill it, with its process group, if it runs; free all. */
void conform_subject_kill(struct conform_subject *subject);

/* The same, but give it some time to end by itself when its input ends. */
void conform_subject_close(struct conform_subject *subject);

#endif
