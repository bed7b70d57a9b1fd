#ifndef LIB_JSON_PLAIN_H
#define LIB_JSON_PLAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/str.h"

/*
 * Looks into valid JSON text (see json_scan) for members of the plain kind that identifiers,
 * tokens and dates are: strings without escapes and whole numbers.  Nothing is copied, so a
 * secret stays in the one buffer that is wiped.
 */

/* One whole JSON value? */
bool json_plain_is_valid(struct str_view text);

/* The string's bytes; false when object has no such member or it is no string without escapes.
 * DEL is taken for one: json_write makes one of it. */
bool json_plain_string(struct str_view *string, struct str_view object, const char *key);

/* A whole number of digits only, up to 2^53; false otherwise. */
bool json_plain_u64(uint64_t *number, struct str_view object, const char *key);

/* A member that is an object. */
bool json_plain_object(struct str_view *member, struct str_view object, const char *key);

#endif
