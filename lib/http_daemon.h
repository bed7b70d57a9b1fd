#ifndef LIB_HTTP_DAEMON_H
#define LIB_HTTP_DAEMON_H

#include <microhttpd.h>
#include <stdbool.h>
#include <stdint.h>

#include "lib/http_bridge.h"
#include "lib/http_linger.h"
#include "lib/http_peer.h"
#include "lib/http_server.h"
#include "lib/http_tls.h"
#include "lib/http_turn.h"

struct error;

/* libmicrohttpd's daemon and its callbacks, which make exchanges of what arrives; inside of
 * http_server. */
struct http_daemon {
	struct http_service service;
	struct http_limits limits;
	struct http_clients clients; /* without judge: nobody shows a certificate */
	struct MHD_Daemon *daemon;
	struct http_peer *peers;
	struct http_linger linger;
	int epoll;
	int signals;
	int listening;
	struct http_turn turn;
	bool resumed;
	bool single;
	int64_t stop_ms; /* 0: nobody asked us to stop; else when we stop waiting */
	struct http_bridge bridge;		 /* of a single request from a pipe */
	struct http_watch watches[HTTP_WATCHES]; /* without ready: free */
};

/* Start it on ->listening, or on no socket when ->single; its descriptor is watched then. */
int http_daemon_start(struct http_daemon *server, unsigned flags, struct error *err);

/* Wake the loop when fd is readable. */
int http_daemon_watch(struct http_daemon *server, int fd, struct error *err);

#endif
