#ifndef BIN_TOKENMINT_AGENT_FETCH_H
#define BIN_TOKENMINT_AGENT_FETCH_H

#include <stdbool.h>
#include <stdint.h>

#include "bin/tokenmint-agent/cache.h"
#include "bin/tokenmint-agent/watch.h"
#include "lib/process.h"

struct error;

/* Questions under way: each is a child, `tokenmint get --json`, that looks into the vault and asks
 * GitHub if it must.  The agent itself never waits, and holds no key. */
enum { FETCHES = 16 };

struct fetch {
	struct watch watch;	   /* its standard output */
	struct cache_entry *entry; /* NULL: a free place */
	struct process process;
	int said; /* its standard error */
	struct buf answer;
	int64_t deadline_ms;
};

struct fetches {
	struct fetch all[FETCHES];
	const char *program; /* tokenmint */
	int epoll;
};

/* ERROR_TEMPORARY when all places are taken. */
int fetch_start(struct fetches *fetches, struct cache_entry *entry, uint64_t min_ttl_s,
		int64_t now_ms, struct error *err);

/* Its output is readable; *ended: the entry has the answer or the failure now. */
void fetch_read(struct fetch *fetch, bool *ended, int64_t now_ms);

/* Kill those that take too long: their output then ends. */
void fetch_check(struct fetches *fetches, int64_t now_ms);

/* Is there no place for another? */
bool fetch_is_full(const struct fetches *fetches);
void fetch_stop(struct fetches *fetches);

#endif
