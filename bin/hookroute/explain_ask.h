#ifndef BIN_HOOKROUTE_EXPLAIN_ASK_H
#define BIN_HOOKROUTE_EXPLAIN_ASK_H

#include "bin/hookroute/routes.h"
#include "lib/filter.h"
#include "lib/json.h"

/*
 * Run a program on input in a child process, within the limits of a route: its outputs up to
 * where it ended are appended to the array *outputs.  A child that was killed, for it took too
 * much, is no failure.
 */
int explain_ask(jv *outputs, struct filter *filter, jv input,
		const struct routes_limits *limits, struct error *err);

#endif
