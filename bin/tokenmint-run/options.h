#ifndef BIN_TOKENMINT_RUN_OPTIONS_H
#define BIN_TOKENMINT_RUN_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/cli.h"

struct error;

/* The command line, checked.  Strings are argv's own. */
struct options {
	struct cli cli; /* its words: the command's own first */
	bool json;
	int64_t now_ms;
	uint64_t life_ms;
	uint64_t older_than_ms;
	uint64_t audit_older_than_ms; /* 0: the trail stays */
	uint64_t limit;
	unsigned roles;
	const char *after;
	const char *name_space;
	const char *run;
};

extern const char options_usage[];

int options_parse(struct options *options, int argc, char *argv[], struct error *err);

#endif
