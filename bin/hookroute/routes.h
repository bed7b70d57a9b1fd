#ifndef BIN_HOOKROUTE_ROUTES_H
#define BIN_HOOKROUTE_ROUTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/filter.h"
#include "lib/str.h"
#include "lib/uuid.h"

struct error;
struct layout;

/*
 * The files of routes.d as one program: each file compiled alone first, so that its errors name its
 * own lines and its brackets are its own, then all together, each in a try of its own.
 * See hookroutes(5).
 */
struct routes {
	struct filter filter;
	size_t count; /* of files */
};

#define ROUTES_NONE                                                                      \
	{                                                                                \
		FILTER_NONE, 0                                                           \
	}
#define auto_routes __attribute__((cleanup(routes_free)))

/* dir: NULL for <conf>/routes.d. */
int routes_load(struct routes *routes, const struct layout *layout, const char *dir,
		struct error *err);
void routes_free(struct routes *routes);

/* A text that is one filter, with includes at the beginning of its lines, and the fences of
 * routes around it. */
int routes_compile(struct filter *filter, const char *text, const char *name,
		   const struct layout *layout, struct error *err);

/* An event's line as routes see it; ERROR_DATA when it is no JSON for libjq. */
int routes_parse(jv *event, struct str_view line, struct error *err);

enum delivery_with { WITH_NOTHING, WITH_PAYLOAD, WITH_EVENT };

/* "payload", "event", or NULL. */
const char *routes_with_name(enum delivery_with with);

/* One output of a route: what goes to whom. */
struct delivery {
	unsigned n; /* it is the nth of its event */
	char *route;
	char *to;
	char *send; /* JSON, with an id if it is an object; NULL: the event's own line */
	enum delivery_with with;
	char *lane; /* what is in one lane of a consumer arrives in order; NULL for none */
	bool latest;   /* a newer one of its lane takes its place */
	char *problem; /* the route failed: nothing can be sent */
	unsigned tries;
	char *error;	  /* of the last try */
	int64_t since_ms; /* it was first tried, or kept back; 0 for not yet */
	int64_t due_ms;	  /* not before; 0 for at once */
	bool kept;	  /* until then it is kept back for others' sake, and not tried */
};

#define DELIVERY_EMPTY                                                                   \
	{                                                                                \
		.with = WITH_NOTHING                                                     \
	}

struct deliveries {
	struct delivery *list;
	size_t count;
};

#define DELIVERIES_EMPTY                                                                 \
	{                                                                                \
		NULL, 0                                                                  \
	}
#define auto_deliveries __attribute__((cleanup(deliveries_free)))

/*
 * What the routes make of an event's line.  An event that is no JSON for libjq is ERROR_DATA;
 * a route that fails gives a delivery with a problem.
 */
int routes_apply(struct deliveries *deliveries, struct routes *routes,
		 struct str_view line, struct error *err);

/* Append an empty one. */
struct delivery *deliveries_add(struct deliveries *deliveries);
void deliveries_free(struct deliveries *deliveries);

#endif
