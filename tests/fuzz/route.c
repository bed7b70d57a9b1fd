#include "bin/runjob-serve/route.h"

#include <string.h>

#include "bin/runjob-serve/page.h"
#include "lib/error.h"
#include "lib/str.h"
#include "tests/fuzz/fuzz.h"

/* What a path names has an id that is one. */
static void try_path(const char *path, bool below_jobs)
{
	struct route route;

	route_find(&route, path);
	FUZZ_PROMISE(!route.id[0] || (uuid_is_valid(route.id) && strstr(path, route.id)));
	if (below_jobs)
		FUZZ_PROMISE(route.kind != ROUTE_JOBS);
	if (below_jobs && route.kind != ROUTE_NONE)
		FUZZ_PROMISE(uuid_is_valid(route.id));
}

/* What a query chooses is what it may be. */
static void try_query(const char *name, const char *text)
{
	struct page page = PAGE_EMPTY;
	struct error err = { 0 };

	if (page_take(&page, name, text, &err) < 0) {
		FUZZ_PROMISE(page.field && err.kind == ERROR_USAGE);
		return;
	}
	FUZZ_PROMISE(!page.field && page.limit >= 1 && page.limit <= 1000);
	FUZZ_PROMISE(!page.after_id[0] || uuid_is_valid(page.after_id));
	FUZZ_PROMISE(!page.owner[0] || strlen(page.owner) == JOB_OWNER_LEN - 1);
	(void)page_is_behind(&page, "0195b6a0-0000-7000-8000-000000000001", page.owner);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const char *const names[] = { "after", "group", "limit",
					     "owner", "since", "state" };
	auto_free char *text = fuzz_text(bytes, size);
	auto_free char *path = str_format("/jobs/%s", text);

	try_path(text, false);
	try_path(path, true);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		try_query(names[i], text);
	return 0;
}
