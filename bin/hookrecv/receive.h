#ifndef BIN_HOOKRECV_RECEIVE_H
#define BIN_HOOKRECV_RECEIVE_H

#include "bin/hookrecv/batch.h"
#include "bin/hookrecv/guard.h"
#include "bin/hookrecv/hooks.h"
#include "bin/hookrecv/limits.h"
#include "bin/hookrecv/metrics.h"
#include "bin/hookrecv/providers.h"
#include "bin/hookrecv/seen.h"
#include "bin/hookrecv/space.h"
#include "bin/hookrecv/trace_note.h"
#include "lib/http_server.h"
#include "lib/spool.h"
#include "lib/uuid.h"

/*
 * The receiving path: from a request to a durable event and its answer.  It decides
 * nothing about events and runs nothing.
 */
struct receive {
	struct limits limits;
	struct space space;
	struct spool spool;
	struct hooks hooks;
	struct providers providers;
	struct seen seen;
	struct guard guard;
	struct batch batch;
	struct uuid_source ids;
	struct trace_notes notes;
	struct metrics metrics; /* its page is the server's */
	struct buf payload;	/* what the last bytes of a body brought */
	size_t kept;		/* bytes of bodies in memory */
};

#define RECEIVE_NONE                                                                     \
	{                                                                                \
		.spool = SPOOL_NONE, .hooks = HOOKS_NONE, .providers = PROVIDERS_NONE,   \
		.seen = SEEN_NONE, .guard = GUARD_NONE,                                  \
	}
#define auto_receive __attribute__((cleanup(receive_close)))

/* trust must stay where it is. */
int receive_open(struct receive *receive, const struct layout *layout,
		 const struct source_trust *trust, struct error *err);
void receive_close(struct receive *receive);

/* Count what happens from now on. */
void receive_count(struct receive *receive, const struct metrics *metrics);

/* The service for an http_server; receive must stay where it is. */
struct http_service receive_service(struct receive *receive);

#endif
