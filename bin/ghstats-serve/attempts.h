#ifndef BIN_GHSTATS_SERVE_ATTEMPTS_H
#define BIN_GHSTATS_SERVE_ATTEMPTS_H

#include <stdbool.h>
#include <stdint.h>

/*
 * How often something may be tried in a minute, by one peer and by all: what starts a program, so
 * that nobody makes us start them without end.  Peers on this machine are proxies, and counted
 * with all only.  Two peers that share a place in the table share what it allows.
 */
enum { ATTEMPTS_PLACES = 512 };

struct attempts {
	unsigned of_all; /* these two are the caller's to set */
	unsigned of_one;
	uint64_t seed;
	int64_t since_ms;
	unsigned count;
	uint16_t counts[ATTEMPTS_PLACES];
};

/* remote: as http_remote has it; now_ms: of date_steady_ms. */
bool attempts_take(struct attempts *attempts, const char *remote, int64_t now_ms);

#endif
