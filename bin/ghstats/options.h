#ifndef BIN_GHSTATS_OPTIONS_H
#define BIN_GHSTATS_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/cli.h"
#include "lib/stats_filter.h"

struct error;

enum options_format { FORMAT_AUTO, FORMAT_TABLE, FORMAT_TSV, FORMAT_CSV, FORMAT_JSON };

/* The command line, checked.  Strings are argv's own. */
struct options {
	struct cli cli;
	const char *command; /* NULL when there is none */
	const char *operand;
	struct stats_filter filter;
	const char *by;
	const char *after;
	int64_t limit; /* 0: not given */
	enum options_format format;
	const char *listen;
	bool inetd;
	const char *login; /* a file */
	bool local;
};

extern const char options_usage[];

int options_parse(struct options *options, int argc, char *argv[], struct error *err);

#endif
