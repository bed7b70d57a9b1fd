#include "lib/http_server.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/http_bridge.h"
#include "lib/http_exchange.h"
#include "lib/http_linger.h"
#include "lib/http_turn.h"

enum {
	DISCARD_BYTES = 64 << 20,      /* of a body whose answer is known */
	MEMORY_PER_CONNECTION = 65536, /* holds the head, and 8 KB bodies in one piece */
	STOP_MS = 10000,
	SWEEP_MS = 1000,
};

struct server {
	struct http_service service;
	struct http_limits limits;
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
	struct http_bridge bridge; /* of a single request from a pipe */
};

static int watch(struct server *server, int fd, struct error *err)
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

static void on_connection(void *context, struct MHD_Connection *connection,
			  void **peer_at, enum MHD_ConnectionNotificationCode code)
{
	struct server *server = context;

	if (code == MHD_CONNECTION_NOTIFY_STARTED)
		*peer_at = http_peer_add(&server->peers, connection,
					 http_bridge_is_open(&server->bridge));
	else if (*peer_at)
		http_peer_remove(&server->peers, *peer_at);
}

static void on_completed(void *context, struct MHD_Connection *connection,
			 void **exchange_at, enum MHD_RequestTerminationCode code)
{
	struct server *server = context;
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
	http_exchange_free(exchange);
	*exchange_at = NULL;
}

static struct http_exchange *new_exchange(struct server *server,
					  struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	struct http_exchange *exchange = allocate(sizeof(*exchange));

	exchange->connection = connection;
	exchange->peer = info->socket_context;
	exchange->peer->since_ms = date_now_ms();
	exchange->peer->busy = true;
	exchange->resumed = &server->resumed;
	exchange->last = server->single || server->stop_ms;
	return exchange;
}

static enum MHD_Result begin(struct server *server, struct http_exchange *exchange)
{
	http_exchange_check(exchange);
	if (!exchange->answered)
		server->service.begin(exchange, server->service.context);
	if (!exchange->answered)
		return MHD_YES;
	exchange->early = http_has_body(exchange);
	return http_exchange_queue(exchange);
}

static enum MHD_Result take_body(struct server *server, struct http_exchange *exchange,
				 const char *bytes, size_t *len)
{
	if (exchange->answered)
		exchange->discarded += *len;
	else
		server->service.body(exchange, bytes, *len, server->service.context);
	*len = 0;
	return exchange->discarded > DISCARD_BYTES ? MHD_NO : MHD_YES;
}

static enum MHD_Result end(struct server *server, struct http_exchange *exchange)
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
	struct server *server = context;
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

static int start_daemon(struct server *server, unsigned flags, struct error *err)
{
	const union MHD_DaemonInfo *info;
	const struct MHD_OptionItem socket[] = {
		{ server->single ? MHD_OPTION_END : MHD_OPTION_LISTEN_SOCKET,
		  server->listening, NULL },
		{ MHD_OPTION_END, 0, NULL },
	};

	server->daemon = MHD_start_daemon(
		MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | flags, 0, NULL, NULL,
		on_request, server, MHD_OPTION_CONNECTION_LIMIT,
		server->limits.connections, MHD_OPTION_CONNECTION_TIMEOUT,
		server->limits.idle_s, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
		(size_t)MEMORY_PER_CONNECTION, MHD_OPTION_STRICT_FOR_CLIENT, 1,
		MHD_OPTION_NOTIFY_COMPLETED, on_completed, server,
		MHD_OPTION_NOTIFY_CONNECTION, on_connection, server,
		MHD_OPTION_UNESCAPE_CALLBACK, http_exchange_unescape, NULL,
		MHD_OPTION_ARRAY, socket, MHD_OPTION_END);
	if (!server->daemon)
		return error_set(err, ERROR_SYSTEM, "start the HTTP server: %s",
				 strerror(errno));
	info = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	return watch(server, info->epoll_fd, err);
}

static int watch_signals(struct server *server, struct error *err)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	signal(SIGPIPE, SIG_IGN);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return error_errno(err, "block signals");
	server->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (server->signals < 0)
		return error_errno(err, "watch signals");
	return watch(server, server->signals, err);
}

static int prepare(struct http_server *handle, struct server **made,
		   const struct http_service *service, const struct http_limits *limits,
		   struct error *err)
{
	struct server *server = allocate(sizeof(*server));

	server->service = *service;
	server->limits = *limits;
	server->listening = -1;
	server->signals = -1;
	server->bridge = (struct http_bridge)HTTP_BRIDGE_NONE;
	server->epoll = epoll_create1(EPOLL_CLOEXEC);
	http_linger_start(&server->linger, server->epoll);
	handle->state = server;
	*made = server;
	if (server->epoll < 0)
		return error_errno(err, "make an epoll descriptor");
	return watch_signals(server, err);
}

int http_server_open(struct http_server *handle, int listening_fd,
		     const struct http_service *service, const struct http_limits *limits,
		     struct error *err)
{
	auto_http_server struct http_server made = HTTP_SERVER_NONE;
	struct server *server = NULL;

