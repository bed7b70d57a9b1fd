#include <stdlib.h>
#include <string.h>

#include "bin/runjob-serve/answer.h"
#include "bin/runjob-serve/page.h"
#include "bin/runjob-serve/request.h"
#include "lib/buf.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/http_server.h"
#include "lib/job_status.h"
#include "lib/json_write.h"
#include "lib/str.h"

/* Of so many jobs the status is looked at for one page, whatever is found. */
enum {
	LOOKS_MAX = 2000,
	LOOKS_OF_ONE = 50, /* are as much work as another request */
	SPEC_MAX = 4 << 20
};

/* A job that may be on the page. */
struct candidate {
	char id[UUID_LEN];
	char owner[JOB_OWNER_LEN];
};

static int newest_first(const void *a, const void *b)
{
	const struct candidate *one = a;
	const struct candidate *other = b;
	int order = strcmp(other->id, one->id);

	return order ? order : strcmp(other->owner, one->owner);
}

static int add_owner(struct buf *found, const struct request *request,
		     const struct page *page, const char *owner, struct error *err)
{
	auto_job_list struct job_list list = JOB_LIST_EMPTY;
	struct layout layout = request->layout;
	struct candidate each = { .id = "" };

	layout.owner = owner;
	if (job_owner_find(each.owner, &layout, err) < 0 ||
	    job_list_read(&list, &layout, err) < 0)
		return -1;
	for (size_t i = 0; i < list.count; i++) {
		memcpy(each.id, list.ids[i], UUID_LEN);
		if (page_is_behind(page, each.id, each.owner))
			buf_add(found, &each, sizeof(each));
	}
	return 0;
}

static int add_all(struct buf *found, const struct request *request,
		   const struct page *page, struct error *err)
{
	auto_job_owners struct job_owners owners = JOB_OWNERS_EMPTY;

	if (!request_sees_all(request))
		return add_owner(found, request, page, request->layout.owner, err);
	if (page->owner[0])
		return add_owner(found, request, page, page->owner, err);
	if (job_owners_read(&owners, &request->layout, err) < 0)
		return -1;
	for (size_t i = 0; i < owners.count; i++) {
		if (add_owner(found, request, page, owners.names[i], err) < 0)
			return -1;
	}
	return 0;
}

/* Who has groups of its own names them without what they begin with. */
static bool is_in_group(const struct page *page, const char *group, bool sees_all)
{
	const char *slash = sees_all ? NULL : strchr(group, '/');

	return !page->group[0] || str_equal(page->group, slash ? slash + 1 : group);
}

static bool is_wanted(const struct page *page, const struct job_status *status,
		      bool sees_all)
{
	return (!page->has_state || page->state == status->state) &&
	       is_in_group(page, status->group, sees_all) &&
	       status->created_ms >= page->since_ms;
}

/* *shown is counted up when it was.  Without a status it is being made, or removed. */
static int add_row(struct json_writer *writer, uint64_t *shown,
		   const struct request *request, const struct page *page,
		   const struct candidate *candidate)
{
	auto_job struct job job = JOB_NONE;
	auto_buf struct buf row = BUF_EMPTY;
	struct layout layout = request->layout;
	struct job_status status = { 0 };
	struct error ignored = { 0 }; /* it does not hide the others */
	bool found = false;

	layout.owner = candidate->owner;
	if (job_open(&job, &found, &layout, candidate->id, &ignored) < 0 || !found ||
	    job_status_now(&status, &found, &job, &ignored) < 0 || !found ||
	    !is_wanted(page, &status, request_sees_all(request)))
		return 0;
	job_status_dump(&row, &job, &status);
	json_write_raw(writer, NULL, row.data, row.len);
	(*shown)++;
	return 0;
}

