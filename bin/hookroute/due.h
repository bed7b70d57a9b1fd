#ifndef BIN_HOOKROUTE_DUE_H
#define BIN_HOOKROUTE_DUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/uuid.h"

/* The files of defer/ by their time, the first one first; several of one time by their ids.
 * What it says may be out of date: who takes a file looks.  Zeroed is empty. */
struct due_file {
	int64_t due_ms;
	bool forced; /* whatever time it bears: what was kept back in it may go */
	char id[UUID_LEN];
};

struct due {
	struct due_file *heap;
	size_t count;
	size_t room;
	size_t forced; /* how many */
};

void due_add(struct due *due, const char *id, int64_t due_ms);

/* After when_ms, whatever time it bears. */
void due_force(struct due *due, const char *id, int64_t when_ms);

/* All but what is forced. */
void due_forget(struct due *due);

/* The first, if its time has come; those that are the same are taken with it. */
bool due_take(struct due_file *file, struct due *due, int64_t now_ms);

/* When the first is due; INT64_MAX for never. */
int64_t due_wake_ms(const struct due *due);

void due_free(struct due *due);

#endif
