#ifndef BIN_HOOKRECV_SEEN_SCAN_H
#define BIN_HOOKRECV_SEEN_SCAN_H

#include <stdbool.h>

struct error;
struct seen_entry;
struct spool;

/* What the spool itself knows of deliveries: the events in all its folders. */

/* Call each for every event that names a hook and a delivery. */
int seen_scan(const struct spool *spool,
	      void (*each)(void *context, const struct seen_entry *entry), void *context,
	      struct error *err);

/* Is there a file of this id in any folder where published events are? */
bool seen_scan_has(const struct spool *spool, const char *id);

#endif
