#ifndef BIN_HOOKROUTE_RETRY_H
#define BIN_HOOKROUTE_RETRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

/* When a failed delivery is tried again: HOOKTOOLS_RETRY, "5s 5m 30m …", one time for each
 * further try. */
enum { RETRY_MAX = 64 };

struct retry {
	uint64_t delays_ms[RETRY_MAX];
	size_t count;
};

/* text NULL: the schedule of Standard Webhooks, over about three days. */
int retry_read(struct retry *retry, const char *text, struct error *err);

/* The delay before the next try when tries have failed, up to a fifth longer by chance;
 * false when there is none any more. */
bool retry_delay(uint64_t *delay_ms, const struct retry *retry, unsigned tries);

#endif
