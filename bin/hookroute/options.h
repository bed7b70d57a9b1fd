#ifndef BIN_HOOKROUTE_OPTIONS_H
#define BIN_HOOKROUTE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/cli.h"

struct error;

/* The command line, checked.  Strings are argv's own. */
struct options {
	struct cli cli;
	bool json;
	bool dead;
	bool all;
	bool follow;
	bool dry_run;
	uint64_t jobs;	   /* events under way at once */
	uint64_t limit;	   /* UINT64_MAX when there is none */
	const char *after; /* an id */
	uint64_t keep;	   /* UINT64_MAX when there is none, as the next two */
	uint64_t max_bytes;
	uint64_t older_than_ms;
	int64_t since_ms;  /* INT64_MIN when there is none */
	int64_t until_ms;  /* INT64_MAX when there is none */
	const char *by;	   /* what to count by */
	const char *event; /* bare payloads are events of this kind */
	const char *name;  /* of what they belong to; a pattern for all but put */
	const char *provider;
	const char *route;	     /* a file of routes.d */
	const char *hook;	     /* a uuid */
	const char *routes;	     /* a folder instead of routes.d */
	uint64_t timeout_ms;	     /* for a reply */
	const char *values;	     /* a file of them */
	const char *output;	     /* a file, instead of standard output */
	const char *to;		     /* print the lines of this consumer only */
	const char *command;	     /* NULL when none was given */
	const char *const *operands; /* behind it */
	size_t operand_count;
};

extern const char options_usage[];

int options_parse(struct options *options, int argc, char *argv[], struct error *err);

#endif
