#ifndef BIN_HOOKROUTE_DELIVERIES_H
#define BIN_HOOKROUTE_DELIVERIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/uuid.h"

enum delivery_with { WITH_NOTHING, WITH_PAYLOAD, WITH_EVENT };

/* "payload", "event", or NULL. */
const char *routes_with_name(enum delivery_with with);

/* One output of a route: what goes to whom. */
struct delivery {
	char *route; /* NULL: it never came to the routes */
	unsigned n;  /* it is the nth of its route's, from 0 */
	char *to;
	char *send; /* JSON, with an id if it is an object; NULL: the event's own line */
	enum delivery_with with;
	char *lane; /* what is in one lane of a consumer arrives in order; NULL for none */
	char *file; /* of a lane: the file that its event came in, NULL for the event's id */
	bool latest;   /* a newer one of its lane takes its place */
	char *problem; /* the route failed: nothing can be sent */
	unsigned tries;
	char *error;	  /* of the last try */
	int64_t since_ms; /* it was first tried, or kept back; 0 for not yet */
	int64_t due_ms;	  /* not before; 0 for at once */
	bool kept;	  /* until then it is kept back for others' sake, and not tried */
};

#define DELIVERY_EMPTY                                                                   \
	{                                                                                \
		.with = WITH_NOTHING                                                     \
	}

/* Its id: the same at every try, whatever the event's other routes make of it meanwhile. */
void delivery_id(char id[static UUID_LEN], const char *event_id,
		 const struct delivery *delivery);

/* What delivery_id hangs on, beside the event. */
uint32_t delivery_number(const struct delivery *delivery);

struct deliveries {
	struct delivery *list;
	size_t count;
};

#define DELIVERIES_EMPTY                                                                 \
	{                                                                                \
		NULL, 0                                                                  \
	}
#define auto_deliveries __attribute__((cleanup(deliveries_free)))

/* Append an empty one. */
struct delivery *deliveries_add(struct deliveries *deliveries);

/* Is that one of them, of the same event? */
bool deliveries_have(const struct deliveries *deliveries,
		     const struct delivery *delivery);

/* Forget all but the first count. */
void deliveries_cut(struct deliveries *deliveries, size_t count);
void deliveries_free(struct deliveries *deliveries);

#endif
