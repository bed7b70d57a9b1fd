#ifndef LIB_HTTP_BRIDGE_H
#define LIB_HTTP_BRIDGE_H

#include <stdbool.h>
#include <sys/types.h>

struct error;

/*
 * libmicrohttpd knows sockets only: a request that comes on a pipe or from a file is pumped
 * into a socket by a child, and its answer is carried back.  Inside of http_server.
 */
struct http_bridge {
	pid_t pump;
	int fd; /* our end; -1 when there is none */
	int out;
};

#define HTTP_BRIDGE_NONE                                                                 \
	{                                                                                \
		0, -1, -1                                                                \
	}

/* socket: the other end, the caller's.  in and out stay the caller's. */
int http_bridge_open(struct http_bridge *bridge, int *socket, int in, int out,
		     struct error *err);
bool http_bridge_is_open(const struct http_bridge *bridge);

/* bridge->fd is readable: write what comes to out; at its end the bridge is closed. */
void http_bridge_carry(struct http_bridge *bridge);
void http_bridge_close(struct http_bridge *bridge);

#endif
