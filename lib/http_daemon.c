#include "lib/http_daemon.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "lib/date.h"
#include "lib/error.h"
#include "lib/http_exchange.h"
#include "lib/http_head.h"

enum {
	DISCARD_BYTES = 64 << 20, /* of a body whose answer is known */
	MEMORY = 32768, /* of a connection: the head, and 8 KB bodies in one piece */
	MEMORY_LARGE = 65536, /* libmicrohttpd clears all of it for each request */
	HEAD_LARGE = 16384,
};

int http_daemon_watch(struct http_daemon *server, int fd, struct error *err)
{
	struct epoll_event event = { .events = EPOLLIN, .data = { .fd = fd } };

	if (epoll_ctl(server->epoll, EPOLL_CTL_ADD, fd, &event) < 0)
		return error_errno(err, "watch descriptor %d", fd);
	return 0;
}

static void *allocate(size_t size)
{
	void *room = calloc(1, size);

	if (!room)
		abort();
	return room;
}

/* libmicrohttpd has refused its first head, and it may still be sending. */
static bool is_cut_short(const struct http_peer *peer)
{
	char byte;
	ssize_t got;

	if (!peer->fresh || peer->ended)
		return false;
	got = recv(peer->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
	return got > 0 || (got < 0 && errno == EAGAIN);
}

static void welcome(struct http_daemon *server, struct http_peer *peer,
		    struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *session =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);

	if (server->clients.judge && session)
		http_tls_ask(peer, session->tls_session, &server->clients);
}

static void on_connection(void *context, struct MHD_Connection *connection,
			  void **peer_at, enum MHD_ConnectionNotificationCode code)
{
	struct http_daemon *server = context;

	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		*peer_at = http_peer_add(&server->peers, connection,
					 http_bridge_is_open(&server->bridge));
		welcome(server, *peer_at, connection);
		http_peer_make_room(server->peers, server->limits.connections);
	} else if (*peer_at) {
		struct http_peer *peer = *peer_at;

		http_tls_end(peer);
		if (is_cut_short(peer))
			http_linger_on(&server->linger, peer->fd);
		http_peer_remove(&server->peers, *peer_at);
		/* At its limit libmicrohttpd listens again only when it runs again. */
		server->turn.is_progress = true;
	}
}

static enum MHD_Result on_accept(void *context, const struct sockaddr *from,
				 socklen_t len)
{
	struct http_daemon *server = context;
	const struct address address = http_peer_address(from);

	(void)len;
	if (!server->service.welcome ||
	    server->service.welcome(&address, http_peer_count(server->peers, &address),
				    server->service.context))
		return MHD_YES;
	return MHD_NO;
}

static void on_completed(void *context, struct MHD_Connection *connection,
			 void **exchange_at, enum MHD_RequestTerminationCode code)
{
	struct http_daemon *server = context;
	struct http_exchange *exchange = *exchange_at;

	(void)connection;
	if (!exchange)
		return;
	if (server->service.done)
		server->service.done(exchange, server->service.context);
	if (exchange->early && code == MHD_REQUEST_TERMINATED_COMPLETED_OK)
		http_linger_on(&server->linger, exchange->peer->fd);
	exchange->peer->since_ms = date_now_ms();
	exchange->peer->waiting = false;
	exchange->peer->busy = false;
	exchange->peer->answered = false;
	exchange->peer->stream = NULL;
	http_exchange_free(exchange);
	*exchange_at = NULL;
}

static struct http_exchange *new_exchange(struct http_daemon *server,
					  struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	struct http_exchange *exchange = allocate(sizeof(*exchange));

	exchange->connection = connection;
	exchange->peer = info->socket_context;
	exchange->peer->since_ms = date_now_ms();
	exchange->peer->busy = true;
	exchange->peer->fresh = false;
	exchange->resumed = &server->resumed;
	exchange->epoll = server->epoll;
	exchange->last = server->single || server->stop_ms;
	return exchange;
}

static enum MHD_Result begin(struct http_daemon *server, struct http_exchange *exchange)
{
	http_head_check(exchange, &server->limits);
	if (!exchange->answered)
		server->service.begin(exchange, server->service.context);
	if (!exchange->answered)
		return MHD_YES;
	exchange->early = http_has_body(exchange);
	return http_exchange_queue(exchange);
}

