#ifndef BIN_HOOKROUTE_ROUTES_RUN_H
#define BIN_HOOKROUTE_ROUTES_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bin/hookroute/refusal.h"
#include "bin/hookroute/routes.h"

/*
 * Routes on one event, in this process, which nothing protects: what runs here may hang,
 * eat all memory and crash.  See evaluator.h.
 */
struct routes_run {
	struct routes *routes;
	const struct refusal *refusals; /* files that are not to run */
	size_t refusal_count;
	const bool *wanted; /* NULL: all files; else those to run */
	void (*enters)(void *context, size_t file); /* before each that runs */
	void *context;
};

/* ERROR_DATA when line is no event. */
int routes_run(struct deliveries *deliveries, const struct routes_run *run,
	       struct str_view line, struct error *err);

#endif
