#ifndef BIN_HOOKROUTE_ROUTER_H
#define BIN_HOOKROUTE_ROUTER_H

#include <stdbool.h>
#include <stddef.h>

struct error;
struct layout;

struct router_options {
	size_t events_max; /* under way at once */
	bool follow;	   /* go on when the spool is empty, until SIGTERM or SIGINT */
};

/*
 * Lease, route, deliver, settle: `hookroute run` and `hookroute drain`.  SIGTERM and SIGINT
 * finish what consumers have got, a second one does not; SIGHUP reads the routes again.
 */
int router_run(const struct router_options *options, const struct layout *layout,
	       struct error *err);

#endif
