#ifndef BIN_HOOKRECV_AFTERMATH_H
#define BIN_HOOKRECV_AFTERMATH_H

struct http_exchange;
struct receive;

/* What is remembered of a request that is over. */

/* Count it, and note it where it was refused; its state is still there. */
void aftermath(struct receive *receive, const struct http_exchange *exchange);

/* Answer GET /metrics; 404 where nothing is counted. */
void aftermath_metrics(const struct receive *receive, struct http_exchange *exchange);

#endif
