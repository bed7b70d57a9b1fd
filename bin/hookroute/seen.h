#ifndef BIN_HOOKROUTE_SEEN_H
#define BIN_HOOKROUTE_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/uuid.h"

/* Which ids came by: an event may lie in several places.  Zeroed is empty. */
struct seen {
	char (*slots)[UUID_LEN]; /* "" where none is */
	size_t room;		 /* a power of two */
	size_t count;
};

#define auto_seen __attribute__((cleanup(seen_free)))

/* Take it in; false when it had come by before. */
bool seen_add(struct seen *seen, const char *id);
void seen_free(struct seen *seen);

#endif
