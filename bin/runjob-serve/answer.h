#ifndef BIN_RUNJOB_SERVE_ANSWER_H
#define BIN_RUNJOB_SERVE_ANSWER_H

struct buf;
struct error;
struct http_exchange;

/* Where an error is: NULL or "" for no field.  All texts are copied. */
struct answer_error {
	unsigned status;
	const char *code;
	const char *message;
	const char *field;
};

/* {"error":{"code":…,"message":…,"field":…}} */
void answer_error(struct http_exchange *exchange, const struct answer_error *error);

/* 400 of a parameter or member. */
void answer_bad(struct http_exchange *exchange, const char *field, const char *message);

/* What a failure of ours is to the client: 404, 400 or 503, which is logged. */
void answer_failure(struct http_exchange *exchange, const struct error *err);

/* 429: not for so long. */
void answer_later(struct http_exchange *exchange, long long wait_ms, const char *code,
		  const char *message);

void answer_json(struct http_exchange *exchange, unsigned status, const struct buf *json);

#endif
