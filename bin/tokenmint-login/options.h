#ifndef BIN_TOKENMINT_LOGIN_OPTIONS_H
#define BIN_TOKENMINT_LOGIN_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/cli.h"

struct error;

/* The command line, checked.  Strings are argv's own. */
struct options {
	struct cli cli;
	int64_t now_ms;
	uint64_t leeway_ms;
	unsigned algorithms; /* of JWS_ALGORITHM */
	const char *issuer;
	const char *audience;
	const char *policy; /* a file */
	bool device;
	bool web;
	bool repositories;
	unsigned port;
	uint64_t timeout_ms;
	const char *client_id;
	const char *client_secret; /* a file */
	const char *scope;
};

extern const char options_usage[];

int options_parse(struct options *options, int argc, char *argv[], struct error *err);

#endif
