#ifndef BIN_RUNJOB_REGISTRY_OPTIONS_H
#define BIN_RUNJOB_REGISTRY_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/cli.h"

struct error;

enum { PARAMETERS_MAX = 100 };

struct options {
	struct cli cli;
	bool json;
	bool watch;
	uint32_t share;	   /* of a canary; 0: none */
	uint64_t limit;	   /* of a list */
	const char *after; /* what the page before ended with */
	const char
		*owner; /* whose pipelines: a certificate's file or SHA-256; NULL: ours */
	const char *parameters[PARAMETERS_MAX]; /* "NAME=value" */
	size_t parameter_count;
};

extern const char options_usage[];

int options_parse(struct options *options, int argc, char *argv[], struct error *err);

#endif
