#ifndef BIN_TOKENMINT_AGENT_DESK_H
#define BIN_TOKENMINT_AGENT_DESK_H

#include <stdbool.h>
#include <stdint.h>

#include "bin/tokenmint-agent/cache.h"
#include "bin/tokenmint-agent/fetch.h"
#include "bin/tokenmint-agent/policy.h"
#include "bin/tokenmint-agent/trail.h"
#include "lib/buf.h"
#include "lib/str.h"

struct peer;

/* Where requests become answers: what is granted, what is there, what has to be asked for. */
struct desk {
	struct policy policy;
	struct cache cache;
	struct fetches fetches;
	struct trail trail;
};

/* Append the answer to a line; false when there is none yet: ask again when a fetch has ended. */
bool desk_answer(struct buf *out, struct desk *desk, const struct peer *peer,
		 struct str_view line, int64_t now_ms);

/* Append {"error":KIND,"message":TEXT}. */
void desk_write_error(struct buf *out, const struct error *err);

void desk_close(struct desk *desk);

#endif
