#include "bin/ghstats-serve/service.h"

#include <stddef.h>
#include <string.h>

#include "bin/ghstats-serve/answer.h"
#include "bin/ghstats-serve/pages.h"
#include "bin/ghstats-serve/parameters.h"
#include "bin/ghstats-serve/visits.h"
#include "lib/buf.h"
#include "lib/date.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/log.h"
#include "lib/str.h"

static const struct page pages[] = {
	{ "/stats", NULL, page_report },
	{ "/workflows", "workflows", page_list },
	{ "/workflows/", NULL, page_workflow },
	{ "/runs", "runs", page_list },
	{ "/jobs", "jobs", page_list },
	{ "/local_jobs", "local_jobs", page_list },
	{ "/repositories", "repositories", page_list },
	{ "/healthz", NULL, page_health },
};

/* A path that ends with a slash has a name behind it. */
static const struct page *find_page(const char **rest, const char *path)
{
	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		const char *begin = pages[i].path;

		*rest = "";
		if (!str_ends(begin, "/") && str_equal(begin, path))
			return &pages[i];
		if (str_ends(begin, "/") && str_starts(path, begin)) {
			*rest = path + strlen(begin);
			return &pages[i];
		}
	}
	return NULL;
}

static void answer_failure(struct http_exchange *exchange, const struct parameters *given,
			   const struct error *err)
{
	switch (err->kind) {
	case ERROR_USAGE:
		answer_refusal(exchange, given->field, err->message);
		return;
	case ERROR_ABSENT:
		http_answer_error(exchange, 404, "not_found", err->message);
		return;
	case ERROR_NONE:
	case ERROR_DATA:
	case ERROR_BUG:
	case ERROR_SYSTEM:
	case ERROR_TEMPORARY:
	case ERROR_DENIED:
	case ERROR_CONFIG:
	default:
		log_error("%s %s: %s", http_method(exchange), http_path(exchange),
			  err->message);
		http_answer_header(exchange, "Retry-After", "10");
		http_answer_error(exchange, 503, "unavailable",
				  "the database cannot be read now");
	}
}

static void answer_page(struct http_exchange *exchange, const struct buf *json,
			const struct buf *next)
{
	if (next->len)
		answer_link(exchange, buf_str(next));
	answer_json(exchange, json);
}

/* From the cache, or made anew. */
static int answer_from(struct service *service, struct http_exchange *exchange,
		       const struct page *page, struct parameters *given,
		       struct error *err)
{
	auto_buf struct buf address = BUF_EMPTY;
	auto_buf struct buf json = BUF_EMPTY;
	struct cache_page made = { .made_ms = date_now_ms() };
	const struct cache_page *kept;

	if (db_data_version(&made.version, &service->db, err) < 0)
		return -1;
	answer_address(&address, exchange);
	kept = cache_find(&service->cache, buf_str(&address), made.version, made.made_ms);
	if (kept) {
		answer_page(exchange, &kept->json, &kept->next);
		return 0;
	}
	if (page->make(&json, given, page, &service->db, err) < 0)
		return -1;
	made.address = address.data;
	made.json = json;
	made.next = given->next;
	cache_keep(&service->cache, &made);
	answer_page(exchange, &json, &given->next);
	return 0;
}

/* What an answer is made of is of one moment. */
static int answer_snapshot(struct service *service, struct http_exchange *exchange,
			   const struct page *page, struct parameters *given,
			   struct error *err)
{
	int status;

	if (db_execute(&service->db, "BEGIN", err) < 0)
		return -1;
	status = answer_from(service, exchange, page, given, err);
	db_rollback(&service->db);
	return status;
}

static void answer(struct http_exchange *exchange, struct service *service,
		   const struct page *page, const char *rest)
{
	auto_parameters struct parameters given = { .rest = rest };
	struct error err = { 0 };

	if (parameters_read(&given, exchange, page, date_now_ms(), &err) < 0 ||
	    answer_snapshot(service, exchange, page, &given, &err) < 0)
		answer_failure(exchange, &given, &err);
}

/* Nothing of a body is read for what cannot be answered well. */
static void begin(struct http_exchange *exchange, void *context)
{
	const struct service *service = context;
	const char *method = http_method(exchange);
	const char *rest = "";

	log_debug("%s %s from %s", method, http_path(exchange), http_remote(exchange));
	http_answer_header(exchange, "X-Content-Type-Options", "nosniff");
	if (service->visits && visits_has(http_path(exchange))) {
		visits_begin(exchange, service->visits);
	} else if (!find_page(&rest, http_path(exchange))) {
		http_answer_error(exchange, 404, "not_found", "there is no such page");
	} else if (!str_equal(method, "GET") && !str_equal(method, "HEAD")) {
		http_answer_header(exchange, "Allow", "GET, HEAD");
		http_answer_error(exchange, 405, "method_not_allowed",
				  "this page can only be read");
	}
}

static void body(struct http_exchange *exchange, const char *bytes, size_t len,
		 void *context)
{
	(void)exchange;
	(void)bytes;
	(void)len;
	(void)context;
}

void service_show(struct http_exchange *exchange, void *context)
{
	const char *rest = "";
	const struct page *page = find_page(&rest, http_path(exchange));

	answer(exchange, context, page, rest);
}

/* How the server is may be asked by whoever watches over it. */
static bool is_open(const struct service *service, const char *path)
{
	const char *rest = "";

	return !service->visits || find_page(&rest, path)->make == page_health;
}

static void end(struct http_exchange *exchange, void *context)
{
	struct service *service = context;
	const char *path = http_path(exchange);

	if (service->visits && visits_has(path))
		visits_end(exchange, service->visits);
	else if (is_open(service, path) || visits_admit(exchange, service->visits))
		service_show(exchange, service);
}

struct http_service service_of(struct service *service)
{
	return (struct http_service){
		.context = service, .begin = begin, .body = body, .end = end
	};
}
