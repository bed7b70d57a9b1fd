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
#include "lib/http_daemon.h"
#include "lib/http_stream.h"

enum { STOP_MS = 10000, SWEEP_MS = 1000 };

static int watch_signals(struct http_daemon *server, struct error *err)
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
	return http_daemon_watch(server, server->signals, err);
}

static int prepare(struct http_server *handle, struct http_daemon **made,
		   const struct http_service *service, const struct http_limits *limits,
		   struct error *err)
{
	struct http_daemon *server = calloc(1, sizeof(*server));

	if (!server)
		abort();
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
	struct http_daemon *server = NULL;

	if (prepare(&made, &server, service, limits, err) < 0)
		return -1;
	server->listening = fcntl(listening_fd, F_DUPFD_CLOEXEC, 3);
	if (server->listening < 0)
		return error_errno(err, "take the listening socket");
	if (http_daemon_start(server, 0, err) < 0)
		return -1;
	*handle = made;
	made = (struct http_server)HTTP_SERVER_NONE;
	return 0;
}

static int add_single(struct http_daemon *server, int in, int out, struct error *err)
{
	struct sockaddr_storage address = { 0 };
	socklen_t len = sizeof(address);
	auto_close int fd = -1;

	if (getpeername(in, (struct sockaddr *)&address, &len) == 0)
		fd = fcntl(in, F_DUPFD_CLOEXEC, 3);
	else if (http_bridge_open(&server->bridge, &fd, in, out, err) < 0 ||
		 http_daemon_watch(server, server->bridge.fd, err) < 0)
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
	struct http_daemon *server = NULL;

	if (prepare(&made, &server, service, limits, err) < 0)
		return -1;
	server->single = true;
	if (http_daemon_start(server, MHD_USE_NO_LISTEN_SOCKET, err) < 0 ||
	    add_single(server, fds[0], fds[1], err) < 0)
		return -1;
	*handle = made;
	made = (struct http_server)HTTP_SERVER_NONE;
	return 0;
}

/* Once a second: cut off who takes too long, let go of who was listened to long enough. */
static void sweep(struct http_daemon *server)
{
	int64_t now = date_now_ms();

	http_peer_end_late(server->peers, &server->limits, now);
	http_linger_sweep(&server->linger, now);
}

static void begin_to_stop(struct http_daemon *server)
{
	struct signalfd_siginfo info;

	(void)!read(server->signals, &info, sizeof(info));
	server->stop_ms = date_now_ms() + STOP_MS;
	http_stream_cut(server->peers);
	/* From here on the listening socket is ours again. */
	if (!server->single && MHD_quiesce_daemon(server->daemon) != MHD_INVALID_SOCKET)
		close(steal_fd(&server->listening));
}

int http_server_watch(struct http_server *handle, const struct http_watch *watch,
		      struct error *err)
{
	struct http_daemon *server = handle->state;

	for (int i = 0; i < HTTP_WATCHES; i++) {
		if (server->watches[i].ready)
			continue;
		if (http_daemon_watch(server, watch->fd, err) < 0)
			return -1;
		server->watches[i] = *watch;
		return 0;
	}
	return error_set(err, ERROR_TEMPORARY, "watch more than %d descriptors",
			 HTTP_WATCHES);
}

void http_server_forget(struct http_server *handle, int fd)
{
	struct http_daemon *server = handle->state;

	for (int i = 0; i < HTTP_WATCHES; i++) {
		if (!server->watches[i].ready || server->watches[i].fd != fd)
			continue;
		(void)epoll_ctl(server->epoll, EPOLL_CTL_DEL, fd, NULL);
		server->watches[i] = (struct http_watch){ .fd = -1 };
	}
}

static void call_watch(struct http_daemon *server, int fd)
{
	for (int i = 0; i < HTTP_WATCHES; i++) {
		const struct http_watch watch = server->watches[i];

		if (watch.ready && watch.fd == fd) {
			watch.ready(watch.context);
			return;
		}
	}
}

static void on_ready(struct http_daemon *server, int fd)
{
	call_watch(server, fd);
	if (fd == server->signals)
		begin_to_stop(server);
	if (fd == server->bridge.fd)
		http_bridge_carry(&server->bridge);
	http_linger_read(&server->linger, fd);
	http_stream_gone(server->peers, fd);
}

static int wait_ms(const struct http_daemon *server)
{
	MHD_UNSIGNED_LONG_LONG timeout = 0;
	int most =
		server->peers || server->stop_ms || server->linger.count ? SWEEP_MS : -1;

	if (MHD_get_timeout(server->daemon, &timeout) != MHD_YES)
		return most;
	return most < 0 || timeout < (unsigned)most ? (int)timeout : most;
}

/* With a request under way there is somebody to wait for. */
static bool is_idle(const struct http_daemon *server)
{
	const union MHD_DaemonInfo *info =
		MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_CURRENT_CONNECTIONS);

	return info->num_connections == 0 && !http_bridge_is_open(&server->bridge) &&
	       !server->linger.count;
}

static bool is_over(const struct http_daemon *server)
{
	if (server->stop_ms && date_now_ms() > server->stop_ms)
		return true;
	return (server->single || server->stop_ms) && is_idle(server);
}

int http_server_run(struct http_server *handle, struct error *err)
{
	struct http_daemon *server = handle->state;
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
	struct http_daemon *server = handle->state;

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
