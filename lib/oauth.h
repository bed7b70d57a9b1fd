#ifndef LIB_OAUTH_H
#define LIB_OAUTH_H

#include <stdint.h>

#include "lib/buf.h"
#include "lib/str.h"

struct error;

/*
 * OAuth 2.0 (RFC 6749), its device flow (RFC 8628) and PKCE (RFC 7636): what is sent, and what
 * the answers mean, GitHub's with their errors under status 200 among them.  Nothing here
 * reads a clock or the network.
 */
#define OAUTH_ANSWER_MAX 65536
#define OAUTH_QUERY_MAX 8192
#define OAUTH_PROOF_LEN 44 /* 32 random bytes in base64url, and a NUL */

/* Append "name=value" in the form of application/x-www-form-urlencoded, "&" in front when
 * something stands there. */
void oauth_add_parameter(struct buf *form, const char *name, const char *value);

/* What a login of the web is held together with; all random but the challenge (S256). */
struct oauth_proof {
	char verifier[OAUTH_PROOF_LEN];
	char challenge[OAUTH_PROOF_LEN];
	char state[OAUTH_PROOF_LEN];
	char nonce[OAUTH_PROOF_LEN];
};

void oauth_proof_make(struct oauth_proof *proof);

/* Empty for what was not given. */
struct oauth_token {
	struct buf access;
	struct buf refresh;
	struct buf id;
	int64_t expires_ms; /* 0: not said */
	int64_t refresh_expires_ms;
};

#define OAUTH_TOKEN_EMPTY                                                                \
	{                                                                                \
		BUF_EMPTY, BUF_EMPTY, BUF_EMPTY, 0, 0                                    \
	}
#define auto_oauth_token __attribute__((cleanup(oauth_token_wipe)))

void oauth_token_wipe(struct oauth_token *token);

enum oauth_outcome { OAUTH_GIVEN, OAUTH_PENDING, OAUTH_SLOWER };

struct oauth_answer {
	enum oauth_outcome outcome;
	uint64_t interval_s; /* of OAUTH_SLOWER: the new one; 0: not said */
	struct oauth_token token;
};

#define OAUTH_ANSWER_EMPTY                                                               \
	{                                                                                \
		OAUTH_GIVEN, 0, OAUTH_TOKEN_EMPTY                                        \
	}
#define auto_oauth_answer __attribute__((cleanup(oauth_answer_wipe)))

void oauth_answer_wipe(struct oauth_answer *answer);

/*
 * The body of a token endpoint's answer, whatever its status.  Its errors: ERROR_DENIED when the
 * person or the issuer says no, ERROR_TEMPORARY when a code has expired and another would
 * do, ERROR_CONFIG when the client is not what it should be, ERROR_DATA when it makes no sense.
 */
int oauth_read_token(struct oauth_answer *answer, struct str_view body, int64_t now_ms,
		     struct error *err);

/* The answer of a device endpoint; ERROR_CONFIG and ERROR_DATA as above. */
struct oauth_device {
	char *device_code;
	char *user_code;
	char *address; /* where a person enters it */
	uint64_t expires_s;
	uint64_t interval_s;
};

#define OAUTH_DEVICE_EMPTY                                                               \
	{                                                                                \
		NULL, NULL, NULL, 0, 0                                                   \
	}
#define auto_oauth_device __attribute__((cleanup(oauth_device_free)))

void oauth_device_free(struct oauth_device *device);
int oauth_read_device(struct oauth_device *device, struct str_view body,
		      struct error *err);

/*
 * The query with which a browser comes back: append its code.  ERROR_DATA when it is none, or of
 * another login (state); ERROR_DENIED when the person or the issuer says no, or when it
 * comes from another issuer (RFC 9207).
 */
int oauth_read_callback(struct buf *code, struct str_view query, const char *state,
			const char *issuer, struct error *err);

#endif
