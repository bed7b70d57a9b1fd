#ifndef BIN_GHSTATS_SERVE_SERVICE_H
#define BIN_GHSTATS_SERVE_SERVICE_H

#include "bin/ghstats-serve/cache.h"
#include "lib/db.h"
#include "lib/http_server.h"

struct visits;

/* Answers every request at once, from one snapshot of the database; with visits who may ask is
 * looked at first, and may take a while. */
struct service {
	struct db db;
	struct cache cache;
	struct visits *visits; /* NULL: everybody may */
};

struct http_service service_of(struct service *service);

/* The page that the exchange asks for, to somebody who may see it: context is the service. */
void service_show(struct http_exchange *exchange, void *context);

#endif
