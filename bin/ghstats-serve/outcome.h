#ifndef BIN_GHSTATS_SERVE_OUTCOME_H
#define BIN_GHSTATS_SERVE_OUTCOME_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/str.h"

struct http_exchange;

/* What a helper answered; see tokenmint-login(1). */

/* Is it an object, and no error? */
bool outcome_is_good(struct str_view answer);

/* Its error's status; 503 when it is none of any sense. */
unsigned outcome_status(struct str_view answer);

/* A member that is a text, the caller's to free, or NULL. */
char *outcome_text(struct str_view answer, const char *name);
int64_t outcome_number(struct str_view answer, const char *name);

/* Answer the exchange with its error, and log it. */
void outcome_refuse(struct http_exchange *exchange, struct str_view answer);

/* 503: too many want that now. */
void outcome_busy(struct http_exchange *exchange);

/* 429: somebody, or everybody, tries too often. */
void outcome_too_often(struct http_exchange *exchange);

#endif
