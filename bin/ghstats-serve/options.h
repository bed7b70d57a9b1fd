#ifndef BIN_GHSTATS_SERVE_OPTIONS_H
#define BIN_GHSTATS_SERVE_OPTIONS_H

#include <stdbool.h>

#include "lib/cli.h"

struct error;

struct options {
	struct cli cli;
	const char *listen; /* NULL: the socket comes from systemd */
	bool inetd;
	const char *login; /* a file; NULL: nobody logs in */
};

extern const char options_usage[];

int options_parse(struct options *options, int argc, char *argv[], struct error *err);

#endif
