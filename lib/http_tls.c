#include "lib/http_tls.h"

#include <gnutls/gnutls.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/http_exchange.h"

enum { CHAIN_MAX = 8, SUPPORTED_VERSIONS = 43 };

/* In one piece, the bytes behind the views. */
struct http_chain {
	size_t count;
	struct str_view certificates[CHAIN_MAX];
	char bytes[];
};

const struct str_view *http_certificates(size_t *count,
					 const struct http_exchange *exchange)
{
	const struct http_chain *chain = exchange->peer->chain;

	*count = chain ? chain->count : 0;
	return chain ? chain->certificates : NULL;
}

static void refuse(struct http_peer *peer, gnutls_session_t session,
		   gnutls_alert_description_t alert, const char *why)
{
	/* libmicrohttpd closes without a word. */
	(void)gnutls_alert_send(session, GNUTLS_AL_FATAL, alert);
	peer->is_judged = true;
	peer->clients->refused(peer->clients->context, peer->remote, why);
}

/* RFC 8446 4.2.1: a list of versions, its length in the first byte. */
static int look_at_extension(void *context, unsigned id, const unsigned char *bytes,
			     unsigned len)
{
	bool *is_13 = context;

	for (unsigned i = 1; id == SUPPORTED_VERSIONS && i + 1 < len; i += 2)
		*is_13 = *is_13 || (bytes[i] == 3 && bytes[i + 1] == 4);
	return 0;
}

/* NOLINTNEXTLINE(readability-function-size): it has GnuTLS's parameters */
static int on_hello(gnutls_session_t session, unsigned type, unsigned when,
		    unsigned incoming, const gnutls_datum_t *message)
{
	struct http_peer *peer = gnutls_session_get_ptr(session);
	bool is_13 = false;

	(void)type;
	(void)when;
	if (!incoming)
		return 0;
	peer->is_greeted = true;
	(void)gnutls_ext_raw_parse(&is_13, look_at_extension, message,
				   GNUTLS_EXT_RAW_FLAG_TLS_CLIENT_HELLO);
	if (is_13)
		return 0;
	refuse(peer, session, GNUTLS_A_PROTOCOL_VERSION, "it offers no TLS 1.3");
	return GNUTLS_E_UNSUPPORTED_VERSION_PACKET;
}

static gnutls_alert_description_t alert_of(enum http_verdict verdict)
{
	switch (verdict) {
	case HTTP_UNKNOWN:
		return GNUTLS_A_UNKNOWN_CA;
	case HTTP_EXPIRED:
		return GNUTLS_A_CERTIFICATE_EXPIRED;
	case HTTP_REVOKED:
		return GNUTLS_A_CERTIFICATE_REVOKED;
	case HTTP_ADMITTED:
	case HTTP_UNFIT:
	default:
		return GNUTLS_A_UNSUPPORTED_CERTIFICATE;
	}
}

static void keep(struct http_peer *peer, const struct str_view *shown, size_t count)
{
	size_t len = 0;
	char *at;

	for (size_t i = 0; i < count; i++)
		len += shown[i].len;
	peer->chain = malloc(sizeof(*peer->chain) + len);
	if (!peer->chain)
		abort();
	at = peer->chain->bytes;
	peer->chain->count = count;
	for (size_t i = 0; i < count; i++) {
		peer->chain->certificates[i] = (struct str_view){ at, shown[i].len };
		at = (char *)memcpy(at, shown[i].data, shown[i].len) + shown[i].len;
	}
}

/* The client has sent its certificate, or none, and proved that it has the key. */
static int on_certificate(gnutls_session_t session)
{
	struct http_peer *peer = gnutls_session_get_ptr(session);
	struct str_view chain[CHAIN_MAX];
	enum http_verdict verdict;
	unsigned count = 0;
	unsigned i;
	const gnutls_datum_t *shown = gnutls_certificate_get_peers(session, &count);

	if (!shown || !count || gnutls_certificate_type_get(session) != GNUTLS_CRT_X509) {
		refuse(peer, session, GNUTLS_A_CERTIFICATE_REQUIRED,
		       "it shows no certificate");
		return -1;
	}
	if (count > CHAIN_MAX)
		count = CHAIN_MAX;
	for (i = 0; i < count; i++)
		chain[i] =
			(struct str_view){ (const char *)shown[i].data, shown[i].size };
	peer->is_judged = true;
	verdict =
		peer->clients->judge(peer->clients->context, peer->remote, chain, count);
	if (verdict == HTTP_ADMITTED) {
		keep(peer, chain, count);
		return 0;
	}
	(void)gnutls_alert_send(session, GNUTLS_AL_FATAL, alert_of(verdict));
	return -1;
}

void http_tls_ask(struct http_peer *peer, void *session,
		  const struct http_clients *clients)
{
	peer->clients = clients;
	gnutls_session_set_ptr(session, peer);
	/* Not "require": then a missing one is ours to refuse, and to tell of. */
	gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUEST);
	gnutls_session_set_verify_function(session, on_certificate);
	gnutls_handshake_set_hook_function(session, GNUTLS_HANDSHAKE_CLIENT_HELLO,
					   GNUTLS_HOOK_PRE, on_hello);
}

void http_tls_end(struct http_peer *peer)
{
	if (peer->clients && !peer->is_judged)
		peer->clients->refused(peer->clients->context, peer->remote,
				       peer->is_greeted ? "the handshake was broken off"
							: "it does not speak TLS");
	free(peer->chain);
	peer->chain = NULL;
}
