#ifndef BIN_HOOKRECV_EXPLAIN_H
#define BIN_HOOKRECV_EXPLAIN_H

struct error;
struct layout;
struct options;

/* The three things that `explain` explains. */

/* An event that is in the spool. */
int explain_event(const struct options *options, const struct layout *layout,
		  struct error *err);

/* What was refused lately. */
int explain_trace(const struct options *options, const struct layout *layout,
		  struct error *err);

/* A request that somebody caught; ERROR_ABSENT when it would be refused. */
int explain_request(const struct options *options, const struct layout *layout,
		    struct error *err);

#endif
