#include "lib/http_stream.h"

#include <assert.h>
#include <stdlib.h>
#include <sys/epoll.h>

#include "lib/date.h"
#include "lib/http_exchange.h"

enum { BLOCK = 32768 };

_Static_assert(HTTP_STREAM_END == MHD_CONTENT_READER_END_OF_STREAM &&
		       HTTP_STREAM_BROKEN == MHD_CONTENT_READER_END_WITH_ERROR,
	       "libmicrohttpd's own values");

/* libmicrohttpd does not look at what is suspended: we see to it that nobody sleeps on for a
 * client that has left. */
static void watch(const struct http_exchange *exchange, int operation)
{
	struct epoll_event event = { .events = EPOLLRDHUP,
				     .data = { .fd = exchange->peer->fd } };

	(void)epoll_ctl(exchange->epoll, operation, exchange->peer->fd, &event);
}

static void sleep_now(struct http_exchange *exchange)
{
	exchange->asleep = true;
	exchange->peer->waiting = true;
	watch(exchange, EPOLL_CTL_ADD);
	MHD_suspend_connection(exchange->connection);
}

static ssize_t read_on(void *context, uint64_t position, char *bytes, size_t room)
{
	struct http_exchange *exchange = context;
	ssize_t got;

	(void)position;
	/* A client that reads is not late. */
	exchange->peer->since_ms = date_now_ms();
	if (exchange->is_cut)
		return HTTP_STREAM_BROKEN;
	got = exchange->stream.read(exchange->stream.context, bytes, room);
	if (got == HTTP_STREAM_LATER)
		sleep_now(exchange);
	return got;
}

void http_answer_stream(struct http_exchange *exchange, unsigned status, const char *type,
			const struct http_stream *stream, uint64_t len)
{
	assert(!exchange->answered);
	exchange->stream = *stream;
	exchange->peer->stream = exchange;
	exchange->response = MHD_create_response_from_callback(
		len == HTTP_STREAM_UNKNOWN ? MHD_SIZE_UNKNOWN : len, BLOCK, read_on,
		exchange, NULL);
	http_exchange_answer(exchange, status, type);
}

void http_stream_wake(struct http_exchange *exchange)
{
	if (!exchange->asleep)
		return;
	exchange->asleep = false;
	exchange->peer->waiting = false;
	watch(exchange, EPOLL_CTL_DEL);
	*exchange->resumed = true;
	MHD_resume_connection(exchange->connection);
}

static void cut(struct http_exchange *exchange)
{
	exchange->is_cut = true;
	http_stream_wake(exchange);
}

void http_stream_gone(const struct http_peer *peers, int fd)
{
	for (; peers; peers = peers->next) {
		if (peers->fd == fd && peers->stream && peers->stream->asleep) {
			cut(peers->stream);
			return;
		}
	}
}

void http_stream_cut(const struct http_peer *peers)
{
	for (; peers; peers = peers->next) {
		if (peers->stream && peers->stream->asleep)
			cut(peers->stream);
	}
}