static enum MHD_Result take_body(struct http_daemon *server,
				 struct http_exchange *exchange, const char *bytes,
				 size_t *len)
{
	if (exchange->answered)
		exchange->discarded += *len;
	else
		server->service.body(exchange, bytes, *len, server->service.context);
	*len = 0;
	return exchange->discarded > DISCARD_BYTES ? MHD_NO : MHD_YES;
}

static enum MHD_Result end(struct http_daemon *server, struct http_exchange *exchange)
{
	if (!exchange->ended && !exchange->answered)
		server->service.end(exchange, server->service.context);
	exchange->ended = true;
	if (exchange->queued)
		return MHD_YES;
	if (exchange->answered)
		return http_exchange_queue(exchange);
	exchange->suspended = true;
	exchange->peer->waiting = true;
	MHD_suspend_connection(exchange->connection);
	return MHD_YES;
}

/* libmicrohttpd's one callback: first the head, then pieces of the body, then its end. */
/* NOLINTNEXTLINE(readability-function-size): it has libmicrohttpd's parameters */
static enum MHD_Result on_request(void *context, struct MHD_Connection *connection,
				  const char *path, const char *method,
				  const char *version, const char *bytes, size_t *len,
				  void **exchange_at)
{
	struct http_daemon *server = context;
	struct http_exchange *exchange = *exchange_at;

	(void)version;
	server->turn.is_progress = true;
	if (!exchange) {
		exchange = new_exchange(server, connection);
		exchange->path = path;
		exchange->method = method;
		*exchange_at = exchange;
		return begin(server, exchange);
	}
	return *len ? take_body(server, exchange, bytes, len) : end(server, exchange);
}

static const char tls_versions[] = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2";
static const char tls_newest[] = "NORMAL:-VERS-ALL:+VERS-TLS1.3";

enum { OPTIONS_MAX = 5 };

/* What depends on the limits: the socket, and what TLS needs. */
static void choose(struct MHD_OptionItem chosen[static OPTIONS_MAX],
		   const struct http_daemon *server)
{
	const struct http_tls *tls = server->limits.tls;
	const char *versions = server->clients.judge ? tls_newest : tls_versions;
	size_t count = 0;

	if (!server->single)
		chosen[count++] = (struct MHD_OptionItem){ MHD_OPTION_LISTEN_SOCKET,
							   server->listening, NULL };
	if (tls) {
		chosen[count++] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_MEM_CERT, 0,
							   (void *)tls->certificate };
		chosen[count++] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_MEM_KEY, 0,
							   (void *)tls->key };
		chosen[count++] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_PRIORITIES, 0,
							   (void *)versions };
	}
	chosen[count] = (struct MHD_OptionItem){ MHD_OPTION_END, 0, NULL };
}

static size_t memory_of(const struct http_limits *limits)
{
	return limits->head_bytes > HEAD_LARGE ? MEMORY_LARGE : MEMORY;
}

int http_daemon_start(struct http_daemon *server, unsigned flags, struct error *err)
{
	const union MHD_DaemonInfo *info;
	struct MHD_OptionItem chosen[OPTIONS_MAX];

	if (server->limits.tls && server->limits.tls->clients)
		server->clients = *server->limits.tls->clients;
	choose(chosen, server);
	if (server->limits.tls)
		flags |= MHD_USE_TLS;
	server->daemon = MHD_start_daemon(
		MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | flags, 0, on_accept, server,
		on_request, server, MHD_OPTION_CONNECTION_LIMIT,
		server->limits.connections, MHD_OPTION_CONNECTION_TIMEOUT,
		server->limits.idle_s, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
		memory_of(&server->limits), MHD_OPTION_STRICT_FOR_CLIENT, 1,
		MHD_OPTION_NOTIFY_COMPLETED, on_completed, server,
		MHD_OPTION_NOTIFY_CONNECTION, on_connection, server,
		MHD_OPTION_UNESCAPE_CALLBACK, http_exchange_unescape, NULL,
		MHD_OPTION_ARRAY, chosen, MHD_OPTION_END);
	if (!server->daemon && server->limits.tls)
		return error_set(err, ERROR_CONFIG,
				 "start the HTTPS server: do certificate and key belong "
				 "together, and is either PEM?");
	if (!server->daemon)
		return error_set(err, ERROR_SYSTEM, "start the HTTP server: %s",
				 strerror(errno));
	info = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	return http_daemon_watch(server, info->epoll_fd, err);
}
