#ifndef LIB_TAP_H
#define LIB_TAP_H

#include <stdbool.h>
#include <stddef.h>

struct error;

/*
 * What a conformance suite finds out, on standard output while it runs: in TAP
 * (testanything.org), or as a line of JSON for each check.
 */
struct tap {
	bool json;
	size_t planned; /* checks */
	size_t done;
	size_t failed;
};

struct tap_check {
	const char *name;
	const char *expected; /* in words */
	const char *seen;     /* the same, of one that failed */
	bool passed;
};

/* The plan; in JSON there is none.  ERROR_SYSTEM, as the next, when it cannot be written. */
int tap_begin(const struct tap *tap, struct error *err);
int tap_report(struct tap *tap, const struct tap_check *check, struct error *err);

#endif
