#include "lib/http_peer.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/date.h"

static void name_peer(struct http_peer *peer, const struct sockaddr *address)
{
	const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)address;
	const struct sockaddr_in *four = (const struct sockaddr_in *)address;

	if (address && address->sa_family == AF_INET)
		(void)inet_ntop(AF_INET, &four->sin_addr, peer->remote,
				sizeof(peer->remote));
	else if (address && address->sa_family == AF_INET6 &&
		 IN6_IS_ADDR_V4MAPPED(&six->sin6_addr))
		(void)inet_ntop(AF_INET, &six->sin6_addr.s6_addr[12], peer->remote,
				sizeof(peer->remote));
	else if (address && address->sa_family == AF_INET6)
		(void)inet_ntop(AF_INET6, &six->sin6_addr, peer->remote,
				sizeof(peer->remote));
	else
		memcpy(peer->remote, "unix", sizeof("unix"));
}

struct http_peer *http_peer_add(struct http_peer **peers,
				struct MHD_Connection *connection, bool pipe)
{
	const union MHD_ConnectionInfo *fd =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	const union MHD_ConnectionInfo *address =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	struct http_peer *peer = calloc(1, sizeof(*peer));

	if (!peer)
		abort();
	peer->fd = fd->connect_fd;
	peer->since_ms = date_now_ms();
	name_peer(peer, address ? address->client_addr : NULL);
	if (pipe)
		memcpy(peer->remote, "stdin", sizeof("stdin"));
	peer->next = *peers;
	if (peer->next)
		peer->next->previous = peer;
	*peers = peer;
	return peer;
}

void http_peer_remove(struct http_peer **peers, struct http_peer *peer)
{
	if (peer->next)
		peer->next->previous = peer->previous;
	if (peer->previous)
		peer->previous->next = peer->next;
	else
		*peers = peer->next;
	free(peer);
}

void http_peer_end(const struct http_peer *peers, int64_t before_ms)
{
	const struct http_peer *peer;

	for (peer = peers; peer; peer = peer->next) {
		if (!peer->waiting && peer->since_ms < before_ms)
			(void)shutdown(peer->fd, SHUT_RDWR);
	}
}

void http_peer_end_idle(const struct http_peer *peers)
{
	const struct http_peer *peer;

	for (peer = peers; peer; peer = peer->next) {
		if (!peer->busy)
			(void)shutdown(peer->fd, SHUT_RD);
	}
}
