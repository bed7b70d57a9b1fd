#ifndef BIN_HOOKROUTE_TICK_OPTIONS_H
#define BIN_HOOKROUTE_TICK_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/cli.h"

struct error;

/* The command line, checked.  Strings are argv's own. */
struct options {
	struct cli cli;
	bool json; /* also where standard output is no terminal */
	bool dry_run;
	int64_t now_ms;	   /* --at, or the clock's */
	int64_t jitter_ms; /* -1 when none was given */
	uint64_t limit;	   /* UINT64_MAX when there is none */
	uint64_t count;
	const char *after;    /* a schedule's name */
	const char *name;     /* of a repository */
	const char *payload;  /* JSON */
	const char *timezone; /* NULL: the system's */
	const char *command;  /* "tick", or the word behind schedule; NULL for none */
	const char *const *operands;
	size_t operand_count;
};

extern const char options_usage[];

int options_parse(struct options *options, int argc, char *argv[], struct error *err);

#endif
