#ifndef LIB_TICKET_H
#define LIB_TICKET_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/str.h"

struct buf;
struct error;

/*
 * The text of a key that we give out: KIND_IDENTIFIER_SECRETCHECK, as in
 * htk_t0t5me7k2x9q_..., of letters, digits and underscores only, so that a double click takes
 * it whole.  The last six characters are a checksum of all before them (CRC-32, in base 62):
 * a scanner for secrets knows offline that it has found one, and a typing error is told from a
 * wrong key.
 */
#define TICKET_KIND_LEN 3
#define TICKET_ID_LEN 12     /* [0-9a-z]; those made later sort later, to the second */
#define TICKET_SECRET_LEN 36 /* [0-9A-Za-z], 214 bits */
#define TICKET_CHECK_LEN 6
#define TICKET_LEN                                                                       \
	(TICKET_KIND_LEN + 1 + TICKET_ID_LEN + 1 + TICKET_SECRET_LEN + TICKET_CHECK_LEN)

struct ticket {
	char id[TICKET_ID_LEN + 1];
	char secret[TICKET_SECRET_LEN + 1];
};

#define TICKET_EMPTY                                                                     \
	{                                                                                \
		"", ""                                                                   \
	}
#define auto_ticket __attribute__((cleanup(ticket_wipe)))

void ticket_wipe(struct ticket *ticket);

/* A new identifier, and a new random secret. */
void ticket_make(struct ticket *ticket, int64_t now_s);

/* Append it as text; kind has TICKET_KIND_LEN characters. */
void ticket_write(struct buf *out, const char *kind, const struct ticket *ticket);

/* ERROR_DENIED says what is wrong: nothing of the text is in it. */
int ticket_read(struct ticket *ticket, const char *kind, struct str_view text,
		struct error *err);

bool ticket_is_id(const char *text);

/* As many of the characters that secrets are made of as there are bytes, and a NUL. */
void ticket_encode(char *out, const uint8_t *bytes, size_t len);

#endif
