#ifndef LIB_PATTERN_H
#define LIB_PATTERN_H

#include <stdbool.h>

#include "lib/str.h"

/*
 * Patterns that are anchored at both ends: "*" is one or more bytes other than "/", "**" is any
 * bytes, also none, and every other byte is itself.  There are no escapes and no other signs, and
 * no pattern takes more time than its length times the text's.
 */
#define PATTERN_MAX 255 /* bytes; a longer one matches nothing */

bool pattern_matches(const char *pattern, struct str_view text);

#endif
