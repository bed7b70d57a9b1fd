#ifndef LIB_RATE_H
#define LIB_RATE_H

#include <stdint.h>

struct address;

/*
 * How many requests a second an owner of addresses sends, in a table of fixed size: one
 * that is new takes the place of whoever has been quiet for the longest.  After a rest an
 * owner may send ten seconds' worth at once.
 */
struct rate {
	struct rate_slot *slots; /* NULL: there is no limit */
	uint64_t seed;
	int64_t interval_us;
};

/* per_second: 0 is no limit. */
void rate_open(struct rate *rate, unsigned per_second);
void rate_close(struct rate *rate);

/* Count a request: 0 when it may be served, else for how many milliseconds none may. */
int64_t rate_count(struct rate *rate, const struct address *address, int64_t now_ms);

#endif
