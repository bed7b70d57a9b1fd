#include "bin/runjob-serve/service.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "bin/runjob-serve/answer.h"
#include "bin/runjob-serve/request.h"
#include "lib/address.h"
#include "lib/date.h"
#include "lib/hex.h"
#include "lib/http_tls.h"
#include "lib/log.h"
#include "lib/str.h"

enum { JOB_MAX = 1 << 20, STOP_MAX = 4096, TELL_MS = 10000 };

/* What may be done with what. */
struct operation {
	const char *method;
	void (*run)(struct request *request);
	size_t body_max;
	enum route_kind kind;
	bool is_write; /* not for viewers */
	bool is_final; /* not for anonymous ones */
};

static const struct operation operations[] = {
	{ "GET", request_list, 0, ROUTE_JOBS, false, false },
	{ "POST", request_create, JOB_MAX, ROUTE_JOBS, true, false },
	{ "GET", request_show, 0, ROUTE_JOB, false, false },
	{ "DELETE", request_delete, 0, ROUTE_JOB, true, true },
	{ "GET", request_log, 0, ROUTE_LOG, false, false },
	{ "POST", request_stop, STOP_MAX, ROUTE_STOP, true, false },
	{ "GET", request_openapi, 0, ROUTE_OPENAPI, false, false },
};

static const char *const allowed[ROUTE_KINDS] = {
	[ROUTE_JOBS] = "GET, HEAD, POST", [ROUTE_JOB] = "GET, HEAD, DELETE",
	[ROUTE_LOG] = "GET, HEAD",	  [ROUTE_STOP] = "POST",
	[ROUTE_OPENAPI] = "GET, HEAD",
};

static const struct operation *find_operation(enum route_kind kind, const char *method)
{
	const char *as = str_equal(method, "HEAD") ? "GET" : method;

	for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++) {
		if (operations[i].kind == kind && str_equal(operations[i].method, as))
			return &operations[i];
	}
	return NULL;
}

static void judge(struct trust_finding *finding, const struct service *service,
		  const struct str_view *chain, size_t count)
{
	trust_judge(finding, &service->pool.trust, chain, count, date_now_ms());
}

static enum http_verdict admit(void *context, const char *remote,
			       const struct str_view *chain, size_t count)
{
	static const enum http_verdict verdicts[] = {
		[TRUST_GOOD] = HTTP_ADMITTED,	[TRUST_UNKNOWN] = HTTP_UNKNOWN,
		[TRUST_EXPIRED] = HTTP_EXPIRED, [TRUST_EARLY] = HTTP_EXPIRED,
		[TRUST_REVOKED] = HTTP_REVOKED, [TRUST_UNFIT] = HTTP_UNFIT,
	};
	struct trust_finding finding = { .why = "" };

	judge(&finding, context, chain, count);
	if (finding.verdict == TRUST_GOOD)
		log_debug("%s comes with certificate %s (%s)", remote,
			  finding.fingerprint, certificate_role_name(finding.role));
	else
		log_warning("connection from %s is refused: certificate %s: %s", remote,
			    finding.fingerprint, finding.why);
	return verdicts[finding.verdict];
}

static void refused(void *context, const char *remote, const char *why)
{
	(void)context;
	log_warning("connection from %s is refused: %s", remote, why);
}

struct http_clients service_clients(struct service *service)
{
	return (struct http_clients){ service, admit, refused };
}

/* The pool, the list of the revoked and the time may have changed since the handshake. */
static bool is_still_good(struct request *request)
{
	struct http_exchange *exchange = request->exchange;
	size_t count = 0;
	const struct str_view *chain = http_certificates(&count, exchange);

	judge(&request->caller, request->service, chain, count);
	request->layout.owner = request->caller.fingerprint;
	if (request->caller.verdict == TRUST_GOOD)
		return true;
	log_warning("%s %s from %s is refused: certificate %s: %s", http_method(exchange),
		    http_path(exchange), http_remote(exchange),
		    request->caller.fingerprint, request->caller.why);
	http_answer_error(exchange, 403, "certificate_refused",
			  "the certificate is not good any more");
	return false;
}

/* Who is refused for asking too often would fill the log: one line in a while. */
static void tell_too_often(struct service *service, const char *remote,
			   const char *fingerprint)
{
	const int64_t now_ms = date_steady_ms();

	if (service->told_ms && now_ms - service->told_ms < TELL_MS)
		return;
	service->told_ms = now_ms;
	log_warning("%s is refused: it asks too often (certificate %s)", remote,
		    fingerprint);
}

/* Certificates and addresses are counted alike: the digest's first bytes are as an address. */
static int64_t count(const struct request *request)
{
	struct service *service = request->service;
	struct address owner = { { 0 } };
	struct address address = { { 0 } };
	int64_t wait_ms;

	(void)hex_decode(owner.bytes, ADDRESS_BYTES, request->caller.fingerprint,
			 2 * ADDRESS_BYTES);
	wait_ms = rate_count(&service->owners, &owner, date_steady_ms());
	if (!wait_ms && address_parse(&address, request->remote))
		wait_ms = rate_count(&service->addresses, &address, date_steady_ms());
	return wait_ms;
}

