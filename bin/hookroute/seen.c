#include "bin/hookroute/seen.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 1024 };

/* FNV-1a */
static size_t hash(const char *id)
{
	uint64_t sum = UINT64_C(14695981039346656037);

	for (; *id; id++)
		sum = (sum ^ (unsigned char)*id) * UINT64_C(1099511628211);
	return (size_t)sum;
}

static char *find(const struct seen *seen, const char *id)
{
	size_t i = hash(id) & (seen->room - 1);

	while (seen->slots[i][0] && strcmp(seen->slots[i], id) != 0)
		i = (i + 1) & (seen->room - 1);
	return seen->slots[i];
}

static void grow(struct seen *seen)
{
	struct seen bigger = { NULL, seen->room ? seen->room * 2 : FIRST_ROOM,
			       seen->count };
	size_t i;

	bigger.slots = calloc(bigger.room, UUID_LEN);
	if (!bigger.slots)
		abort();
	for (i = 0; i < seen->room; i++) {
		if (seen->slots[i][0])
			memcpy(find(&bigger, seen->slots[i]), seen->slots[i], UUID_LEN);
	}
	free(seen->slots);
	*seen = bigger;
}

bool seen_add(struct seen *seen, const char *id)
{
	char *slot;

	if (seen->count * 2 >= seen->room)
		grow(seen);
	slot = find(seen, id);
	if (slot[0])
		return false;
	memcpy(slot, id, UUID_LEN);
	seen->count++;
	return true;
}

void seen_free(struct seen *seen)
{
	free(seen->slots);
	*seen = (struct seen){ NULL, 0, 0 };
}
