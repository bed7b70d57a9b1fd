#include "bin/hookroute/kept.h"

#include <stdlib.h>
#include <string.h>

/* What was taken leaves room in front: it is used before more is asked for. */
static void make_room(struct kept *kept)
{
	if (kept->first + kept->count < kept->room)
		return;
	if (kept->first > kept->room / 2) {
		memmove(kept->list, kept->list + kept->first,
			kept->count * sizeof(*kept->list));
		kept->first = 0;
		return;
	}
	kept->room = kept->room ? kept->room * 2 : 64;
	kept->list = realloc(kept->list, kept->room * sizeof(*kept->list));
	if (!kept->list)
		abort();
}

void kept_add(struct kept *kept, const char *id)
{
	make_room(kept);
	memcpy(kept->list[kept->first + kept->count++], id, UUID_LEN);
}

bool kept_take(char id[static UUID_LEN], struct kept *kept)
{
	if (!kept->count)
		return false;
	memcpy(id, kept->list[kept->first++], UUID_LEN);
	if (--kept->count == 0)
		kept_free(kept);
	return true;
}

void kept_free(struct kept *kept)
{
	free(kept->list);
	*kept = (struct kept){ NULL, 0, 0, 0 };
}
