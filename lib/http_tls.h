#ifndef LIB_HTTP_TLS_H
#define LIB_HTTP_TLS_H

#include <stddef.h>

#include "lib/str.h"

struct http_exchange;
struct http_peer;

/*
 * Clients of an http_server that have to show a certificate: TLS 1.3 only, and nobody sends a
 * request whose certificate was not found good in the handshake, where the client has
 * proved that it has its key.
 */
enum http_verdict {
	HTTP_ADMITTED,
	HTTP_UNKNOWN,
	HTTP_EXPIRED,
	HTTP_REVOKED,
	HTTP_UNFIT /* it is for something else */
};

struct http_clients {
	void *context;
	/* chain: X.509, DER, the client's own certificate first; at least that one. */
	enum http_verdict (*judge)(void *context, const char *remote,
				   const struct str_view *chain, size_t count);
	/* A connection ends that had no request, and was not judged: why. */
	void (*refused)(void *context, const char *remote, const char *why);
};

/* The chain that was admitted; *count is 0 when clients show none. */
const struct str_view *http_certificates(size_t *count,
					 const struct http_exchange *exchange);

/* Inside of http_server: ask the new connection, which has a TLS session, for its certificate. */
void http_tls_ask(struct http_peer *peer, void *session,
		  const struct http_clients *clients);

/* It ends. */
void http_tls_end(struct http_peer *peer);

#endif
