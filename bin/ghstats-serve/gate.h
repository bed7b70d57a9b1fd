#ifndef BIN_GHSTATS_SERVE_GATE_H
#define BIN_GHSTATS_SERVE_GATE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/crypto.h"
#include "lib/login_settings.h"
#include "lib/session_verify.h"

struct error;
struct http_exchange;
struct layout;

/* A token whose signature was right: it need not be looked at again. */
struct gate_seen {
	uint8_t digest[CRYPTO_SHA256_LEN];
	struct session session;
};

#define GATE_SEEN 256 /* each token has one place among these */

/*
 * Who may see a page: whoever has the access token of a session for this server's address, in the
 * header Authorization or in a cookie, and roles that allow it.
 */
struct gate {
	const struct layout *layout; /* the caller's */
	struct login_settings settings;
	struct session_verifier verifier;
	struct gate_seen seen[GATE_SEEN];
};

#define GATE_EMPTY                                                                       \
	{                                                                                \
		.settings = LOGIN_SETTINGS_EMPTY, .verifier = SESSION_VERIFIER_NONE      \
	}

void gate_close(struct gate *gate);

/* The value of a cookie of ours. */
bool gate_cookie(struct str_view *value, const struct gate *gate,
		 const struct http_exchange *exchange, int kind);

/* A header Set-Cookie; value NULL removes the cookie. */
void gate_set_cookie(struct http_exchange *exchange, const struct gate *gate, int kind,
		     const char *value, int64_t age_s);

/* The session of a request; ERROR_ABSENT says why it has none.  *by_header: it was, or was not, in
 * the header Authorization. */
int gate_session(struct session *session, bool *by_header, struct gate *gate,
		 const struct http_exchange *exchange, struct error *err);

/* The same of an access token. */
int gate_verify(struct session *session, struct gate *gate, struct str_view token,
		struct error *err);

/* May that session see the page that is asked for?  It is answered 403 if not. */
bool gate_allows(struct http_exchange *exchange, const struct session *session);

/* 401: who are you?  To a browser it is a page with a button. */
void gate_refuse(struct http_exchange *exchange, bool was_token);

/* Is the request one of a page of ours, or of none?  Pages of others must not send browsers. */
bool gate_is_ours(const struct gate *gate, const struct http_exchange *exchange);

/* Does the client want a page for people? */
bool gate_wants_page(const struct http_exchange *exchange);

#endif