void request_charge(const struct request *request, uint64_t more)
{
	while (more > 0 && count(request) == 0)
		more--;
}

static bool is_in_time(struct request *request)
{
	struct service *service = request->service;
	int64_t wait_ms = count(request);

	if (!wait_ms)
		return true;
	tell_too_often(service, http_remote(request->exchange),
		       request->caller.fingerprint);
	answer_later(request->exchange, wait_ms, "too_many_requests",
		     "too many requests of this certificate or address");
	return false;
}

static bool may_do(struct request *request, const struct operation *operation)
{
	enum certificate_role role = request->caller.role;

	if ((role != CERTIFICATE_VIEWER || !operation->is_write) &&
	    (role != CERTIFICATE_ANONYMOUS || !operation->is_final))
		return true;
	log_warning("%s %s from %s is refused: certificate %s is only %s",
		    operation->method, http_path(request->exchange),
		    http_remote(request->exchange), request->caller.fingerprint,
		    certificate_role_name(role));
	http_answer_error(request->exchange, 403, "forbidden",
			  "the role of this certificate does not allow it");
	return false;
}

static bool has_fit_body(struct request *request, const struct operation *operation)
{
	struct http_exchange *exchange = request->exchange;
	const char *type = http_header(exchange, "Content-Type");
	uint64_t len = 0;

	request->body_max = operation->body_max;
	if (http_length(exchange, &len) && len > request->body_max) {
		http_answer_error(exchange, 413, "body_too_large",
				  "the body is larger than this takes");
		return false;
	}
	if (!operation->body_max || !http_has_body(exchange) ||
	    (type && strncasecmp(type, "application/json", 16) == 0 &&
	     (!type[16] || strchr("; \t", type[16]))))
		return true;
	http_answer_error(exchange, 415, "not_json",
			  "this wants a body of the type application/json");
	return false;
}

static void look(struct request *request)
{
	struct http_exchange *exchange = request->exchange;
	const struct operation *operation;

	route_find(&request->route, http_path(exchange));
	operation = find_operation(request->route.kind, http_method(exchange));
	if (request->route.kind == ROUTE_NONE) {
		http_answer_error(exchange, 404, "not_found", "there is no such job");
	} else if (!operation) {
		http_answer_header(exchange, "Allow", allowed[request->route.kind]);
		http_answer_error(exchange, 405, "method_not_allowed",
				  "this is not done with that method");
	} else if (may_do(request, operation)) {
		(void)has_fit_body(request, operation);
	}
}

static void begin(struct http_exchange *exchange, void *context)
{
	struct service *service = context;
	struct request *request = calloc(1, sizeof(*request));

	if (!request)
		abort();
	request->service = service;
	request->exchange = exchange;
	request->layout = service->layout;
	snprintf(request->remote, sizeof(request->remote), "%s", http_remote(exchange));
	request->follower = (struct follower)FOLLOWER_NONE;
	http_set_state(exchange, request);
	http_answer_header(exchange, "X-Content-Type-Options", "nosniff");
	if (is_still_good(request) && is_in_time(request))
		look(request);
}

static void body(struct http_exchange *exchange, const char *bytes, size_t len,
		 void *context)
{
	struct request *request = http_state(exchange);

	(void)context;
	if (len > request->body_max - request->body.len)
		http_answer_error(exchange, 413, "body_too_large",
				  "the body is larger than this takes");
	else
		buf_add(&request->body, bytes, len);
}

static void end(struct http_exchange *exchange, void *context)
{
	struct request *request = http_state(exchange);

	(void)context;
	find_operation(request->route.kind, http_method(exchange))->run(request);
}

/* Who is still worked for is let go of when that is done. */
static void done(struct http_exchange *exchange, void *context)
{
	struct request *request = http_state(exchange);

	(void)context;
	if (!request)
		return;
	followers_leave(&request->service->followers, &request->follower);
	request->exchange = NULL;
	if (!request->is_asked)
		request_free(request);
}

static bool welcome(const struct address *address, unsigned others, void *context)
{
	struct service *service = context;
	char remote[ADDRESS_LEN];

	if (service->terms.address_connections && !address_is_local(address) &&
	    others >= service->terms.address_connections)
		return false;
	if (rate_count(&service->addresses, address, date_steady_ms()) == 0)
		return true;
	address_format(remote, address);
	tell_too_often(service, remote, "not shown yet");
	return false;
}

struct http_service service_of(struct service *service)
{
	return (struct http_service){ .context = service,
				      .begin = begin,
				      .body = body,
				      .end = end,
				      .done = done,
				      .welcome = welcome };
}
