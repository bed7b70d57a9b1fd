#ifndef LIB_HTTP_PEER_H
#define LIB_HTTP_PEER_H

#include <microhttpd.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

/* The connections of an http_server; inside of that module. */
struct http_peer {
	struct http_peer *next;
	struct http_peer *previous;
	int fd;
	int64_t since_ms; /* when the phase it is in began */
	bool busy;	  /* a request is under way: its head is whole */
	bool waiting;	  /* for us: its request is whole and not answered */
	char remote[INET6_ADDRSTRLEN];
};

/* pipe: it is the bridge to a pipe, and has no address. */
struct http_peer *http_peer_add(struct http_peer **peers,
				struct MHD_Connection *connection, bool pipe);
void http_peer_remove(struct http_peer **peers, struct http_peer *peer);

/* Cut off whoever is in its phase since before that time, and not waiting. */
void http_peer_end(const struct http_peer *peers, int64_t before_ms);

/* No more requests from whoever has none under way. */
void http_peer_end_idle(const struct http_peer *peers);

#endif
