#ifndef LIB_SESSION_VERIFY_H
#define LIB_SESSION_VERIFY_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/jwk.h"
#include "lib/principal.h"
#include "lib/ticket.h"

struct error;
struct layout;

/*
 * Verifies the access tokens of lib/session.h without the master key: with the public keys in
 * <state>/sessions/keys.jwks, and the marks of what was revoked beside it.  A token in time
 * with a key that is not there yet makes it read the keys again, at most once a second.
 */
#define SESSION_LEEWAY_S 5 /* clocks of our machines may differ by this */

struct session_verifier {
	int dir; /* -1 when closed */
	struct jwk_set keys;
	int64_t read_ms;
};

#define SESSION_VERIFIER_NONE                                                            \
	{                                                                                \
		-1, JWK_SET_EMPTY, 0                                                     \
	}
#define auto_session_verifier __attribute__((cleanup(session_verifier_close)))

/* ERROR_CONFIG when no session was ever issued here. */
int session_verifier_open(struct session_verifier *verifier, const struct layout *layout,
			  struct error *err);
void session_verifier_close(struct session_verifier *verifier);

struct session {
	char id[TICKET_ID_LEN + 1];
	struct principal principal;
	int64_t issued_s;
	int64_t expires_s;
};

#define SESSION_EMPTY                                                                    \
	{                                                                                \
		"", PRINCIPAL_EMPTY, 0, 0                                                \
	}
#define auto_session __attribute__((cleanup(session_free)))

void session_free(struct session *session);

/* A token, and what it is held against. */
struct session_proof {
	struct str_view token;
	const char *audience;
	int64_t now_ms;
};

/* ERROR_ABSENT with the rule that the token breaks. */
int session_verify(struct session *session, struct session_verifier *verifier,
		   const struct session_proof *proof, struct error *err);

/* A session that was verified before: has it ended since, by its time or by being revoked? */
bool session_has_ended(const struct session *session,
		       const struct session_verifier *verifier, int64_t now_ms);

/* The claims alone, of a token whose signature and times are right. */
int session_read_claims(struct session *session, struct str_view payload,
			struct error *err);

#endif
