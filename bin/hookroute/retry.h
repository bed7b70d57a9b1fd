#ifndef BIN_HOOKROUTE_RETRY_H
#define BIN_HOOKROUTE_RETRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

/* When a failed delivery is tried again: "5s 5m 30m …", one time for each further try; with
 * expire_ms the last one again and again, until so long after the first. */
enum { RETRY_MAX = 64 };

struct retry {
	uint64_t delays_ms[RETRY_MAX];
	size_t count;
	uint64_t expire_ms; /* 0: when the times are used up */
};

/* text NULL: the schedule of Standard Webhooks, over about three days.  name says in the
 * error where text is from. */
int retry_read(struct retry *retry, const char *text, const char *name,
	       struct error *err);

struct retry_state {
	unsigned tries;	  /* that have failed */
	int64_t since_ms; /* the first of them */
	int64_t now_ms;
	int64_t after_ms; /* the consumer wants to be left alone for so long */
};

/* The time of the next try: not before the consumer wants it, and up to a fifth later by
 * chance; false when there is none any more. */
bool retry_due(int64_t *due_ms, const struct retry *retry,
	       const struct retry_state *state);

/* delay_ms, and up to a fifth more by chance. */
int64_t retry_spread(int64_t delay_ms);

#endif
