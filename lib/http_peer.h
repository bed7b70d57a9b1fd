#ifndef LIB_HTTP_PEER_H
#define LIB_HTTP_PEER_H

#include <microhttpd.h>
#include <stdbool.h>
#include <stdint.h>

#include "lib/address.h"

struct http_chain;
struct http_clients;
struct http_exchange;
struct http_limits;

/* The connections of an http_server; inside of that module. */
struct http_peer {
	struct http_peer *next;
	struct http_peer *previous;
	int fd;
	int64_t since_ms; /* when the phase it is in began */
	bool fresh;	  /* its first request has not come */
	bool busy;	  /* a request is under way: its head is whole */
	bool waiting;	  /* for us: its request is whole and not answered */
	bool answered;	  /* ... or its answer is on its way */
	bool ended;	  /* by us */
	bool secure;	  /* it speaks TLS */
	bool is_greeted;  /* its first words were TLS; these four are lib/http_tls's */
	bool is_judged;
	struct http_chain *chain; /* of certificates; NULL: it has shown none */
	const struct http_clients *clients;
	struct http_exchange *stream; /* its answer is a stream; NULL: it is none */
	struct address owner;
	char remote[ADDRESS_LEN];
};

/* pipe: it is the bridge to a pipe, and has no address. */
struct http_peer *http_peer_add(struct http_peer **peers,
				struct MHD_Connection *connection, bool pipe);
void http_peer_remove(struct http_peer **peers, struct http_peer *peer);

/* How many connections the owner of that address has. */
unsigned http_peer_count(const struct http_peer *peers, const struct address *address);
struct address http_peer_address(const struct sockaddr *address);

/* With limit connections nobody else gets in: end the one that has been without a request
 * for the longest, but for the newest. */
void http_peer_make_room(struct http_peer *peers, unsigned limit);

/* Cut off whoever is in its phase for too long, and not waiting. */
void http_peer_end_late(struct http_peer *peers, const struct http_limits *limits,
			int64_t now_ms);

/* No more requests from whoever has none under way. */
void http_peer_end_idle(const struct http_peer *peers);

#endif
