#ifndef BIN_HOOKROUTE_NAMES_H
#define BIN_HOOKROUTE_NAMES_H

#include <stddef.h>

#include "lib/uuid.h"

struct error;

/* The names of a folder that are ids, sorted: by time.  Zeroed is empty. */
struct names {
	char (*list)[UUID_LEN];
	size_t count;
	size_t next; /* of those that are being gone through */
};

#define NAMES_EMPTY                                                                      \
	{                                                                                \
		NULL, 0, 0                                                               \
	}
#define auto_names __attribute__((cleanup(names_free)))

/* dir: an open folder; what names held before is freed. */
int names_read(struct names *names, int dir, struct error *err);
/* Put the last one that is not behind id first; the others keep their order. */
void names_begin_at(struct names *names, const char *id);

void names_free(struct names *names);

#endif
