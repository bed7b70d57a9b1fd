#ifndef BIN_GHSTATS_SERVE_ANSWER_H
#define BIN_GHSTATS_SERVE_ANSWER_H

struct buf;
struct http_exchange;

/* 200 with an ETag, or 304 when the client has just this. */
void answer_json(struct http_exchange *exchange, const struct buf *json);

/* The path and the parameters of the request, so that equal requests look alike. */
void answer_address(struct buf *out, const struct http_exchange *exchange);

/* The header Link of the page behind this: the same parameters, and after=cursor. */
void answer_link(struct http_exchange *exchange, const char *cursor);

/* 400 {"error":{"code":"bad_parameter","message":…,"field":…}}. */
void answer_refusal(struct http_exchange *exchange, const char *field,
		    const char *message);

#endif
