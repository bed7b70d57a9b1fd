#ifndef BIN_TOKENMINT_LOGIN_IDENTIFY_H
#define BIN_TOKENMINT_LOGIN_IDENTIFY_H

#include <stdint.h>

struct buf;
struct error;
struct login;
struct place;
struct world;

/* With what a person's tokens are held together. */
struct identify {
	const struct place *place;
	const char *nonce; /* NULL: none was sent */
	int64_t now_ms;
};

/*
 * Who it is that login's tokens were given to: fills its subject, name and email, and appends the
 * claims, a JSON object: those of the ID token, or at GitHub sub, id, login and email.
 * ERROR_DENIED when the ID token is not right, ERROR_ABSENT when GitHub does not take the token.
 */
int identify_person(struct login *login, struct buf *claims, struct world *world,
		    const struct identify *with, struct error *err);

#endif
