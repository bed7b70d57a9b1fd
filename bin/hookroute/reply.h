#ifndef BIN_HOOKROUTE_REPLY_H
#define BIN_HOOKROUTE_REPLY_H

#include <stdint.h>

#include "lib/str.h"

struct error;

/* A reply line of hookpipe(7). */
enum consumer_verdict {
	CONSUMER_OK,
	CONSUMER_TEMPORARY,
	CONSUMER_PERMANENT,
	CONSUMER_BUSY,	     /* it was not tried; nobody replies this */
	CONSUMER_SUPERSEDED, /* it need not be; nor this */
};

struct reply {
	enum consumer_verdict verdict;
	const char *message; /* NULL for an ok */
	int64_t after_ms;    /* it wants to be left alone for so long, a day at most */
};

/* *message is what reply->message points to, the caller's to free. */
int reply_read(struct reply *reply, char **message, struct str_view line,
	       struct error *err);

#endif
