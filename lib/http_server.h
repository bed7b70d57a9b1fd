#ifndef LIB_HTTP_SERVER_H
#define LIB_HTTP_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct address;
struct error;
struct http_clients;

/*
 * The only module that knows libmicrohttpd: one process, one epoll loop, no threads.  A
 * request comes to its service in three steps and may be answered in any of them; an
 * answer in the first is given before a byte of the body is asked for.  The same service
 * runs on a listening socket and on one connection (inetd).
 */
struct http_exchange;

struct http_service {
	void *context; /* handed to each of these */
	/* The headers are complete; the body has not been read. */
	void (*begin)(struct http_exchange *exchange, void *context);
	/* The next bytes of the body; not called once the exchange is answered. */
	void (*body)(struct http_exchange *exchange, const char *bytes, size_t len,
		     void *context);
	/* The body is complete: answer now, or later from turn or elsewhere in the loop. */
	void (*end)(struct http_exchange *exchange, void *context);
	/* The exchange is over, answered or broken off: free its state.  Also for one that
	 * the server itself refused, which did not begin.  May be NULL. */
	void (*done)(struct http_exchange *exchange, void *context);
	/* All that was there to read has been read: answer what waits.  May be NULL. */
	void (*turn)(void *context);
	/* May this address have another connection, beside the others of its owner (see
	 * address_owner)?  It is closed at once if not.  NULL: it may. */
	bool (*welcome)(const struct address *address, unsigned others, void *context);
};

/* A certificate with its chain, and its key: PEM.  clients, see lib/http_tls.h, is who may
 * come; NULL: everybody. */
struct http_tls {
	const char *certificate;
	const char *key;
	const struct http_clients *clients;
};

struct http_limits {
	/* At once; when they are used up, who has been without a request for the longest goes,
	 * and if nobody has, more wait in the kernel's queue. */
	unsigned connections;
	unsigned idle_s;     /* a connection that sends nothing is closed */
	unsigned total_s;    /* a request that is not whole by then is cut off */
	unsigned head_s;     /* a first head that is not; 0: as total_s */
	unsigned head_bytes; /* more are 431; 0: as many as fit into 32 KB */
	unsigned head_lines; /* the same of headers */
	/* NULL: plain HTTP; else TLS 1.2 or 1.3 on every connection.  Only the opening reads
	 * it. */
	const struct http_tls *tls;
};

#define HTTP_LIMITS                                                                      \
	{                                                                                \
		.connections = 512, .idle_s = 30, .total_s = 60                          \
	}

struct http_server {
	void *state; /* NULL when closed */
};

#define HTTP_SERVER_NONE                                                                 \
	{                                                                                \
		NULL                                                                     \
	}
#define auto_http_server __attribute__((cleanup(http_server_close)))

/* Serve a listening socket (see lib/listener.h), which stays the caller's. */
int http_server_open(struct http_server *handle, int listening_fd,
		     const struct http_service *service, const struct http_limits *limits,
		     struct error *err);

/* Serve one request that comes from fds[0] and is answered to fds[1]: a socket (inetd) or
 * pipes. */
int http_server_open_single(struct http_server *handle, const int fds[static 2],
			    const struct http_service *service,
			    const struct http_limits *limits, struct error *err);

/*
 * A descriptor of the service's own, as that of a child: ready is called from the loop whenever
 * it is readable, until it is forgotten, which comes before it is closed.  ready may be
 * called once more than that, for nothing; it may watch and forget.
 */
struct http_watch {
	int fd;
	void (*ready)(void *context);
	void *context;
};

#define HTTP_WATCHES 32 /* at once */

int http_server_watch(struct http_server *handle, const struct http_watch *watch,
		      struct error *err);
void http_server_forget(struct http_server *handle, int fd);

/*
 * Until SIGTERM or SIGINT (what has begun is then finished), or until the single request
 * is over.  SIGPIPE is ignored from http_server_open on.
 */
int http_server_run(struct http_server *handle, struct error *err);
void http_server_close(struct http_server *handle);

/* The request.  Texts live until done; header names are compared without case. */
const char *http_method(const struct http_exchange *exchange);
const char *http_path(const struct http_exchange *exchange);
const char *http_header(const struct http_exchange *exchange, const char *name);
const char *http_query(const struct http_exchange *exchange, const char *name);
/* The peer's address without its port; "unix" for a local socket, "stdin" for a pipe. */
const char *http_remote(const struct http_exchange *exchange);

/* What Content-Length says; false when the body is chunked or there is none. */
bool http_length(const struct http_exchange *exchange, uint64_t *length);
bool http_has_body(const struct http_exchange *exchange);

/* Call each(name, value, data) for every header, in their order. */
void http_each_header(const struct http_exchange *exchange,
		      void (*each)(const char *name, const char *value, void *data),
		      void *data);
void http_each_query(const struct http_exchange *exchange,
		     void (*each)(const char *name, const char *value, void *data),
		     void *data);

/* What the service keeps for the exchange. */
void http_set_state(struct http_exchange *exchange, void *state);
void *http_state(const struct http_exchange *exchange);

/* A header of the answer; call it before http_answer.  The texts are copied. */
void http_answer_header(struct http_exchange *exchange, const char *name,
			const char *value);

/* Answer once; the bytes are copied. */
void http_answer(struct http_exchange *exchange, unsigned status, const char *type,
		 const void *bytes, size_t len);

/* Answer {"error":{"code":…,"message":…}} as JSON.  code: a literal, it is kept. */
void http_answer_error(struct http_exchange *exchange, unsigned status, const char *code,
		       const char *message);
/* The same with any code, which is not kept. */
void http_answer_fault(struct http_exchange *exchange, unsigned status, const char *code,
		       const char *message);
/* The status of the answer, 0 before there is one. */
unsigned http_status(const struct http_exchange *exchange);
/* The code of http_answer_error; NULL when there was none. */
const char *http_error_code(const struct http_exchange *exchange);
bool http_is_answered(const struct http_exchange *exchange);

#endif
