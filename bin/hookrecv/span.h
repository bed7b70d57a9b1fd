#ifndef BIN_HOOKRECV_SPAN_H
#define BIN_HOOKRECV_SPAN_H

#include <stdint.h>

enum { SPAN_LEN = 24 };

/* How long, for a person: "350 ms", "12 s", "5 min", "3 h", "2 d".  The sign is dropped. */
void span_format(char out[static SPAN_LEN], int64_t ms);

#endif
