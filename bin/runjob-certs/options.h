#ifndef BIN_RUNJOB_CERTS_OPTIONS_H
#define BIN_RUNJOB_CERTS_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/certificate.h"
#include "lib/cli.h"

struct error;

struct options {
	struct cli cli;
	const char *pool; /* NULL: <conf>/pool */
	const char *crl;  /* NULL: <conf>/revoked */
	enum certificate_role role;
	bool json;
	uint64_t limit;
	const char *after;
};

extern const char options_usage[];

int options_parse(struct options *options, int argc, char *argv[], struct error *err);

#endif
