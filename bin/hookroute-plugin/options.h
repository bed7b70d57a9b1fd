#ifndef BIN_HOOKROUTE_PLUGIN_OPTIONS_H
#define BIN_HOOKROUTE_PLUGIN_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/cli.h"
#include "lib/version.h"

struct error;

/* The command line, checked.  Strings are argv's own. */
struct options {
	struct cli cli;
	bool json;
	uint64_t limit;		/* 0 when there is none */
	int64_t jitter_ms;	/* -1 when none was given */
	const char *timezone;	/* NULL: the system's */
	const char *after;	/* a plugin's name */
	const char *repository; /* NULL: all of them */
	const char *secret;	/* a name in the vault */
	struct version version; /* parts is 0 when none was given */
	const char *command;	/* NULL when none was given */
	const char *const *operands;
	size_t operand_count;
};

extern const char options_usage[];

int options_parse(struct options *options, int argc, char *argv[], struct error *err);

#endif
