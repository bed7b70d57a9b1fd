#ifndef BIN_GHSTATS_SERVE_SERVICE_H
#define BIN_GHSTATS_SERVE_SERVICE_H

#include "lib/http_server.h"

struct db;

/* Answers every request at once, from one snapshot of the database. */
struct http_service service_of(struct db *db);

#endif
