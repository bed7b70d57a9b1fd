#ifndef LIB_HTTP_CLIENT_H
#define LIB_HTTP_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/buf.h"
#include "lib/str.h"

struct error;

/*
 * The only module that knows libcurl: one request, one whole response.  https:// anywhere,
 * http:// to this machine only.  A redirect is followed (with the same method and body) within
 * the origin of the request and refused to any other, so a token never travels further than
 * it was sent.  Proxies are taken from the environment as curl(1) does.
 */
struct http_client {
	void *handle; /* NULL when closed; keeps its connections for the next request */
};

#define HTTP_CLIENT_NONE                                                                 \
	{                                                                                \
		NULL                                                                     \
	}
#define auto_http_client __attribute__((cleanup(http_client_close)))

/* NULL and 0 are fine everywhere but for method and url. */
struct http_client_request {
	const char *method;
	const char *url;
	const char *const *headers; /* "Name: value", NULL behind the last */
	struct str_view body;
	uint64_t timeout_ms; /* of the whole exchange; 0: 30 seconds */
	size_t limit_bytes;  /* of the body after decompression; 0: 16 MB */
	bool stays;	     /* a redirect is the response, and not followed */
	const char *ca_file; /* certificates to trust instead of the system's */
};

/* Of the last hop; the header lines as they came, without the status line. */
struct http_client_response {
	int status;
	struct buf headers;
	struct buf body;
};

#define HTTP_CLIENT_RESPONSE_EMPTY                                                       \
	{                                                                                \
		0, BUF_EMPTY, BUF_EMPTY                                                  \
	}
#define auto_http_client_response __attribute__((cleanup(http_client_response_wipe)))

int http_client_open(struct http_client *client, struct error *err);
void http_client_close(struct http_client *client);

/*
 * Any status is a response and no failure.  ERROR_TEMPORARY: no connection, timeout, broken
 * transfer.  ERROR_DENIED: certificate or redirect refused.  ERROR_CONFIG: an url that cannot
 * be used.  ERROR_DATA: the response is larger than its limit.
 */
int http_client_send(struct http_client_response *response, struct http_client *client,
		     const struct http_client_request *request, struct error *err);

/* The value of a header (the first of that name) without white space around; false if there is none. */
bool http_client_header(struct str_view *value,
			const struct http_client_response *response, const char *name);
void http_client_response_wipe(struct http_client_response *response);

#endif
