#ifndef BIN_HOOKROUTE_SURROGATE_H
#define BIN_HOOKROUTE_SURROGATE_H

#include <stdbool.h>

#include "lib/str.h"

struct buf;

/* Append JSON text with every lone \uD800 to \uDFFF written as \ufffd; false (and nothing
 * appended) when there is none. */
bool surrogate_mend(struct buf *out, struct str_view json);

#endif
