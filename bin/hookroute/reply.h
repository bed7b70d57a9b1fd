#ifndef BIN_HOOKROUTE_REPLY_H
#define BIN_HOOKROUTE_REPLY_H

#include "bin/hookroute/consumer.h"
#include "lib/str.h"

struct error;

/* A reply line of hookpipe(7).  *message is the caller's to free, NULL for an ok. */
int reply_read(enum consumer_verdict *verdict, char **message, struct str_view line,
	       struct error *err);

#endif
