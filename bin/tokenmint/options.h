#ifndef BIN_TOKENMINT_OPTIONS_H
#define BIN_TOKENMINT_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

/* The command line, checked.  Strings are argv's own. */
enum { OPTIONS_OPERANDS = 256, OPTIONS_SCOPE = 64 };

struct options {
	bool help;
	bool version;
	bool debug;
	bool json;
	bool all;
	const char *app;
	const char *app_id;
	const char *client_id;
	const char *file; /* NULL or "-": standard input */
	uint64_t min_ttl_ms;
	uint64_t older_than_ms;
	uint64_t expires_ms; /* from now; 0: never */
	const char *repositories[OPTIONS_SCOPE];
	size_t repository_count;
	const char *permissions[OPTIONS_SCOPE]; /* "contents=read" */
	size_t permission_count;
	const char *operands[OPTIONS_OPERANDS]; /* the command's own words first */
	size_t operand_count;
	char used[32]; /* the letters of the options given, each once */
};

extern const char options_usage[];

int options_parse(struct options *options, int argc, char *argv[], struct error *err);

#endif
