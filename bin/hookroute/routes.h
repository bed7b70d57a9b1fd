#ifndef BIN_HOOKROUTE_ROUTES_H
#define BIN_HOOKROUTE_ROUTES_H

#include <stddef.h>
#include <stdint.h>

#include "bin/hookroute/deliveries.h"
#include "lib/filter.h"
#include "lib/str.h"

struct config;
struct error;
struct evaluator;
struct faults;
struct layout;
struct routes_look;

/* What one route file may take for one event. */
struct routes_limits {
	uint64_t time_ms;      /* of processor time */
	uint64_t memory_bytes; /* beyond what is in use at rest */
};

/*
 * The files of routes.d as one program, in which none can reach into another.  See
 * hookroutes(5).
 */
struct routes {
	struct filter filter;
	char **names; /* of the files */
	size_t count;
	struct routes_limits limits;
	struct routes_look *look;    /* NULL: all could want all */
	struct evaluator *evaluator; /* of routes_apply; NULL until then */
};

#define ROUTES_NONE                                                                      \
	{                                                                                \
		.filter = FILTER_NONE                                                    \
	}
#define auto_routes __attribute__((cleanup(routes_free)))

/* HOOKTOOLS_ROUTE_TIME and HOOKTOOLS_ROUTE_MEMORY. */
int routes_limits_read(struct routes_limits *limits, const struct config *config,
		       struct error *err);

/* dir: NULL for <conf>/routes.d.  ERROR_CONFIG with the first fault of a file. */
int routes_load(struct routes *routes, const struct layout *layout, const char *dir,
		struct error *err);

/* All that is wrong with the files; nothing is appended if they are fine. */
int routes_check(struct faults *faults, size_t *count, const struct layout *layout,
		 const char *dir, struct error *err);
void routes_free(struct routes *routes);

/* A text that is one filter, with includes at the beginning of its lines, and the fences of
 * routes around it. */
int routes_compile(struct filter *filter, const char *text, const char *name,
		   const struct layout *layout, struct error *err);

/* An event's line as routes see it; ERROR_DATA when it is no JSON for libjq. */
int routes_parse(jv *event, struct str_view line, struct error *err);

/*
 * What the routes make of an event's line, within their limits.  An event that is no JSON
 * for libjq is ERROR_DATA; a route that fails gives a delivery with a problem.  Waits; a
 * router asks an evaluator instead.
 */
int routes_apply(struct deliveries *deliveries, struct routes *routes,
		 struct str_view line, struct error *err);

#endif
