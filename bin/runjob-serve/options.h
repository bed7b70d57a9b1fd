#ifndef BIN_RUNJOB_SERVE_OPTIONS_H
#define BIN_RUNJOB_SERVE_OPTIONS_H

#include "lib/cli.h"

struct error;

struct options {
	struct cli cli;
	const char *listen; /* NULL: the socket comes from systemd */
	const char *tls_cert;
	const char *tls_key;
	const char *pool;    /* NULL: <conf>/pool */
	const char *sandbox; /* the least one: "none", "default" ... */
	const char *revoked; /* NULL: <conf>/revoked, if it is there */
};

extern const char options_usage[];

int options_parse(struct options *options, int argc, char *argv[], struct error *err);

#endif
