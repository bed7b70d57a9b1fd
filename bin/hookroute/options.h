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
	uint64_t jobs;		     /* events under way at once */
	uint64_t limit;		     /* UINT64_MAX when there is none */
	const char *after;	     /* an id */
	const char *event;	     /* bare payloads are events of this kind */
	const char *name;	     /* of what they belong to */
	const char *hook;	     /* a uuid */
	const char *routes;	     /* a folder instead of routes.d */
	const char *to;		     /* print the lines of this consumer only */
	const char *command;	     /* NULL when none was given */
	const char *const *operands; /* behind it */
	size_t operand_count;
};

extern const char options_usage[];

int options_parse(struct options *options, int argc, char *argv[], struct error *err);

#endif
