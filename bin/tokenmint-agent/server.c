#include "bin/tokenmint-agent/server.h"

#include <errno.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/log.h"

enum { EVENTS = 64, TICK_MS = 1000, ACCEPTS = 32 };

int server_open(struct server *server, int listener, const sigset_t *signals,
		struct error *err)
{
	server->listener = (struct watch){ WATCH_LISTENER, listener };
	server->child = (struct watch){ WATCH_CHILD, -1 };
	server->signals = (struct watch){ WATCH_SIGNALS, -1 };
	server->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (server->epoll < 0 || sigprocmask(SIG_BLOCK, signals, NULL) < 0)
		return error_errno(err, "make an epoll descriptor");
	server->signals.fd = signalfd(-1, signals, SFD_CLOEXEC | SFD_NONBLOCK);
	if (server->signals.fd < 0)
		return error_errno(err, "make a descriptor for signals");
	server->desk.fetches.epoll = server->epoll;
	if (watch_add(&server->listener, server->epoll, EPOLLIN, err) < 0)
		return -1;
	return watch_add(&server->signals, server->epoll, EPOLLIN, err);
}

int server_watch_child(struct server *server, int pidfd, struct error *err)
{
	server->child.fd = pidfd;
	return watch_add(&server->child, server->epoll, EPOLLIN, err);
}

static size_t count_of_user(const struct server *server, uid_t uid)
{
	size_t count = 0;

	for (size_t i = 0; i < server->client_count; i++)
		count += server->clients[i]->peer.uid == uid;
	return count;
}

/* One line that says why, if it fits into the socket's buffer. */
static void turn_away(int fd, const struct peer *peer)
{
	auto_buf struct buf line = BUF_EMPTY;
	struct error err = { 0 };

	(void)error_set(&err, ERROR_TEMPORARY,
			"too many connections: %d at most, %d of one user (uid %u)",
			SERVER_CLIENTS, SERVER_CLIENTS_OF_USER, (unsigned)peer->uid);
	desk_write_error(&line, &err);
	(void)send(fd, line.data, line.len, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void add_client(struct server *server, int *fd, int64_t now_ms)
{
	struct peer peer = { .pid = 0 };
	struct client *client = NULL;
	struct error err = { 0 };

	if (peer_read(&peer, *fd, &err) < 0) {
		log_warning("%s", err.message);
		return;
	}
	if (server->client_count == SERVER_CLIENTS ||
	    count_of_user(server, peer.uid) >= SERVER_CLIENTS_OF_USER) {
		turn_away(*fd, &peer);
		return;
	}
	client = client_new(steal_fd(fd), &peer, now_ms);
	if (watch_add(&client->watch, server->epoll, EPOLLIN, &err) < 0) {
		log_warning("%s", err.message);
		client_free(client);
		return;
	}
	server->clients[server->client_count++] = client;
}

static void accept_some(struct server *server, int64_t now_ms)
{
	for (int i = 0; i < ACCEPTS; i++) {
		auto_close int fd = accept4(server->listener.fd, NULL, NULL,
					    SOCK_CLOEXEC | SOCK_NONBLOCK);

		if (fd < 0)
			return; /* none is left, or it has gone */
		add_client(server, &fd, now_ms);
	}
}

static void remove_client(struct server *server, struct client *client)
{
	for (size_t i = 0; i < server->client_count; i++)
		if (server->clients[i] == client)
			server->clients[i] = server->clients[--server->client_count];
	client_free(client);
}

static void serve(struct server *server, struct client *client, int64_t now_ms)
{
	if (!client_serve(client, &server->desk, server->epoll, now_ms))
		remove_client(server, client);
}

/* A fetch has ended: there may be an answer now, or a place for another question. */
static void serve_waiting(struct server *server, int64_t now_ms)
{
	for (size_t i = server->client_count; i-- > 0;)
		if (server->clients[i]->is_waiting)
			serve(server, server->clients[i], now_ms);
}

static void take_signals(struct server *server)
{
	struct signalfd_siginfo signal = { .ssi_signo = 0 };

	while (read(server->signals.fd, &signal, sizeof signal) == sizeof signal)
		server->signalled(server->context, &signal);
}

static void handle(struct server *server, const struct epoll_event *event, bool *fetched,
		   int64_t now_ms)
{
	struct watch *watch = event->data.ptr;
	bool ended = false;

	switch (watch->kind) {
	case WATCH_LISTENER:
		accept_some(server, now_ms);
		return;
	case WATCH_SIGNALS:
		take_signals(server);
		return;
	case WATCH_CHILD:
		server->child_ended(server->context);
		return;
	case WATCH_FETCH:
		if (((struct fetch *)watch)->entry)
			fetch_read((struct fetch *)watch, &ended, now_ms);
		*fetched = *fetched || ended;
		return;
	case WATCH_CLIENT:
		if ((event->events & (EPOLLHUP | EPOLLERR)) != 0)
			remove_client(server, (struct client *)watch); /* nobody reads */
		else
			serve(server, (struct client *)watch, now_ms);
		return;
	}
}

static void look_after(struct server *server, int64_t now_ms)
{
	fetch_check(&server->desk.fetches, now_ms);
	for (size_t i = server->client_count; i-- > 0;)
		if (client_is_idle(server->clients[i], now_ms))
			remove_client(server, server->clients[i]);
	serve_waiting(server, now_ms);
}

int server_run(struct server *server, struct error *err)
{
	int64_t looked_ms = date_now_ms();

	while (!server->stops) {
		struct epoll_event events[EVENTS];
		int count = epoll_wait(server->epoll, events, EVENTS, TICK_MS);
		int64_t now_ms = date_now_ms();
		bool fetched = false;

		if (count < 0 && errno != EINTR)
			return error_errno(err, "wait for clients");
		for (int i = 0; i < count; i++)
			handle(server, &events[i], &fetched, now_ms);
		if (fetched)
			serve_waiting(server, now_ms);
		if (now_ms - looked_ms >= TICK_MS || now_ms < looked_ms) {
			look_after(server, now_ms);
			looked_ms = now_ms;
		}
	}
	return 0;
}

void server_close(struct server *server)
{
	while (server->client_count > 0)
		client_free(server->clients[--server->client_count]);
	desk_close(&server->desk);
	cleanup_close(&server->listener.fd);
	cleanup_close(&server->signals.fd);
	cleanup_close(&server->child.fd);
	cleanup_close(&server->epoll);
}
