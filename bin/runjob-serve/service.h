#ifndef BIN_RUNJOB_SERVE_SERVICE_H
#define BIN_RUNJOB_SERVE_SERVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "bin/runjob-serve/followers.h"
#include "bin/runjob-serve/pool.h"
#include "bin/runjob-serve/terms.h"
#include "lib/buf.h"
#include "lib/http_helper.h"
#include "lib/http_server.h"
#include "lib/layout.h"
#include "lib/rate.h"

struct http_clients;

/* What lasts as long as the server. */
struct service {
	struct layout layout; /* ->owner is nobody's: each request has its own */
	struct pool pool;
	struct rate owners; /* how often each may ask */
	struct rate addresses;
	int64_t told_ms; /* when somebody was last told to ask less often, as the log has it */
	struct followers followers;
	struct helpers helpers; /* `runjob start -` */
	struct buf openapi;
	struct terms terms;
	const char *sandbox;	/* the least that the jobs of others than admins are in */
	bool is_anonymous_busy; /* one of them is being started */
};

struct http_service service_of(struct service *service);
struct http_clients service_clients(struct service *service);

#endif
