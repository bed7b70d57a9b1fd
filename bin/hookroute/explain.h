#ifndef BIN_HOOKROUTE_EXPLAIN_H
#define BIN_HOOKROUTE_EXPLAIN_H

#include <stdbool.h>
#include <stddef.h>

#include "bin/hookroute/clause.h"
#include "bin/hookroute/routes.h"
#include "lib/buf.h"
#include "lib/filter.h"
#include "lib/json.h"

struct error;
struct layout;

/* Route files taken apart into clauses, and the programs that ask each of them. */
struct explain_route {
	char *name;
	struct buf text;
	struct clauses clauses;
};

struct explain_program {
	struct filter filter;
	size_t first; /* of the routes */
	size_t count;
};

struct explain {
	struct explain_route *routes; /* in the order of their names */
	size_t count;
	struct explain_program *programs;
	size_t program_count;
	struct routes_limits limits; /* set before explain_load */
};

#define EXPLAIN_NONE                                                                     \
	{                                                                                \
		.routes = NULL                                                           \
	}
#define auto_explain __attribute__((cleanup(explain_free)))

/* dir: NULL for <conf>/routes.d, whose routes are known to compile. */
int explain_load(struct explain *explain, const struct layout *layout, const char *dir,
		 struct error *err);
void explain_free(struct explain *explain);

/*
 * Ask all clauses: *answers is an array with an element for each route, itself an array of
 * what its clauses answered, in the order of evaluation.  The caller frees it.
 */
int explain_event(jv *answers, struct explain *explain, jv event, struct error *err);

/* Of a route's answers: was this clause reached, and had no output?  *error (NULL if it
 * raised none) is the caller's to free, and so are the *values: {"branch":"dev"}. */
bool explain_says_no(char **error, jv *values, jv answers, size_t clause);

#endif
