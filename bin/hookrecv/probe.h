#ifndef BIN_HOOKRECV_PROBE_H
#define BIN_HOOKRECV_PROBE_H

#include <stdbool.h>

struct buf;
struct error;

/* Asks an address for one small answer, as a sender would, within five seconds. */
struct probe {
	char *host; /* "127.0.0.1", "::1", or a path where port is NULL */
	char *port;
	char *path; /* of the request */
	bool tls;   /* only the connection is tried */
};

#define PROBE_NONE                                                                       \
	{                                                                                \
		NULL, NULL, NULL, false                                                  \
	}
#define auto_probe __attribute__((cleanup(probe_free)))

/* "https://host[:port][/path]": asks for <path>/hook/, which is nobody's. */
int probe_url(struct probe *probe, const char *url, struct error *err);

/* "ADDR:PORT", ":PORT" or "unix:PATH", as a server listens: asks for /healthz. */
int probe_listen(struct probe *probe, const char *address, struct error *err);
void probe_free(struct probe *probe);

/* Append what it answers, up to 4 KB of it; nothing over TLS.  No answer in time is
 * ERROR_TEMPORARY, no such address ERROR_SYSTEM. */
int probe_ask(struct buf *answer, const struct probe *probe, struct error *err);

#endif
