#include "lib/http_peer.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/date.h"
#include "lib/http_server.h"

/* A peer without an address has come by a local socket. */
struct address http_peer_address(const struct sockaddr *address)
{
	const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)address;
	const struct sockaddr_in *four = (const struct sockaddr_in *)address;
	struct address found = address_unix;

	if (address && address->sa_family == AF_INET)
		address_from_ipv4(&found, &four->sin_addr.s_addr);
	else if (address && address->sa_family == AF_INET6)
		memcpy(found.bytes, &six->sin6_addr, sizeof(found.bytes));
	return found;
}

struct http_peer *http_peer_add(struct http_peer **peers,
				struct MHD_Connection *connection, bool pipe)
{
	const union MHD_ConnectionInfo *fd =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	const union MHD_ConnectionInfo *address =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const union MHD_ConnectionInfo *session =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
	struct http_peer *peer = calloc(1, sizeof(*peer));
	struct address from;

	if (!peer)
		abort();
	peer->fd = fd->connect_fd;
	peer->since_ms = date_now_ms();
	peer->fresh = true;
	peer->secure = session != NULL;
	from = http_peer_address(address ? address->client_addr : NULL);
	peer->owner = address_owner(&from);
	address_format(peer->remote, &from);
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

unsigned http_peer_count(const struct http_peer *peers, const struct address *address)
{
	const struct address owner = address_owner(address);
	unsigned count = 0;

	for (; peers; peers = peers->next)
		count += address_equal(&owner, &peers->owner);
	return count;
}

static void end(struct http_peer *peer)
{
	peer->ended = true;
	(void)shutdown(peer->fd, SHUT_RDWR);
}

void http_peer_make_room(struct http_peer *peers, unsigned limit)
{
	struct http_peer *victim = NULL;
	struct http_peer *peer;
	unsigned count = 0;

	for (peer = peers; peer; peer = peer->next) {
		count += !peer->ended;
		if (peer != peers && !peer->ended && !peer->busy &&
		    (!victim || peer->since_ms <= victim->since_ms))
			victim = peer;
	}
	if (count >= limit && victim)
		end(victim);
}

/* Who keeps a connection for later asked for nothing. */
static void tell(const struct http_peer *peer)
{
	static const char late[] = "HTTP/1.1 408 Request Timeout\r\n"
				   "Connection: close\r\nContent-Length: 0\r\n\r\n";

	if (!peer->secure && !peer->answered && (peer->fresh || peer->busy))
		(void)send(peer->fd, late, strlen(late), MSG_DONTWAIT | MSG_NOSIGNAL);
}

void http_peer_end_late(struct http_peer *peers, const struct http_limits *limits,
			int64_t now_ms)
{
	struct http_peer *peer;

	for (peer = peers; peer; peer = peer->next) {
		unsigned limit_s =
			peer->fresh && limits->head_s ? limits->head_s : limits->total_s;

		if (peer->waiting || peer->ended ||
		    now_ms - peer->since_ms <= (int64_t)limit_s * 1000)
			continue;
		tell(peer);
		end(peer);
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
