#ifndef LIB_HTTP_STREAM_H
#define LIB_HTTP_STREAM_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct http_exchange;
struct http_peer;

/*
 * An answer of an http_server whose bytes are made while they are sent: one piece at a time
 * is in memory, however slowly the client reads.  What has no bytes yet sleeps until it is
 * woken, and costs its connection and nothing else.
 */
#define HTTP_STREAM_LATER 0
#define HTTP_STREAM_END (-1)
#define HTTP_STREAM_BROKEN (-2) /* the client shall see that the answer is not whole */
#define HTTP_STREAM_UNKNOWN UINT64_MAX

struct http_stream {
	void *context; /* lives until the service's done */
	/* Up to room bytes: how many there are, or one of those above. */
	ssize_t (*read)(void *context, char *bytes, size_t room);
};

/* Answer once.  len: of all bytes; HTTP_STREAM_UNKNOWN: in chunks, up to HTTP_STREAM_END. */
void http_answer_stream(struct http_exchange *exchange, unsigned status, const char *type,
			const struct http_stream *stream, uint64_t len);

/* There are bytes, or the end: read is called soon.  For nothing where it does not sleep. */
void http_stream_wake(struct http_exchange *exchange);

/* Inside of http_server: the socket of one that sleeps was closed by its client; others are
 * passed over. */
void http_stream_gone(const struct http_peer *peers, int fd);

/* Break off all that sleep. */
void http_stream_cut(const struct http_peer *peers);

#endif
