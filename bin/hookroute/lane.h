#ifndef BIN_HOOKROUTE_LANE_H
#define BIN_HOOKROUTE_LANE_H

#include "lib/json.h"

struct deliveries;
struct delivery;
struct error;
struct json_writer;

/* The members "lane" and "latest" of a delivery, as a route makes them and as they are kept;
 * see hookroutes(5). */
int lane_read(struct delivery *delivery, jv value, struct error *err);

/* Nothing when it has no lane. */
void lane_write(struct json_writer *writer, const struct delivery *delivery);

/* Has one of them a lane? */
bool lane_is_among(const struct deliveries *deliveries);

#endif
