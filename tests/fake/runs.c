#include <stdlib.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/hex.h"
#include "lib/http_server.h"
#include "lib/json.h"
#include "tests/fake/fake.h"

#define PER_PAGE 30
#define PER_PAGE_MAX 100

struct page {
	uint64_t number;
	uint64_t size;
};

static uint64_t query_number(const struct visit *visit, const char *name,
			     uint64_t fallback, uint64_t max)
{
	const char *text = http_query(visit->exchange, name);
	uint64_t number = fallback;
	struct error err = { 0 };

	if (text && str_to_u64(&number, text, 1, max, &err) < 0)
		number = fallback;
	return number;
}

static void read_list(jv *list, const struct fake *fake, const char *name)
{
	auto_buf struct buf text = BUF_EMPTY;
	struct error err = { 0 };

	store_read(&text, fake, name);
	if (text.len == 0 || json_parse(list, buf_str(&text), text.len, &err) < 0)
		*list = jv_array();
}

/* Only the pages there are get a Link, as GitHub does; its address is this server's own. */
static void add_link(const struct visit *visit, const struct page *page, uint64_t total)
{
	const char *host = http_header(visit->exchange, "Host");
	uint64_t last = page->size ? (total + page->size - 1) / page->size : 0;
	auto_free char *link = NULL;

	if (page->size == 0 || page->number >= last)
		return;
	link = str_format("<http://%s%s?per_page=%llu&page=%llu>; rel=\"next\", "
			  "<http://%s%s?per_page=%llu&page=%llu>; rel=\"last\"",
			  host ? host : "127.0.0.1", http_path(visit->exchange),
			  (unsigned long long)page->size,
			  (unsigned long long)page->number + 1, host ? host : "127.0.0.1",
			  http_path(visit->exchange), (unsigned long long)page->size,
			  (unsigned long long)last);
	http_answer_header(visit->exchange, "Link", link);
}

/* GitHub's ETag covers Accept and Authorization besides the body. */
static bool is_unchanged(const struct visit *visit, const struct buf *body)
{
	const char *accept = http_header(visit->exchange, "Accept");
	const char *authorization = http_header(visit->exchange, "Authorization");
	const char *known = http_header(visit->exchange, "If-None-Match");
	auto_buf struct buf hashed = BUF_EMPTY;
	auto_free char *etag = NULL;
	uint8_t digest[CRYPTO_SHA256_LEN];
	char hex[2 * CRYPTO_SHA256_LEN + 1];

	buf_add_format(&hashed, "%s:%s:", accept ? accept : "",
		       authorization ? authorization : "");
	buf_add(&hashed, body->data, body->len);
	crypto_sha256(digest, hashed.data, hashed.len);
	hex_encode(hex, digest, sizeof(digest));
	etag = str_format("W/\"%s\"", hex);
	http_answer_header(visit->exchange, "ETag", etag);
	return known && strstr(known, hex) != NULL;
}

static unsigned answer_page(struct visit *visit, struct buf *out, const char *key,
			    jv list)
{
	struct page page = { query_number(visit, "page", 1, 1000000),
			     query_number(visit, "per_page", PER_PAGE, PER_PAGE_MAX) };
	uint64_t total = (uint64_t)jv_array_length(jv_copy(list));
	auto_jv jv some = jv_array();
	auto_jv jv answer = jv_object();

	for (uint64_t i = (page.number - 1) * page.size;
	     i < total && i < page.number * page.size; i++)
		some = jv_array_append(some, jv_array_get(jv_copy(list), (int)i));
	answer =
		jv_object_set(answer, jv_string("total_count"), jv_number((double)total));
	answer = jv_object_set(answer, jv_string(key), jv_copy(some));
	json_dump(out, answer);
	add_link(visit, &page, total);
	if (!is_unchanged(visit, out))
		return 200;
	buf_clear(out);
	return 304;
}

unsigned runs_list(struct visit *visit, struct buf *out)
{
	auto_jv jv list = jv_invalid();

	if (!visit_has_token(visit, visit->parts[0], out))
		return visit->refused;
	read_list(&list, visit->fake, "runs.json");
	return answer_page(visit, out, "workflow_runs", list);
}

unsigned runs_jobs(struct visit *visit, struct buf *out)
{
	uint64_t wanted = strtoull(visit->parts[2], NULL, 10);
	auto_jv jv all = jv_invalid();
	auto_jv jv list = jv_array();

	if (!visit_has_token(visit, visit->parts[0], out))
		return visit->refused;
	read_list(&all, visit->fake, "jobs.json");
	for (int i = 0; i < jv_array_length(jv_copy(all)); i++) {
		auto_jv jv job = jv_array_get(jv_copy(all), i);
		uint64_t run_id = 0;
		struct error err = { 0 };

		if (json_get_u64(&run_id, job, "run_id", &err) == 0 && run_id == wanted)
			list = jv_array_append(list, jv_copy(job));
	}
	return answer_page(visit, out, "jobs", list);
}
