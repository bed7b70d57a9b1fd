#ifndef BIN_HOOKROUTE_FORWARD_OPTIONS_H
#define BIN_HOOKROUTE_FORWARD_OPTIONS_H

#include <stdint.h>

#include "lib/cli.h"

struct error;

/* The command line, checked.  Strings are argv's own. */
struct options {
	struct cli cli;
	const char *kind; /* "forward", "chat" or "mail" */
	const char *url;  /* itself, or the name of a secret that holds it */
	const char *key;  /* the name of a secret; NULL: nothing is signed */
	const char *style;
	const char *to;	  /* addresses */
	const char *from; /* one; NULL: what sendmail(8) makes of it */
	const char *sendmail;
	uint64_t timeout_ms;
};

extern const char options_usage[];

int options_parse(struct options *options, int argc, char *argv[], struct error *err);

#endif
