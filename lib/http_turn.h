#ifndef LIB_HTTP_TURN_H
#define LIB_HTTP_TURN_H

#include <stdbool.h>
#include <stdint.h>

struct http_peer;
struct http_service;

/*
 * When an http_server stops reading and takes its service's turn; inside of that module.  A
 * turn may be a sync that all who wait share, and nothing is read while it lasts: so those
 * who have just been answered get the chance to be back before the next one begins.
 */
struct http_turn {
	int64_t took_ns; /* the last one */
	int64_t until_ns;
	int reads;	  /* since the last one */
	bool is_progress; /* something came of a request; the server sets it */
};

/* Read once more?  Where several peers wait and others may come, this waits for a quarter of
 * what the last turn took, at most, until the server's epoll descriptor is ready. */
bool http_turn_reads_on(struct http_turn *turn, const struct http_peer *peers, int epoll);

void http_turn_take(struct http_turn *turn, const struct http_service *service);

#endif
