#ifndef BIN_GHSTATS_SERVE_SERVICE_H
#define BIN_GHSTATS_SERVE_SERVICE_H

#include "bin/ghstats-serve/cache.h"
#include "lib/db.h"
#include "lib/http_server.h"

/* Answers every request at once, from one snapshot of the database. */
struct service {
	struct db db;
	struct cache cache;
};

struct http_service service_of(struct service *service);

#endif
