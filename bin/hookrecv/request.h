#ifndef BIN_HOOKRECV_REQUEST_H
#define BIN_HOOKRECV_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bin/hookrecv/intake.h"
#include "bin/hookrecv/verify.h"
#include "lib/uuid.h"

struct http_exchange;
struct receive;

/* One delivery on its way in: the state of its exchange. */
struct request {
	struct receive *receive;
	const struct provider *provider;
	char hook[UUID_LEN];
	char id[UUID_LEN]; /* of the event that is answered */
	uint64_t max_body;
	uint64_t bytes;
	const char *event;
	const char *delivery; /* NULL when the sender names none */
	char *payload_event;  /* the same when the payload names them */
	char *payload_delivery;
	struct verify verify;
	struct intake intake;
	struct buf body;     /* while it waits, see begun.h */
	int64_t complete_us; /* when the body was, for the counters */
	bool is_waiting;     /* the event is not begun yet */
	bool failed;	     /* the disk took no more */
};

/* The headers: answers, or sets up the exchange's state for the body. */
void request_begin(struct receive *receive, struct http_exchange *exchange);
void request_body(struct http_exchange *exchange, const char *bytes, size_t len);

/* The body is complete: true if its event is to be stored, otherwise it is answered. */
bool request_judge(struct http_exchange *exchange);

/* One line for the log; frees the state. */
void request_done(struct receive *receive, struct http_exchange *exchange);

#endif
