#ifndef BIN_RUNJOB_OBJECT_OPTIONS_H
#define BIN_RUNJOB_OBJECT_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/cli.h"

struct error;

struct options {
	struct cli cli;
	const char *owner;    /* a certificate's file or SHA-256; NULL: ours */
	const char *pipeline; /* the scope; both NULL: global */
	const char *run;
	bool json;
	uint64_t limit;
	const char *after;
	uint64_t expires_ms; /* 0: never */
};

extern const char options_usage[];

int options_parse(struct options *options, int argc, char *argv[], struct error *err);

#endif
