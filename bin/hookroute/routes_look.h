#ifndef BIN_HOOKROUTE_ROUTES_LOOK_H
#define BIN_HOOKROUTE_ROUTES_LOOK_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/filter.h"
#include "lib/str.h"

struct layout;
struct routes_text;

/*
 * Which files could want an event, by what stands outside of its payload, which need not be
 * parsed for it.  It is known of a file that begins with on("...") or select(.event == "..."),
 * also in each of its alternatives; any other could want everything.
 */
enum { LOOK_SLOTS = 256 };

struct look_slot {
	char *key;    /* provider, event, hook and name; NULL: empty */
	bool *wanted; /* by each file */
	bool nobody;  /* none of them */
};

struct routes_look {
	struct filter filter; /* none: all could want all */
	size_t count;	      /* of files */
	struct look_slot slots[LOOK_SLOTS];
};

/* NULL when there is nothing to know about any file. */
struct routes_look *routes_look_make(const struct routes_text *texts,
				     const struct layout *layout);
void routes_look_free(struct routes_look *look);

/* What wants an event's line; NULL: anything could.  It is look's until the next call. */
const struct look_slot *routes_look(struct routes_look *look, struct str_view line);

#endif
