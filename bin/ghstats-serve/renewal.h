#ifndef BIN_GHSTATS_SERVE_RENEWAL_H
#define BIN_GHSTATS_SERVE_RENEWAL_H

#include <stdbool.h>

#include "bin/ghstats-serve/attempts.h"
#include "lib/str.h"

struct gate;
struct helpers;
struct http_exchange;
struct renewal;

/*
 * Sessions whose access token has run out while a request brings the refresh token: its next pair
 * goes into cookies, and the request on.  Requests that bring the same while that is asked for
 * wait for the one answer; those that come later, or to another server, are sorted out by
 * tokenmint visitor refresh.
 */
struct renewals {
	struct gate *gate; /* these four are the caller's to set */
	struct helpers *helpers;
	void (*show)(struct http_exchange *exchange, void *context);
	void *context;
	struct attempts attempts;
	struct renewal *first;
};

/* Answers the exchange, now or later, by show when there is a session that allows it. */
void renewals_join(struct http_exchange *exchange, struct renewals *renewals,
		   struct str_view token);

/* Does it look like a refresh token?  What does not by its checksum is not worth a process. */
bool renewals_is_token(struct str_view text);

#endif
