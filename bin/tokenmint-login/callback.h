#ifndef BIN_TOKENMINT_LOGIN_CALLBACK_H
#define BIN_TOKENMINT_LOGIN_CALLBACK_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/str.h"

struct buf;
struct error;

/*
 * Waits on loopback for the browser to come back: a server for one request, that of
 * /callback with the state of this login.  All others are answered, and forgotten.
 */
struct callback {
	int fd; /* -1 when closed */
	unsigned port;
};

#define CALLBACK_NONE                                                                    \
	{                                                                                \
		-1, 0                                                                    \
	}
#define auto_callback __attribute__((cleanup(callback_close)))

/* port 0: any. */
int callback_open(struct callback *callback, unsigned port, struct error *err);
void callback_close(struct callback *callback);

struct callback_wanted {
	const char *state;
	const char *issuer;
	uint64_t timeout_ms;
};

/* Append the code; ERROR_TEMPORARY when nobody comes in time, else as oauth_read_callback. */
int callback_wait(struct buf *code, const struct callback *callback,
		  const struct callback_wanted *wanted, struct error *err);

/* The query of "GET /callback?QUERY HTTP/1.1"; false for another request. */
bool callback_query(struct str_view *query, struct str_view head);

#endif
