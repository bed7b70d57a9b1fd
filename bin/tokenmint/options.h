#ifndef BIN_TOKENMINT_OPTIONS_H
#define BIN_TOKENMINT_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/cli.h"
#include "lib/crypto_sign.h"

struct error;

/* The command line, checked.  Strings are argv's own. */
enum { OPTIONS_SCOPE = 64 };

struct options {
	struct cli cli; /* its words: the command's own first */
	bool json;
	bool all;
	bool from_stdin;
	const char *agent;   /* its socket; $HOOKTOOLS_AGENT, or NULL */
	const char *refused; /* the hash of a token, base 64 */
	const char *app;
	const char *app_id;
	const char *client_id;
	const char *api;     /* as it was written */
	const char *signer;  /* the name of a command */
	const char *key_uri; /* PKCS#11 */
	const char *jwk;     /* key files, or "-" */
	const char *jwks;
	enum crypto_scheme algorithm; /* the last one */
	unsigned algorithms;	      /* of JWS_ALGORITHM, all */
	size_t algorithm_count;
	const char *file; /* NULL or "-": standard input */
	uint64_t min_ttl_ms;
	bool is_ttl_asked; /* --min-ttl was given */
	uint64_t older_than_ms;
	uint64_t expires_ms; /* from now; 0: never */
	const char *repositories[OPTIONS_SCOPE];
	size_t repository_count;
	const char *recipients[OPTIONS_SCOPE]; /* of age(1) */
	size_t recipient_count;
	const char *recipients_file;
	const char *identity;
	const char *readers[OPTIONS_SCOPE + 1]; /* "pipeline/p", NULL at the end */
	size_t reader_count;
	uint64_t limit; /* of a list; 0: all */
	const char *after;
	const char *permissions[OPTIONS_SCOPE]; /* "contents=read" */
	size_t permission_count;
};

extern const char options_usage[];

int options_parse(struct options *options, int argc, char *argv[], struct error *err);

#endif
