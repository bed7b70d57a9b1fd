#ifndef BIN_TOKENMINT_IDENTITY_OPTIONS_H
#define BIN_TOKENMINT_IDENTITY_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/cli.h"
#include "lib/crypto_sign.h"

struct error;

/* The command line, checked.  Strings are argv's own. */
struct options {
	struct cli cli; /* its words: the command's own first */
	bool json;
	bool all;
	bool once; /* no refresh token */
	enum crypto_scheme algorithm;
	int64_t now_ms;
	int64_t expires_ms; /* 0: never */
	uint64_t limit;
	unsigned roles;
	const char *after;
	const char *audience;
	const char *name;
	const char *name_space;
	const char *subject;
	const char *const *operands; /* behind the two words of the command */
	size_t operand_count;
};

extern const char options_usage[];

int options_parse(struct options *options, int argc, char *argv[], struct error *err);

#endif
