#ifndef BIN_RUNJOB_SERVE_POOL_H
#define BIN_RUNJOB_SERVE_POOL_H

#include <stdbool.h>

#include "lib/trust.h"

struct error;
struct http_server;
struct http_watch;

/*
 * The pool of certificates and the revocation list as they are on disk: read again when
 * one of their files changes.  What cannot be read then is told, and the state before
 * stays.
 */
struct pool {
	const char *dir; /* the caller's, as the next */
	const char *revoked;
	bool may_lack; /* revoked may be missing, until it has been there */
	struct trust trust;
	int inotify;
	int folders[2 * CERTIFICATE_ROLES]; /* their watches */
};

#define POOL_NONE                                                                        \
	{                                                                                \
		.trust = TRUST_EMPTY, .inotify = -1                                      \
	}

int pool_open(struct pool *pool, struct error *err);
int pool_watch(struct pool *pool, struct http_server *server, struct error *err);
void pool_close(struct pool *pool);

#endif
