#include <string.h>

#include "lib/cleanup.h"
#include "lib/http_server.h"
#include "tests/fake/fake.h"
#include "tests/fake/objects.h"

#define PER_PAGE 30
#define PER_PAGE_MAX 100

/* A person comes with a token of theirs. */
static bool is_person(struct visit *visit, struct buf *out, struct buf *login)
{
	const char *text = http_header(visit->exchange, "Authorization");

	store_read(login, visit->fake, "person");
	if (login->len > 0 && text && str_starts(text, "Bearer ghu_"))
		return true;
	visit->refused = visit_refuse(out, 401, "Bad credentials");
	return false;
}

unsigned person_show(struct visit *visit, struct buf *out)
{
	struct json_writer writer = JSON_WRITER(out);
	auto_buf struct buf login = BUF_EMPTY;

	if (!is_person(visit, out, &login))
		return visit->refused;
	json_write_object(&writer, NULL);
	object_write_person(&writer, buf_str(&login));
	json_write_object_end(&writer);
	return 200;
}

/* Those of the lines of the file that are on the page that was asked for. */
static void write_page(struct json_writer *writer, const struct visit *visit,
		       const char *lines, uint64_t size)
{
	uint64_t skip = (visit_asked(visit, "page", 1, UINT32_MAX) - 1) * size;
	uint64_t seen = 0;

	while (lines && *lines) {
		struct str_view line = str_split(&lines, '\n');
		auto_free char *name = str_format("%.*s", (int)line.len, line.data);

		if (seen >= skip && seen - skip < size)
			object_write_repository(writer, visit, name);
		seen++;
	}
}

unsigned person_repositories(struct visit *visit, struct buf *out)
{
	struct json_writer writer = JSON_WRITER(out);
	uint64_t size = visit_asked(visit, "per_page", PER_PAGE, PER_PAGE_MAX);
	auto_buf struct buf login = BUF_EMPTY;
	auto_buf struct buf lines = BUF_EMPTY;

	if (!is_person(visit, out, &login))
		return visit->refused;
	store_read(&lines, visit->fake, "visible");
	json_write_array(&writer, NULL);
	write_page(&writer, visit, buf_str(&lines), size);
	json_write_array_end(&writer);
	return 200;
}
