#ifndef BIN_HOOKROUTE_LANES_SCAN_H
#define BIN_HOOKROUTE_LANES_SCAN_H

#include <stdint.h>

struct due;
struct error;
struct lane_table;
struct spool;

/*
 * Learn what is left in defer/ of deliveries that have a lane.  Those that are new in table,
 * and the first of their lane, are due at once.
 */
struct lanes_scan {
	struct lane_table *table;
	struct due *due;
	const struct spool *spool;
	int64_t now_ms;
};

int lanes_scan_all(const struct lanes_scan *scan, struct error *err);

/* One event; if it is not in defer/ there is nothing to learn. */
int lanes_scan_event(const struct lanes_scan *scan, const char *id, struct error *err);

#endif
