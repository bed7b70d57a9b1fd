#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/http_server.h"
#include "lib/json.h"
#include "tests/fake/fake.h"

#define TEXT_MAX 65535

static void load(jv *run, const struct fake *fake, const char *id)
{
	auto_free char *name = str_format("check-runs/%s", id);
	auto_buf struct buf text = BUF_EMPTY;
	struct error err = { 0 };

	if (strspn(id, "0123456789") != strlen(id) || !store_has(fake, name))
		return;
	store_read(&text, fake, name);
	if (json_parse(run, buf_str(&text), text.len, &err) < 0)
		abort(); /* it wrote that itself */
}

static void save(const struct fake *fake, uint64_t id, jv run)
{
	auto_free char *name = str_format("check-runs/%" PRIu64, id);
	auto_buf struct buf text = BUF_EMPTY;

	json_dump(&text, run);
	store_write(fake, name, &text);
}

/* What GitHub adds to what it was told. */
static const char usual[] =
	"{\"node_id\":\"CR_kgDOFAKE\",\"url\":\"https://github.example/check\","
	"\"html_url\":\"https://github.example/check\",\"details_url\":null,"
	"\"external_id\":\"\",\"status\":\"queued\",\"conclusion\":null,"
	"\"started_at\":null,\"completed_at\":null,\"check_suite\":{\"id\":5},"
	"\"output\":{\"title\":null,\"summary\":null,\"text\":null,"
	"\"annotations_count\":0,\"annotations_url\":\"https://github.example/notes\"},"
	"\"app\":null,\"pull_requests\":[]}";

static jv complete(jv run)
{
	return jv_object_merge_recursive(jv_parse(usual), run);
}

static bool is_text(jv object, const char *key)
{
	auto_jv jv value = json_get(object, key);

	return jv_get_kind(value) == JV_KIND_STRING;
}

static bool is_short(jv output, const char *key)
{
	auto_jv jv value = json_get(output, key);

	return jv_get_kind(value) != JV_KIND_STRING ||
	       jv_string_length_bytes(jv_copy(value)) <= TEXT_MAX;
}

/* What GitHub would answer with 422; NULL when all is well. */
static const char *find_fault(jv run)
{
	auto_jv jv output = json_get(run, "output");
	auto_free char *status = NULL;
	auto_free char *conclusion = NULL;
	struct error err = { 0 };

	if (!is_text(run, "name") || !is_text(run, "head_sha"))
		return "Invalid request. \"name\" and \"head_sha\" are wanted";
	if (json_get_string(&status, run, "status", &err) < 0 ||
	    json_get_string(&conclusion, run, "conclusion", &err) < 0)
		return "Invalid request. status or conclusion";
	if (str_equal(status, "completed") && !conclusion)
		return "Invalid request. A completed run wants a conclusion";
	if (jv_get_kind(output) == JV_KIND_OBJECT &&
	    (!is_text(output, "title") || !is_text(output, "summary") ||
	     !is_short(output, "summary") || !is_short(output, "text")))
		return "Invalid request. output";
	return NULL;
}

/* Take the body's members over into run, check it, keep it. */
static unsigned apply(struct visit *visit, struct buf *out, jv *run, uint64_t id)
{
	auto_jv jv body = jv_invalid();
	struct error err = { 0 };
	const char *fault = NULL;

	if (json_parse(&body, buf_str(&visit->body), visit->body.len, &err) < 0 ||
	    jv_get_kind(body) != JV_KIND_OBJECT)
		return visit_refuse(out, 400, "Problems parsing JSON");
	*run = jv_object_merge(*run, jv_copy(body));
	*run = jv_object_set(*run, jv_string("id"), jv_number((double)id));
	fault = find_fault(*run);
	if (fault)
		return visit_refuse(out, 422, fault);
	save(visit->fake, id, *run);
	*run = complete(*run);
	json_dump(out, *run);
	return 200;
}

unsigned checks_create(struct visit *visit, struct buf *out)
{
	auto_jv jv run = jv_object();
	unsigned status = 0;

	if (!visit_has_token(visit, visit->parts[0], out))
		return visit->refused;
	status = apply(visit, out, &run, store_count(visit->fake, "check-runs") + 1);
	return status == 200 ? 201 : status;
}

unsigned checks_update(struct visit *visit, struct buf *out)
{
	auto_jv jv run = jv_invalid();

	if (!visit_has_token(visit, visit->parts[0], out))
		return visit->refused;
	load(&run, visit->fake, visit->parts[2]);
	if (!jv_is_valid(run))
		return visit_refuse(out, 404, "Not Found");
	return apply(visit, out, &run, strtoull(visit->parts[2], NULL, 10));
}

unsigned checks_show(struct visit *visit, struct buf *out)
{
	auto_jv jv run = jv_invalid();

	if (!visit_has_token(visit, visit->parts[0], out))
		return visit->refused;
	load(&run, visit->fake, visit->parts[2]);
	if (!jv_is_valid(run))
		return visit_refuse(out, 404, "Not Found");
	run = complete(run);
	json_dump(out, run);
	return 200;
}

unsigned checks_of_commit(struct visit *visit, struct buf *out)
{
	uint64_t count = store_count(visit->fake, "check-runs");
	auto_jv jv list = jv_array();
	auto_jv jv answer = jv_invalid();

	if (!visit_has_token(visit, visit->parts[0], out))
		return visit->refused;
	for (uint64_t id = 1; id <= count; id++) {
		auto_free char *digits = str_format("%" PRIu64, id);
		auto_free char *head_sha = NULL;
		auto_jv jv run = jv_invalid();
		struct error err = { 0 };

		load(&run, visit->fake, digits);
		if (json_get_string(&head_sha, run, "head_sha", &err) == 0 &&
		    str_equal(head_sha, visit->parts[2]))
			list = jv_array_append(list, complete(jv_copy(run)));
	}
	answer = jv_object_set(jv_object(), jv_string("total_count"),
			       jv_number(jv_array_length(jv_copy(list))));
	answer = jv_object_set(answer, jv_string("check_runs"), jv_copy(list));
	json_dump(out, answer);
	return 200;
}