static void write_page(struct buf *json, struct buf *next, const struct request *request,
		       const struct page *page, const struct buf *found)
{
	const struct candidate *candidates = (const void *)found->data;
	size_t count = found->len / sizeof(*candidates);
	struct json_writer writer = JSON_WRITER(json);
	uint64_t shown = 0;
	size_t i;

	json_write_object(&writer, NULL);
	json_write_array(&writer, "jobs");
	for (i = 0; i < count && i < LOOKS_MAX && shown < page->limit; i++)
		(void)add_row(&writer, &shown, request, page, &candidates[i]);
	json_write_array_end(&writer);
	request_charge(request, i / LOOKS_OF_ONE);
	if (i < count)
		buf_add_format(next, "%s.%s", candidates[i - 1].id,
			       candidates[i - 1].owner);
	json_write_string(&writer, "next", i < count ? buf_str(next) : NULL);
	json_write_object_end(&writer);
	buf_add_char(json, '\n');
}

static void add_escaped(struct buf *out, const char *text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789-._~:";

	for (; *text; text++) {
		if (strchr(plain, *text))
			buf_add_char(out, *text);
		else
			buf_add_format(out, "%%%02X", (unsigned char)*text);
	}
}

static void add_other(const char *name, const char *value, void *data)
{
	struct buf *link = data;

	if (strcmp(name, "after") == 0)
		return;
	add_escaped(link, name);
	buf_add_char(link, '=');
	add_escaped(link, value);
	buf_add_char(link, '&');
}

static void answer_link(struct http_exchange *exchange, const char *next)
{
	auto_buf struct buf link = BUF_EMPTY;

	buf_add_str(&link, "</jobs?");
	http_each_query(exchange, add_other, &link);
	buf_add_format(&link, "after=%s>; rel=\"next\"", next);
	http_answer_header(exchange, "Link", buf_str(&link));
}

struct reading {
	struct page page;
	struct error err;
	bool is_bad;
};

static void take_parameter(const char *name, const char *value, void *data)
{
	struct reading *reading = data;

	if (!reading->is_bad)
		reading->is_bad =
			page_take(&reading->page, name, value, &reading->err) < 0;
}

void request_list(struct request *request)
{
	struct reading reading = { .page = PAGE_EMPTY };
	auto_buf struct buf found = BUF_EMPTY;
	auto_buf struct buf json = BUF_EMPTY;
	auto_buf struct buf next = BUF_EMPTY;
	struct error err = { 0 };

	http_each_query(request->exchange, take_parameter, &reading);
	if (reading.is_bad) {
		answer_bad(request->exchange, reading.page.field, reading.err.message);
		return;
	}
	if (add_all(&found, request, &reading.page, &err) < 0) {
		answer_failure(request->exchange, &err);
		return;
	}
	if (found.len)
		qsort(found.data, found.len / sizeof(struct candidate),
		      sizeof(struct candidate), newest_first);
	write_page(&json, &next, request, &reading.page, &found);
	if (next.len)
		answer_link(request->exchange, buf_str(&next));
	http_answer_header(request->exchange, "Cache-Control", "private, no-store");
	answer_json(request->exchange, 200, &json);
}

/* The status, with what was asked behind it. */
static int describe(struct buf *out, const struct job *job, struct error *err)
{
	struct json_writer writer = { out, true };
	struct job_status status = { 0 };
	auto_buf struct buf spec = BUF_EMPTY;
	bool found = false;
	bool has_spec = false;

	if (job_status_now(&status, &found, job, err) < 0)
		return -1;
	if (!found)
		return error_set(err, ERROR_ABSENT, "there is no such job");
	if (file_read_if(&spec, &has_spec, job->fd, "spec.json", SPEC_MAX, err) < 0)
		return -1;
	job_status_dump(out, job, &status);
	buf_cut(out, out->len - 1);
	if (spec.len)
		json_write_raw(&writer, "spec", spec.data, spec.len - 1);
	json_write_object_end(&writer);
	buf_add_char(out, '\n');
	return 0;
}

void request_show(struct request *request)
{
	auto_job struct job job = JOB_NONE;
	auto_buf struct buf json = BUF_EMPTY;
	struct error err = { 0 };

	if (request_job(&job, request, &err) < 0 || describe(&json, &job, &err) < 0) {
		answer_failure(request->exchange, &err);
		return;
	}
	http_answer_header(request->exchange, "Cache-Control", "private, no-store");
	answer_json(request->exchange, 200, &json);
}
