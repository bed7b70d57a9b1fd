#ifndef BIN_HOOKRECV_MEMBER_H
#define BIN_HOOKRECV_MEMBER_H

#include <stdbool.h>

#include "bin/hookrecv/provider.h"
#include "lib/str.h"

/*
 * The first of the members that payload, known to be JSON, has as a string without escapes
 * or a number of digits, 1 to 255 bytes of it.  A path leads into objects: "event.type".
 */
bool member_first(struct str_view *value, struct str_view payload,
		  const char *const paths[PROVIDER_NAMES]);

#endif
