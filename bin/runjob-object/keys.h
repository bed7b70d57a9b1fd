#ifndef BIN_RUNJOB_OBJECT_KEYS_H
#define BIN_RUNJOB_OBJECT_KEYS_H

#include <stddef.h>

#include "bin/runjob-object/key.h"

struct error;

/* The keys that a folder has, in their order. */
struct keys {
	char (*items)[KEY_LEN];
	size_t count;
};

#define KEYS_EMPTY                                                                       \
	{                                                                                \
		NULL, 0                                                                  \
	}
#define auto_keys __attribute__((cleanup(keys_free)))

/* scope_fd: -1 for a folder that is not there. */
int keys_read(struct keys *keys, int scope_fd, struct error *err);
void keys_free(struct keys *keys);

#endif
