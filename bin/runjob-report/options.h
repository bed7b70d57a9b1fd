#ifndef BIN_RUNJOB_REPORT_OPTIONS_H
#define BIN_RUNJOB_REPORT_OPTIONS_H

#include "lib/cli.h"

struct error;

struct options {
	struct cli cli;
};

extern const char options_usage[];

/* The operands must be "github" and "-". */
int options_parse(struct options *options, int argc, char *argv[], struct error *err);

#endif
