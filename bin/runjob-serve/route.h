#ifndef BIN_RUNJOB_SERVE_ROUTE_H
#define BIN_RUNJOB_SERVE_ROUTE_H

#include "lib/uuid.h"

/* What a path of the API names. */
enum route_kind {
	ROUTE_NONE,
	ROUTE_JOBS, /* /jobs */
	ROUTE_JOB,  /* /jobs/ID */
	ROUTE_LOG,  /* /jobs/ID/log */
	ROUTE_STOP, /* /jobs/ID/stop */
	ROUTE_OPENAPI,
	ROUTE_KINDS
};

struct route {
	enum route_kind kind;
	char id[UUID_LEN]; /* "" where it names no job */
};

/* An id that is none is ROUTE_NONE: there is no such job. */
void route_find(struct route *route, const char *path);

#endif
