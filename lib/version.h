#ifndef LIB_VERSION_H
#define LIB_VERSION_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Versions of Semantic Versioning 2.0.0 without its tags for builds and candidates: 1.2.0.
 * The same major number means compatible.  A version that leaves its end out stands for all
 * that begin so: 1 for every 1.x.y, and none at all for any.
 */
struct version {
	uint32_t numbers[3]; /* major, minor, patch; 0 behind the parts */
	uint32_t parts;	     /* how many are given */
};

#define VERSION_LEN 33 /* three numbers of ten digits, two dots and the NUL */

/* "1.2.0", "1.2", "1" or ""; up to nine digits each, no zero in front. */
bool version_parse(struct version *version, const char *text);
void version_format(char out[static VERSION_LEN], const struct version *version);

/* Below, at or above 0, as strcmp has it. */
int version_compare(const struct version *a, const struct version *b);

/* Is version one of those that wanted stands for? */
bool version_matches(const struct version *wanted, const struct version *version);

#endif
