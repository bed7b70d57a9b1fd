#ifndef BIN_HOOKROUTE_ROUTES_OUTPUT_H
#define BIN_HOOKROUTE_ROUTES_OUTPUT_H

#include "bin/hookroute/deliveries.h"
#include "lib/json.h"

/* An output of a route as the delivery it is, or with the problem that it has; event_id is a
 * uuid, delivery's route and n are set. */
void routes_output_read(struct delivery *delivery, jv out, const char *event_id);

/* An error that a route raised, as the delivery's problem. */
void routes_output_fail(struct delivery *delivery, jv error);

#endif
