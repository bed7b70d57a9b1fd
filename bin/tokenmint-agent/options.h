#ifndef BIN_TOKENMINT_AGENT_OPTIONS_H
#define BIN_TOKENMINT_AGENT_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/cli.h"

struct error;

/* The command line, checked.  Strings are argv's own. */
enum { OPTIONS_SCOPE = 64 };

struct options {
	struct cli cli; /* its words: agent or exec first */
	const char *listen;
	const char *policy;
	bool checks;
	const char *app;
	const char *min_ttl;
	const char *repositories[OPTIONS_SCOPE];
	size_t repository_count;
	const char *permissions[OPTIONS_SCOPE];
	size_t permission_count;
	char **command; /* what stands behind "--", or NULL */
};

extern const char options_usage[];

int options_parse(struct options *options, int argc, char *argv[], struct error *err);

#endif
