#ifndef BIN_RUNJOB_SERVE_REQUEST_H
#define BIN_RUNJOB_SERVE_REQUEST_H

#include <stdbool.h>

#include "bin/runjob-serve/followers.h"
#include "bin/runjob-serve/route.h"
#include "lib/address.h"
#include "lib/buf.h"
#include "lib/job.h"
#include "lib/layout.h"
#include "lib/trust.h"

struct error;
struct http_exchange;
struct service;

/* A request and whose it is. */
struct request {
	struct service *service;
	struct http_exchange *exchange; /* NULL: it is over, and somebody works on */
	struct trust_finding caller;
	char remote[ADDRESS_LEN]; /* from where it came, for who works on */
	struct layout layout;	  /* the service's; ->owner is the caller */
	struct route route;
	struct buf body;
	size_t body_max;
	bool is_asked; /* a helper works for it */
	struct follower follower;
};

void request_free(struct request *request);

/* It costs as much as so many more: its certificate and address may ask less often after it. */
void request_charge(const struct request *request, uint64_t more);

/* Does the caller see the jobs of all? */
bool request_sees_all(const struct request *request);

/*
 * The job that the route names, among those that the caller sees.  Where it sees those of
 * others, its own comes first, and ?owner= chooses.  One that is not there, or another's, is
 * ERROR_ABSENT, in the same words.
 */
int request_job(struct job *job, const struct request *request, struct error *err);

/* Each answers, now or later. */
void request_list(struct request *request);
void request_show(struct request *request);
void request_log(struct request *request);
void request_create(struct request *request);
void request_stop(struct request *request);
void request_delete(struct request *request);
void request_openapi(struct request *request);

#endif
