#ifndef BIN_TOKENMINT_AGENT_SERVER_H
#define BIN_TOKENMINT_AGENT_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/signalfd.h>

#include "bin/tokenmint-agent/client.h"
#include "bin/tokenmint-agent/desk.h"
#include "bin/tokenmint-agent/watch.h"

struct error;

/* One process, one epoll loop.  A user may have so many connections, and all together. */
enum { SERVER_CLIENTS = 512, SERVER_CLIENTS_OF_USER = 128 };

struct server {
	int epoll;
	struct watch listener;
	struct watch signals;
	struct watch child; /* a pidfd, or -1 */
	struct desk desk;
	struct client *clients[SERVER_CLIENTS];
	size_t client_count;
	bool stops;
	/* A signal has come, or the child has ended. */
	void (*signalled)(void *context, const struct signalfd_siginfo *signal);
	void (*child_ended)(void *context);
	void *context;
};

#define auto_server __attribute__((cleanup(server_close)))

/* Take the listening socket; the signals in the set come to signalled. */
int server_open(struct server *server, int listener, const sigset_t *signals,
		struct error *err);

/* Tell when this process ends; the descriptor is the server's. */
int server_watch_child(struct server *server, int pidfd, struct error *err);

/* Until stops. */
int server_run(struct server *server, struct error *err);
void server_close(struct server *server);

#endif
