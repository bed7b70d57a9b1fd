#ifndef BIN_HOOKROUTE_LOADER_H
#define BIN_HOOKROUTE_LOADER_H

#include <poll.h>
#include <stdint.h>

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
	int64_t started_ms;
};

#define LOADER_NONE                                                                      \
	{                                                                                \
		PROCESS_NONE, -1, 0                                                      \
	}

/* Without it all goes on: a failure is logged. */
void loader_start(struct loader *loader, const struct layout *layout);

/* Has it ended by itself?  Then it is started again, unless it did so at once. */
void loader_poll(const struct loader *loader, struct pollfd *polled);
void loader_work(struct loader *loader, const struct pollfd *polled,
		 const struct layout *layout);
void loader_end(struct loader *loader);

#endif
