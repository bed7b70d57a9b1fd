#ifndef BIN_HOOKROUTE_LOADER_H
#define BIN_HOOKROUTE_LOADER_H

#include "lib/process.h"

struct layout;

/*
 * `hookroute-plugin watch` beside a router: it registers plugins that are dropped in, says when one
 * stops working, and tells the router with SIGHUP when there is the first one.  It ends when the
 * router does, however that may be.
 */
struct loader {
	struct process process;
	int alive; /* the other end is its standard input; -1 when there is none */
};

#define LOADER_NONE                                                                      \
	{                                                                                \
		PROCESS_NONE, -1                                                         \
	}

/* Without it all goes on: a failure is logged. */
void loader_start(struct loader *loader, const struct layout *layout);
void loader_end(struct loader *loader);

#endif
