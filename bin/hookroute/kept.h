#ifndef BIN_HOOKROUTE_KEPT_H
#define BIN_HOOKROUTE_KEPT_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/uuid.h"

/* Events in defer/ that are kept back for the sake of one consumer, first come, first
 * served.  One may be named that does not wait any more.  Zeroed is empty. */
struct kept {
	char (*list)[UUID_LEN];
	size_t first;
	size_t count;
	size_t room;
};

void kept_add(struct kept *kept, const char *id);

/* False when there is none. */
bool kept_take(char id[static UUID_LEN], struct kept *kept);

void kept_free(struct kept *kept);

#endif
