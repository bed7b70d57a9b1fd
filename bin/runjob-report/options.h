#ifndef BIN_RUNJOB_REPORT_OPTIONS_H
#define BIN_RUNJOB_REPORT_OPTIONS_H

#include <stdbool.h>

struct error;

struct options {
	bool help;
	bool version;
	bool debug;
};

extern const char options_usage[];

/* The operands must be "github" and "-". */
int options_parse(struct options *options, int argc, char *argv[], struct error *err);

#endif
