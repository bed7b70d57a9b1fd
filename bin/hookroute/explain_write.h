#ifndef BIN_HOOKROUTE_EXPLAIN_WRITE_H
#define BIN_HOOKROUTE_EXPLAIN_WRITE_H

#include "bin/hookroute/explain.h"
#include "bin/hookroute/routes.h"
#include "lib/str.h"

/* What `hookroute explain` says about one event. */
struct explain_result {
	const struct explain *explain;
	const struct deliveries *deliveries;
	struct str_view line; /* the event */
	const char *places;   /* where it is in the spool: JSON objects, a line each */
	jv answers;	      /* of explain_event */
};

/* A line for each clause that said no and each delivery. */
void explain_write_text(struct buf *out, const struct explain_result *result);

/* One line. */
void explain_write_json(struct buf *out, const struct explain_result *result);

#endif
