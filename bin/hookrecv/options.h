#ifndef BIN_HOOKRECV_OPTIONS_H
#define BIN_HOOKRECV_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "bin/hookrecv/source.h"
#include "lib/cli.h"

struct error;

struct options {
	struct cli cli;
	const char *command;  /* the first word; "serve" when there is none */
	const char *operand;  /* what it is about, or NULL */
	const char *second;   /* a further word */
	const char *listen;   /* -l */
	const char *provider; /* -p */
	const char *url;
	const char *secret_file;
	const char *request;
	uint64_t last; /* 0: it was not given */
	const char *event;
	const char *delivery;
	const char *events;  /* of `add --create` */
	const char *app;     /* a GitHub App's name */
	const char *project; /* at the forge, when it is not the hook's name */
	uint64_t since_ms;   /* how long ago; 0: not given */
	uint64_t max_body;
	uint64_t grace_ms;
	uint64_t idle_s;
	uint64_t total_s;
	uint64_t workers;
	const char *tls_cert;
	const char *tls_key;
	struct source_trust trust;
	bool inetd;
	bool trace;
	bool json;
	bool create;
	bool check;
	bool keep_remote;
	bool dry_run;
};

extern const char options_usage[];

int options_parse(struct options *options, int argc, char *argv[], struct error *err);

#endif
