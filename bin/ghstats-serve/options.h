#ifndef BIN_GHSTATS_SERVE_OPTIONS_H
#define BIN_GHSTATS_SERVE_OPTIONS_H

#include <stdbool.h>

struct error;

struct options {
	const char *listen; /* NULL: the socket comes from systemd */
	bool inetd;
	bool debug;
	bool help;
	bool version;
};

extern const char options_usage[];

int options_parse(struct options *options, int argc, char *argv[], struct error *err);

#endif
