#include "tests/fake/service.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/json_write.h"
#include "tests/fake/fake.h"

#define BODY_LIMIT ((size_t)1 << 20)
#define QUOTA 5000
#define ENTERPRISE_BASE "/api/v3"

static const struct route {
	const char *method;
	const char *pattern; /* a star is one part of the path */
	visit_handler *handler;
} routes[] = {
	{ "GET", "/app", app_show },
	{ "GET", "/app/installations", app_list },
	{ "POST", "/app/installations/*/access_tokens", app_mint },
	{ "GET", "/users/*/installation", app_find_owner },
	{ "GET", "/orgs/*/installation", app_find_owner },
	{ "GET", "/repos/*/*/installation", app_find_repository },
	{ "GET", "/repositories/*/installation", app_find_number },
	{ "DELETE", "/installation/token", credentials_end_token },
	{ "POST", "/credentials/revoke", credentials_revoke },
	{ "GET", "/user", person_show },
	{ "GET", "/user/repos", person_repositories },
	{ "POST", "/repos/*/*/check-runs", checks_create },
	{ "PATCH", "/repos/*/*/check-runs/*", checks_update },
	{ "GET", "/repos/*/*/check-runs/*", checks_show },
	{ "GET", "/repos/*/*/commits/*/check-runs", checks_of_commit },
	{ "GET", "/repos/*/*/actions/runs", runs_list },
	{ "GET", "/repos/*/*/actions/runs/*/jobs", runs_jobs },
	{ "GET", "/repos/*/*/hooks", hooks_list },
	{ "POST", "/repos/*/*/hooks", hooks_create },
	{ "GET", "/repos/*/*/hooks/*", hooks_show },
	{ "PATCH", "/repos/*/*/hooks/*", hooks_update },
	{ "DELETE", "/repos/*/*/hooks/*", hooks_delete },
	{ "GET", "/repos/*/*/hooks/*/deliveries", deliveries_list },
	{ "GET", "/repositories/*/hooks/*/deliveries", deliveries_list_more },
	{ "POST", "/repos/*/*/hooks/*/deliveries/*/attempts", deliveries_attempt },
	{ "PATCH", "/app/hook/config", app_configure },
	{ "GET", "/app/hook/config", app_configuration },
	{ "GET", "/app/hook/deliveries", app_deliveries },
	{ "POST", "/app/hook/deliveries/*/attempts", app_attempt },
	{ "GET", "/api/v4/projects/*/*/hooks", hooks_list },
	{ "POST", "/api/v4/projects/*/*/hooks", hooks_create },
	{ "GET", "/api/v4/projects/*/*/hooks/*", hooks_show },
	{ "PUT", "/api/v4/projects/*/*/hooks/*", hooks_update },
	{ "DELETE", "/api/v4/projects/*/*/hooks/*", hooks_delete },
	{ "GET", "/api/v4/projects/*/*/hooks/*/events", events_list },
	{ "POST", "/api/v4/projects/*/*/hooks/*/events/*/resend", events_resend },
	{ "POST", "/fake/deliver/*", deliveries_make },
};

static void free_parts(struct visit *visit)
{
	for (int i = 0; i < VISIT_PARTS; i++) {
		free(visit->parts[i]);
		visit->parts[i] = NULL;
	}
}

static bool take_part(struct visit *visit, int *stars, struct str_view want,
		      struct str_view got)
{
	if (!str_view_equal(want, "*"))
		return want.len == got.len && memcmp(want.data, got.data, want.len) == 0;
	if (got.len == 0 || *stars >= VISIT_PARTS)
		return false;
	visit->parts[(*stars)++] = str_format("%.*s", (int)got.len, got.data);
	return true;
}

static bool matches(struct visit *visit, const char *pattern, const char *path)
{
	int stars = 0;

	free_parts(visit);
	while (pattern && path) {
		struct str_view want = str_split(&pattern, '/');
		struct str_view got = str_split(&path, '/');

		if (!take_part(visit, &stars, want, got))
			return false;
	}
	return !pattern && !path;
}

/* An Enterprise server's API is that of GitHub below a path. */
static unsigned dispatch(struct visit *visit, struct buf *out)
{
	const char *whole = http_path(visit->exchange);
	const char *path = str_starts(whole, ENTERPRISE_BASE "/")
				   ? whole + strlen(ENTERPRISE_BASE)
				   : whole;

	for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++)
		if (str_equal(routes[i].method, http_method(visit->exchange)) &&
		    matches(visit, routes[i].pattern, path))
			return routes[i].handler(visit, out);
	return visit_refuse(out, 404, "Not Found");
}

