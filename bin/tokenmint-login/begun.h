#ifndef BIN_TOKENMINT_LOGIN_BEGUN_H
#define BIN_TOKENMINT_LOGIN_BEGUN_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/oauth.h"

struct error;
struct login_settings;
struct vault;

/*
 * A login that has begun, as the browser keeps it in a cookie: sealed with a key that hangs on the
 * master key, for one client of one issuer and for one server's address, and for ten minutes.
 * So nothing is kept here, and any server that has the master key can finish what another began.
 */
#define BEGUN_LIVES_MS INT64_C(600000)
#define BEGUN_BACK_MAX 1024

struct begun {
	struct oauth_proof proof; /* its challenge is not kept */
	int64_t at_ms;
	char back[BEGUN_BACK_MAX +
		  1]; /* the path to go back to; "": none was asked for */
};

#define auto_begun __attribute__((cleanup(begun_wipe)))

void begun_wipe(struct begun *begun);

/* Append its text, of letters, digits, '-' and '_'. */
int begun_seal(struct buf *text, const struct begun *begun,
	       const struct login_settings *settings, const struct vault *vault,
	       struct error *err);

/* ERROR_ABSENT: it is none of these, or began too long ago. */
int begun_open(struct begun *begun, struct str_view text,
	       const struct login_settings *settings, const struct vault *vault,
	       struct error *err);

/* Is it a path at this server, of characters that a header may have? */
bool begun_is_back(const char *path);

#endif
