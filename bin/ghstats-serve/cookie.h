#ifndef BIN_GHSTATS_SERVE_COOKIE_H
#define BIN_GHSTATS_SERVE_COOKIE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/str.h"

struct buf;

/* Cookies (RFC 6265bis) of ours: for this host alone, and not for its scripts. */
enum cookie_kind { COOKIE_LOGIN, COOKIE_SESSION, COOKIE_REFRESH };

/* The name: with https one that no other host, and no plain http, can have put there. */
const char *cookie_name(enum cookie_kind kind, bool https);

/* Find its value in what the header Cookie says; false when it is not there, is empty, or is
 * there twice, as nobody knows then which is ours. */
bool cookie_find(struct str_view *value, const char *header, const char *name);

/* Append what the header Set-Cookie says; age_s 0 removes it. */
void cookie_write(struct buf *out, const char *name, const char *value, int64_t age_s);

#endif
