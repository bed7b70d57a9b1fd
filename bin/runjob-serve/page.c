#include "bin/runjob-serve/page.h"

#include <string.h>

#include "lib/date.h"
#include "lib/error.h"
#include "lib/str.h"

enum { LIMIT_MAX = 1000 };

static int refuse(struct error *err, const char *want)
{
	return error_set(err, ERROR_USAGE, "%s", want);
}

static int take_state(struct page *page, const char *value, struct error *err)
{
	page->has_state = true;
	if (job_state_find(&page->state, value))
		return 0;
	return refuse(err, "state wants a state of jobs");
}

static int take_since(struct page *page, const char *value, struct error *err)
{
	if (date_parse(&page->since_ms, value))
		return 0;
	return refuse(err, "since wants a time of RFC 3339, as 2026-11-20T23:45:10Z");
}

static int take_limit(struct page *page, const char *value, struct error *err)
{
	struct error ignored = { 0 };

	if (str_to_u64(&page->limit, value, 1, LIMIT_MAX, &ignored) == 0)
		return 0;
	return refuse(err, "limit wants a number from 1 to 1000");
}

static int take_owner(struct page *page, const char *value, struct error *err)
{
	if (job_owner_parse(page->owner, value))
		return 0;
	return refuse(err, "owner wants a SHA-256 fingerprint");
}

static int take_after(struct page *page, const char *value, struct error *err)
{
	const char *dot = strchr(value, '.');
	size_t len = dot ? (size_t)(dot - value) : strlen(value);

	if (len == UUID_LEN - 1) {
		memcpy(page->after_id, value, len);
		page->after_id[len] = '\0';
	}
	if (!uuid_is_valid(page->after_id) ||
	    (dot && !job_owner_parse(page->after_owner, dot + 1)))
		return refuse(err, "after wants what \"next\" said");
	return 0;
}

static int take_group(struct page *page, const char *value, struct error *err)
{
	if (!*value || strlen(value) >= sizeof(page->group))
		return refuse(err, "group wants the name of a group");
	memcpy(page->group, value, strlen(value) + 1);
	return 0;
}

static const struct {
	const char *name;
	int (*take)(struct page *page, const char *value, struct error *err);
} parameters[] = {
	{ "state", take_state }, { "since", take_since }, { "limit", take_limit },
	{ "owner", take_owner }, { "after", take_after }, { "group", take_group },
};

int page_take(struct page *page, const char *name, const char *value, struct error *err)
{
	page->field = name;
	for (size_t i = 0; i < sizeof(parameters) / sizeof(parameters[0]); i++) {
		if (!str_equal(parameters[i].name, name))
			continue;
		if (parameters[i].take(page, value, err) < 0)
			return -1;
		page->field = NULL;
		return 0;
	}
	return refuse(err, "there is no such parameter");
}

bool page_is_behind(const struct page *page, const char *id, const char *owner)
{
	int order = strcmp(id, page->after_id);

	if (!page->after_id[0] || order < 0)
		return true;
	return order == 0 && strcmp(owner, page->after_owner) < 0;
}
