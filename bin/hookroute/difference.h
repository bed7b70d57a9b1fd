#ifndef BIN_HOOKROUTE_DIFFERENCE_H
#define BIN_HOOKROUTE_DIFFERENCE_H

#include <stddef.h>

#include "bin/hookroute/routes.h"

/* One delivery that is not the same with both sets of routes: was or is may be NULL. */
struct difference {
	const struct delivery *was;
	const struct delivery *is;
};

struct differences {
	struct difference *list;
	size_t count;
};

#define auto_differences __attribute__((cleanup(differences_free)))

/*
 * What is not the same, apart from the order and the deliveries' ids.  A delivery of the
 * same route to the same consumer that only says something else is one difference, with
 * both.  They point into was and is.  id: the event's.
 */
void differences_find(struct differences *differences, const struct deliveries *was,
		      const struct deliveries *is, const char *id);
void differences_free(struct differences *differences);

#endif
