#ifndef BIN_HOOKRECV_ANSWER_H
#define BIN_HOOKRECV_ANSWER_H

struct http_exchange;

/* 202 {"id":…}: it is on the disk. */
void answer_accepted(struct http_exchange *exchange, const char *id);

/* 200 {"id":…,"duplicate":true}. */
void answer_duplicate(struct http_exchange *exchange, const char *id);

/* 503 with Retry-After: what failed is for our log, not for the sender. */
void answer_unavailable(struct http_exchange *exchange);

#endif
