#ifndef LIB_HTTP_EXCHANGE_H
#define LIB_HTTP_EXCHANGE_H

#include <microhttpd.h>
#include <stdbool.h>
#include <stdint.h>

#include "lib/http_peer.h"
#include "lib/http_server.h"
#include "lib/http_stream.h"

/* The inside of http_server: what its files share.  No other file includes this. */

enum { HTTP_ANSWER_HEADERS = 12 };

struct http_exchange {
	struct MHD_Connection *connection;
	struct http_peer *peer;
	const char *method;
	const char *path;
	void *state;
	uint64_t discarded; /* bytes of the body that came after the answer */
	unsigned status;
	const char *code; /* of the error that was answered */
	bool answered;
	bool queued; /* the answer was given to libmicrohttpd */
	bool early;  /* ... before the body */
	bool ended;
	bool suspended;
	bool asleep;   /* its stream has no bytes yet */
	bool is_cut;   /* ... and is broken off */
	int epoll;     /* the server's */
	bool last;     /* close the connection behind the answer */
	bool *resumed; /* set when an answer wants the loop to turn at once */
	struct http_stream stream;
	struct MHD_Response *response;
	unsigned headers;
	char *names[HTTP_ANSWER_HEADERS];
	char *values[HTTP_ANSWER_HEADERS];
};

/* ->response is made, or NULL: it is the answer. */
void http_exchange_answer(struct http_exchange *exchange, unsigned status,
			  const char *type);

/* Give the answer to libmicrohttpd. */
enum MHD_Result http_exchange_queue(struct http_exchange *exchange);
void http_exchange_free(struct http_exchange *exchange);

/* For libmicrohttpd: a %00 must not cut a path short, it becomes a byte no path of ours has. */
size_t http_exchange_unescape(void *context, struct MHD_Connection *connection,
			      char *text);

#endif
