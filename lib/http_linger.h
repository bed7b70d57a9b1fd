#ifndef LIB_HTTP_LINGER_H
#define LIB_HTTP_LINGER_H

#include <stdint.h>

/*
 * A sender that is still writing when its connection is closed gets a reset and may lose
 * the answer that refused it.  So its socket is kept for a while, shut down on our side,
 * and read away: a bounded number, for a bounded time and size.  Inside of http_server.
 */
enum { HTTP_LINGERING = 64 };

struct http_linger {
	int epoll;
	unsigned count;
	struct {
		int fd; /* -1: free */
		int64_t until_ms;
		int64_t bytes_left;
	} sockets[HTTP_LINGERING];
};

/* epoll: where the sockets are watched. */
void http_linger_start(struct http_linger *linger, int epoll);

/* Keep a duplicate of fd, which may be closed at once. */
void http_linger_on(struct http_linger *linger, int fd);

/* fd is readable; any other descriptor than a lingering one is passed over. */
void http_linger_read(struct http_linger *linger, int fd);

/* Let go of those whose time is over. */
void http_linger_sweep(struct http_linger *linger, int64_t now_ms);
void http_linger_stop(struct http_linger *linger);

#endif
