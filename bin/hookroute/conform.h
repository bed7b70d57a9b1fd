#ifndef BIN_HOOKROUTE_CONFORM_H
#define BIN_HOOKROUTE_CONFORM_H

#include <stdbool.h>
#include <stddef.h>

#include "bin/hookroute/conform_samples.h"
#include "lib/buf.h"

struct conform_subject;
struct error;

/* What hookpipe(7) asks of a consumer, a check for each; `hookroute consumer-test`. */
struct conform {
	const char *const *argv; /* of the consumer; ends with NULL */
	int timeout_ms;		 /* for a reply */
	struct conform_samples samples;
	struct buf seen; /* by the check that failed, in words */
};

struct conform_check {
	const char *name;
	const char *expected; /* in words */
	bool (*run)(struct conform *conform);
};

extern const struct conform_check conform_checks[];
extern const size_t conform_check_count;

/* Can the program be started at all? */
int conform_probe(const struct conform *conform, struct error *err);

/* For the checks: start it; false and said when that fails. */
bool conform_begin(struct conform *conform, struct conform_subject *subject);

/* Say what was seen; false. */
bool conform_saw(struct conform *conform, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Are these the next replies?  A letter for each: o is ok, p is permanent, a is one of both. */
bool conform_expect(struct conform *conform, struct conform_subject *subject,
		    const char *want);

/* The next reply as such a letter, or t for temporary; '\0' and said when there is none. */
char conform_reply(struct conform *conform, struct conform_subject *subject,
		   const char *which);

/* After its input has ended: does it end in time, with status 0 and without another word? */
bool conform_ends(struct conform *conform, struct conform_subject *subject);

#endif