/* "500", "429 2", "500 0 /installations/7/": what the file fail asks for; 0 when it does not. */
static unsigned fail(struct visit *visit, struct buf *out)
{
	auto_buf struct buf text = BUF_EMPTY;
	auto_buf struct buf message = BUF_EMPTY;
	char *rest = NULL;
	unsigned long status = 0;
	unsigned long retry_after = 0;
	auto_free char *asked = str_format("%s %s", http_method(visit->exchange),
					   http_path(visit->exchange));

	store_read(&text, visit->fake, "fail");
	if (text.len == 0)
		return 0;
	status = strtoul(text.data, &rest, 10);
	retry_after = strtoul(rest, &rest, 10);
	rest += strspn(rest, " ");
	if (*rest && !strstr(asked, rest))
		return 0;
	if (retry_after > 0) {
		auto_free char *seconds = str_format("%lu", retry_after);

		http_answer_header(visit->exchange, "Retry-After", seconds);
	}
	store_read(&message, visit->fake, "fail-message");
	return visit_refuse(out, (unsigned)status,
			    message.len > 0 ? buf_str(&message) : "As the test wants it");
}

static void add_headers(const struct visit *visit)
{
	time_t now_s = (time_t)(visit->now_ms / 1000);
	struct fake *fake = visit->fake;
	int64_t left = store_number(fake, "remaining",
				    (int64_t)(QUOTA - fake->requests % QUOTA));
	auto_free char *remaining = str_format("%lld", (long long)left);
	auto_free char *reset =
		str_format("%" PRId64, now_s + store_number(fake, "reset", 3600));
	auto_buf struct buf sunset = BUF_EMPTY;
	struct tm parts = { 0 };
	char date[64] = "";

	(void)gmtime_r(&now_s, &parts);
	(void)strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S GMT", &parts);
	http_answer_header(visit->exchange, "Date", date);
	http_answer_header(visit->exchange, "X-RateLimit-Limit", "5000");
	store_read(&sunset, fake, "sunset");
	if (sunset.len > 0) {
		http_answer_header(visit->exchange, "Deprecation", "true");
		http_answer_header(visit->exchange, "Sunset", buf_str(&sunset));
	}
	http_answer_header(visit->exchange, "X-RateLimit-Remaining", remaining);
	http_answer_header(visit->exchange, "X-RateLimit-Reset", reset);
}

static void note(const struct visit *visit, unsigned status)
{
	auto_free char *path = str_format("%s/requests", visit->fake->dir);
	auto_buf struct buf line = BUF_EMPTY;
	struct json_writer writer = JSON_WRITER(&line);
	auto_fclose FILE *file = fopen(path, "ae");

	json_write_object(&writer, NULL);
	json_write_string(&writer, "method", http_method(visit->exchange));
	json_write_string(&writer, "path", http_path(visit->exchange));
	json_write_u64(&writer, "status", status);
	json_write_string(&writer, "user_agent",
			  http_header(visit->exchange, "User-Agent"));
	json_write_object_end(&writer);
	buf_add_char(&line, '\n');
	if (!file || fputs(buf_str(&line), file) < 0)
		abort(); /* a test cannot go on */
			 /* cppcheck-suppress resourceLeak */
}

static void begin(struct http_exchange *exchange, void *context)
{
	struct visit *visit = calloc(1, sizeof(*visit));

	if (!visit)
		abort();
	visit->fake = context;
	visit->exchange = exchange;
	http_set_state(exchange, visit);
}

static void body(struct http_exchange *exchange, const char *bytes, size_t len,
		 void *context)
{
	struct visit *visit = http_state(exchange);

	(void)context;
	if (visit->body.len + len <= BODY_LIMIT)
		buf_add(&visit->body, bytes, len);
}

static void end(struct http_exchange *exchange, void *context)
{
	struct visit *visit = http_state(exchange);
	struct fake *fake = context;
	auto_buf struct buf out = BUF_EMPTY;
	unsigned status = 0;

	fake->requests++;
	visit->now_ms = date_now_ms() + store_number(fake, "skew", 0) * 1000;
	add_headers(visit);
	status = fail(visit, &out);
	if (status == 0)
		status = dispatch(visit, &out);
	note(visit, status);
	http_answer(exchange, status, "application/json; charset=utf-8", buf_str(&out),
		    out.len);
}

static void done(struct http_exchange *exchange, void *context)
{
	struct visit *visit = http_state(exchange);

	(void)context;
	if (!visit)
		return;
	free_parts(visit);
	buf_free(&visit->body);
	free(visit);
}

struct http_service service_of(struct fake *fake)
{
	return (struct http_service){
		.context = fake, .begin = begin, .body = body, .end = end, .done = done
	};
}
