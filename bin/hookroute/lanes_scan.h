#ifndef BIN_HOOKROUTE_LANES_SCAN_H
#define BIN_HOOKROUTE_LANES_SCAN_H

struct error;
struct lane_table;
struct spool;

/* Add what is left in defer/ of deliveries that have a lane. */
int lanes_scan(struct lane_table *table, const struct spool *spool, struct error *err);

#endif
