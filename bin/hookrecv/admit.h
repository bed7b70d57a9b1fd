#ifndef BIN_HOOKRECV_ADMIT_H
#define BIN_HOOKRECV_ADMIT_H

#include "bin/hookrecv/signature.h"

struct http_exchange;
struct receive;

/*
 * What the headers of a delivery decide before a byte of its body is asked for: the hook of
 * that id, length, type, and whether there is a signature at all.  Answers the exchange, or
 * sets up its struct request for the body.
 */
void admit(struct receive *receive, struct http_exchange *exchange, const char *id);

/* 401 with the reason, which counts against the sender's address unless it is the clock. */
void admit_refuse_signature(struct http_exchange *exchange,
			    enum signature_verdict verdict);

#endif
