#ifndef BIN_RUNJOB_SERVE_RANGE_H
#define BIN_RUNJOB_SERVE_RANGE_H

#include <stdint.h>

/* The header Range of RFC 9110 14.2, of bytes. */
enum range_kind {
	RANGE_NONE, /* none, or of another unit: the whole is asked for */
	RANGE_ONE,
	RANGE_SEVERAL, /* which we do not give */
	RANGE_BAD      /* it says nothing, or nothing that is there */
};

struct range {
	uint64_t first;
	uint64_t len; /* more than 0 */
};

/* header may be NULL; range is filled for RANGE_ONE, within size. */
enum range_kind range_parse(struct range *range, const char *header, uint64_t size);

#endif