	if (prepare(&made, &server, service, limits, err) < 0)
		return -1;
	server->listening = fcntl(listening_fd, F_DUPFD_CLOEXEC, 3);
	if (server->listening < 0)
		return error_errno(err, "take the listening socket");
	if (start_daemon(server, 0, err) < 0)
		return -1;
	*handle = made;
	made = (struct http_server)HTTP_SERVER_NONE;
	return 0;
}

static int add_single(struct server *server, int in, int out, struct error *err)
{
	struct sockaddr_storage address = { 0 };
	socklen_t len = sizeof(address);
	auto_close int fd = -1;

	if (getpeername(in, (struct sockaddr *)&address, &len) == 0)
		fd = fcntl(in, F_DUPFD_CLOEXEC, 3);
	else if (http_bridge_open(&server->bridge, &fd, in, out, err) < 0 ||
		 watch(server, server->bridge.fd, err) < 0)
		return -1;
	if (http_bridge_is_open(&server->bridge))
		address.ss_family = AF_UNIX;
	if (fd < 0 ||
	    MHD_add_connection(server->daemon, steal_fd(&fd), (struct sockaddr *)&address,
			       http_bridge_is_open(&server->bridge) ? sizeof(sa_family_t)
								    : len) != MHD_YES)
		return error_set(err, ERROR_SYSTEM, "serve standard input: %s",
				 strerror(errno));
	return 0;
}

int http_server_open_single(struct http_server *handle, const int fds[static 2],
			    const struct http_service *service,
			    const struct http_limits *limits, struct error *err)
{
	auto_http_server struct http_server made = HTTP_SERVER_NONE;
	struct server *server = NULL;

	if (prepare(&made, &server, service, limits, err) < 0)
		return -1;
	server->single = true;
	if (start_daemon(server, MHD_USE_NO_LISTEN_SOCKET, err) < 0 ||
	    add_single(server, fds[0], fds[1], err) < 0)
		return -1;
	*handle = made;
	made = (struct http_server)HTTP_SERVER_NONE;
	return 0;
}

/* Once a second: cut off who takes too long, let go of who was listened to long enough. */
static void sweep(struct server *server)
{
	int64_t now = date_now_ms();

	http_peer_end(server->peers, now - (int64_t)server->limits.total_s * 1000);
	http_linger_sweep(&server->linger, now);
}

static void begin_to_stop(struct server *server)
{
	struct signalfd_siginfo info;

	(void)!read(server->signals, &info, sizeof(info));
	server->stop_ms = date_now_ms() + STOP_MS;
	/* From here on the listening socket is ours again. */
	if (!server->single && MHD_quiesce_daemon(server->daemon) != MHD_INVALID_SOCKET)
		close(steal_fd(&server->listening));
}

static void on_ready(struct server *server, int fd)
{
	if (fd == server->signals)
		begin_to_stop(server);
	if (fd == server->bridge.fd)
		http_bridge_carry(&server->bridge);
	http_linger_read(&server->linger, fd);
}

static int wait_ms(const struct server *server)
{
	MHD_UNSIGNED_LONG_LONG timeout = 0;
	int most =
		server->peers || server->stop_ms || server->linger.count ? SWEEP_MS : -1;

	if (MHD_get_timeout(server->daemon, &timeout) != MHD_YES)
		return most;
	return most < 0 || timeout < (unsigned)most ? (int)timeout : most;
}

/* With a request under way there is somebody to wait for. */
static bool is_idle(const struct server *server)
{
	const union MHD_DaemonInfo *info =
		MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_CURRENT_CONNECTIONS);

	return info->num_connections == 0 && !http_bridge_is_open(&server->bridge) &&
	       !server->linger.count;
}

static bool is_over(const struct server *server)
{
	if (server->stop_ms && date_now_ms() > server->stop_ms)
		return true;
	return (server->single || server->stop_ms) && is_idle(server);
}

int http_server_run(struct http_server *handle, struct error *err)
{
	struct server *server = handle->state;
	int64_t swept_ms = 0;

	for (;;) {
		struct epoll_event events[64];
		int count;
		int i;

		server->resumed = false;
		do {
			(void)MHD_run(server->daemon);
		} while (http_turn_reads_on(&server->turn, server->peers, server->epoll));
		http_turn_take(&server->turn, &server->service);
		if (server->resumed)
			continue;
		if (is_over(server))
			return 0;
		count = epoll_wait(server->epoll, events, 64, wait_ms(server));
		if (count < 0 && errno != EINTR)
			return error_errno(err, "wait for requests");
		for (i = 0; i < count; i++)
			on_ready(server, events[i].data.fd);
		if (date_now_ms() - swept_ms >= SWEEP_MS) {
			swept_ms = date_now_ms();
			sweep(server);
			if (server->stop_ms)
				http_peer_end_idle(server->peers);
		}
	}
}

void http_server_close(struct http_server *handle)
{
	struct server *server = handle->state;

	if (!server)
		return;
	if (server->daemon)
		MHD_stop_daemon(server->daemon);
	http_bridge_close(&server->bridge);
	http_linger_stop(&server->linger);
	cleanup_close(&server->signals);
	cleanup_close(&server->epoll);
	free(server);
	handle->state = NULL;
}
