#ifndef LIB_SESSION_FAMILY_H
#define LIB_SESSION_FAMILY_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/principal.h"
#include "lib/ticket.h"

struct buf;
struct error;

/*
 * A session as it is on disk, <state>/sessions/<id>: whose it is, and how many times it was
 * refreshed.  Its refresh tokens are a family: each carries its number and a MAC over it, the
 * file holds the number of the one that is good, so an older one is known again, too.
 */
#define SESSION_FAMILY_MAX 8192 /* bytes of a file */

struct session_family {
	char id[TICKET_ID_LEN + 1];
	struct principal principal;
	char *audience;
	uint64_t generation; /* of the refresh token that is good; 0: there is none */
	int64_t created_ms;
	int64_t expires_ms; /* of the refresh token, or of the access token without one */
	int64_t ends_ms;    /* never refreshed beyond this */
	int64_t refreshed_ms; /* last; 0: never, or by an older hooktools */
};

#define SESSION_FAMILY_EMPTY                                                             \
	{                                                                                \
		"", PRINCIPAL_EMPTY, NULL, 0, 0, 0, 0, 0                                 \
	}
#define auto_session_family __attribute__((cleanup(session_family_free)))

void session_family_free(struct session_family *family);

/* Was it the token of that number that was good until after since_ms? */
bool session_family_was(const struct session_family *family, uint64_t generation,
			int64_t since_ms);

/* dir is <state>/sessions. */
int session_family_save(const struct session_family *family, int dir,
			const uint8_t *seal_key, struct error *err);

/* ERROR_ABSENT when there is none, ERROR_DENIED when it was changed. */
int session_family_load(struct session_family *family, int dir, const char *id,
			const uint8_t *seal_key, struct error *err);

/* The record alone: a file's text without its place. */
void session_family_write(struct buf *out, const struct session_family *family,
			  const uint8_t *seal_key);
int session_family_read(struct session_family *family, struct str_view text,
			const uint8_t *seal_key, struct error *err);

#endif
