#include <dirent.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/http_server.h"
#include "lib/json_write.h"
#include "lib/path.h"
#include "tests/fake/fake.h"
#include "tests/fake/objects.h"

#define PER_PAGE 30
#define PER_PAGE_MAX 100
#define ENTERPRISE "enterprise:"

static void write_installation(struct json_writer *writer, const struct visit *visit,
			       const char *id, const char *owner)
{
	auto_free char *suspended = str_format("suspended/%s", id);
	auto_free char *tokens = str_format("/app/installations/%s/access_tokens", id);
	bool is_suspended = store_has(visit->fake, suspended);
	bool is_enterprise = str_starts(owner, ENTERPRISE);
	uint64_t number = strtoull(id, NULL, 10);

	json_write_object(writer, NULL);
	json_write_u64(writer, "id", number);
	if (is_enterprise)
		object_write_enterprise(writer, "account", owner + strlen(ENTERPRISE));
	else
		object_write_account(writer, "account", owner);
	json_write_u64(writer, "app_id", strtoull(visit->fake->app_id, NULL, 10));
	json_write_string(writer, "client_id", "Iv23liFAKE");
	json_write_string(writer, "app_slug", "fake");
	json_write_u64(writer, "target_id", number + 1000);
	json_write_string(writer, "target_type",
			  is_enterprise ? "Enterprise" : "Organization");
	json_write_null(writer, "single_file_name");
	json_write_string(writer, "repository_selection", "all");
	object_write_url(writer, "access_tokens_url", visit, tokens);
	object_write_url(writer, "repositories_url", visit, "/installation/repositories");
	object_write_url(writer, "html_url", visit, "/settings/installations");
	object_write_permissions(writer);
	json_write_array(writer, "events");
	json_write_string(writer, NULL, "push");
	json_write_array_end(writer);
	json_write_string(writer, "created_at", OBJECT_DATE);
	json_write_string(writer, "updated_at", OBJECT_DATE);
	if (is_suspended)
		object_write_account(writer, "suspended_by", "admin");
	else
		json_write_null(writer, "suspended_by");
	json_write_string(writer, "suspended_at", is_suspended ? OBJECT_DATE : NULL);
	json_write_object_end(writer);
}

/* What is listed: of all installations those of an owner (NULL: all), and of them a page. */
struct page {
	const char *owner;
	uint64_t skip;
	uint64_t size;
	uint64_t seen;
};

static void write_one(struct json_writer *writer, const struct visit *visit,
		      struct page *page, const char *id)
{
	auto_free char *name = str_format("installations/%s", id);
	auto_buf struct buf owner = BUF_EMPTY;

	store_read(&owner, visit->fake, name);
	if (page->owner && !str_equal_nocase(buf_str(&owner), page->owner))
		return;
	page->seen++;
	if (page->seen > page->skip && page->seen - page->skip <= page->size)
		write_installation(writer, visit, id, buf_str(&owner));
}

static int is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static void write_page(struct json_writer *writer, const struct visit *visit,
		       struct page *page)
{
	auto_free char *path = path_join(visit->fake->dir, "installations");
	struct dirent **entries = NULL;
	int count = scandir(path, &entries, is_visible, versionsort);

	for (int i = 0; i < count; i++) {
		write_one(writer, visit, page, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
}

unsigned app_list(struct visit *visit, struct buf *out)
{
	struct json_writer writer = JSON_WRITER(out);
	uint64_t size = visit_asked(visit, "per_page", PER_PAGE, PER_PAGE_MAX);
	uint64_t number = visit_asked(visit, "page", 1, UINT32_MAX);
	struct page page = { NULL, 0, 0, 0 };

	if (!visit_is_app(visit, out))
		return visit->refused;
	page.size = (uint64_t)store_number(visit->fake, "page-size", (int64_t)size);
	page.skip = (number - 1) * page.size;
	json_write_array(&writer, NULL);
	write_page(&writer, visit, &page);
	json_write_array_end(&writer);
	if (page.seen > page.skip + page.size) {
		auto_free char *query = str_format("per_page=%" PRIu64 "&page=%" PRIu64,
						   size, number + 1);

		visit_link(visit, http_path(visit->exchange), query);
	}
	return 200;
}

unsigned app_find_owner(struct visit *visit, struct buf *out)
{
	struct json_writer writer = JSON_WRITER(out);
	struct page page = { visit->parts[0], 0, 1, 0 };

	if (!visit_is_app(visit, out))
		return visit->refused;
	write_page(&writer, visit, &page);
	if (page.seen > 0)
		return 200;
	return visit_refuse(out, 404, "Not Found");
}

/* A repository that was renamed or given away is found through its number. */
unsigned app_find_repository(struct visit *visit, struct buf *out)
{
	auto_free char *moved =
		str_format("moved/%s+%s", visit->parts[0], visit->parts[1]);
	auto_buf struct buf number = BUF_EMPTY;
	auto_free char *origin = visit_origin(visit);
	auto_free char *location = NULL;

	if (!visit_is_app(visit, out))
		return visit->refused;
	store_read(&number, visit->fake, moved);
	if (number.len == 0)
		return app_find_owner(visit, out);
	location =
		str_format("%s/repositories/%s/installation", origin, buf_str(&number));
	http_answer_header(visit->exchange, "Location", location);
	return visit_refuse(out, 301, "Moved Permanently");
}

unsigned app_find_number(struct visit *visit, struct buf *out)
{
	auto_free char *name = str_format("repositories/%s", visit->parts[0]);
	auto_buf struct buf id = BUF_EMPTY;
	auto_buf struct buf owner = BUF_EMPTY;
	auto_free char *installation = NULL;
	struct json_writer writer = JSON_WRITER(out);

	if (!visit_is_app(visit, out))
		return visit->refused;
	store_read(&id, visit->fake, name);
	installation = str_format("installations/%s", buf_str(&id));
	store_read(&owner, visit->fake, installation);
	if (id.len == 0 || owner.len == 0)
		return visit_refuse(out, 404, "Not Found");
	write_installation(&writer, visit, buf_str(&id), buf_str(&owner));
	return 200;
}
