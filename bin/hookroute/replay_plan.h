#ifndef BIN_HOOKROUTE_REPLAY_PLAN_H
#define BIN_HOOKROUTE_REPLAY_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "bin/hookroute/routes.h"

struct error;
struct walk_event;

/* What the routes as they are now would make of events of the past. */
struct replay_plan {
	struct routes *routes;
	const char *route; /* only what comes of this one; NULL for all */
	bool json;
	size_t events; /* so far */
	size_t deliveries;
	size_t failed; /* of the events: a route raised an error */
};

int replay_plan_apply(struct deliveries *deliveries, struct replay_plan *plan,
		      struct str_view line, struct error *err);

/* A line for each delivery, on standard output. */
int replay_plan_print(struct replay_plan *plan, const struct walk_event *event,
		      struct error *err);

/* Say how much it was; events that could not be routed are ERROR_DATA. */
int replay_plan_verdict(const struct replay_plan *plan, struct error *err);

#endif
