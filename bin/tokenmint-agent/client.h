#ifndef BIN_TOKENMINT_AGENT_CLIENT_H
#define BIN_TOKENMINT_AGENT_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bin/tokenmint-agent/peer.h"
#include "bin/tokenmint-agent/watch.h"
#include "lib/buf.h"

struct desk;

/* One connection: lines in, lines out in the same order. */
struct client {
	struct watch watch;
	struct peer peer;
	struct buf in;
	size_t taken; /* bytes of in that were answered */
	struct buf out;
	size_t sent;
	bool is_waiting; /* for a fetch */
	bool is_refused; /* the rest is read, so that it gets to know why, and not taken */
	bool has_ended;	 /* its side: what is asked is answered yet */
	unsigned events; /* that are watched */
	int64_t active_ms;
};

struct client *client_new(int fd, const struct peer *peer, int64_t now_ms);

/* Read, answer and write what is possible now; false when the connection is over. */
bool client_serve(struct client *client, struct desk *desk, int epoll, int64_t now_ms);

/* Did nothing happen for too long? */
bool client_is_idle(const struct client *client, int64_t now_ms);
void client_free(struct client *client);

#endif
