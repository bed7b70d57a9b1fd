#include "bin/ghstats-serve/parameters.h"

#include "bin/ghstats-serve/pages.h"
#include "lib/error.h"
#include "lib/http_server.h"
#include "lib/stats_list.h"
#include "lib/stats_report.h"
#include "lib/str.h"

enum { LIMIT = 30, LIMIT_MAX = 100 };
enum { BY = STATS_FIELDS, LIMIT_BIT, AFTER };

struct reading {
	struct parameters *given;
	const struct page *page;
	int64_t now_ms;
	struct error *err; /* ERROR_NONE as long as all is well */
};

static int take_by(struct reading *reading, const char *value)
{
	reading->given->by = value;
	if (!stats_report_find(value) || str_equal(value, "total"))
		return error_set(reading->err, ERROR_USAGE,
				 "by wants workflow, repository, branch, actor, event, "
				 "job, label, day or week");
	return 0;
}

static int take_limit(struct reading *reading, const char *value)
{
	uint64_t number = 0;

	if (str_to_u64(&number, value, 1, LIMIT_MAX, reading->err) < 0)
		return error_set(reading->err, ERROR_USAGE, "limit wants 1 to %d",
				 LIMIT_MAX);
	reading->given->question.limit = (int64_t)number;
	return 0;
}

static int take_after(struct reading *reading, const char *value)
{
	struct parameters *given = reading->given;

	if (stats_cursor_read(&given->key, value, reading->err) < 0)
		return -1;
	given->question.after = buf_str(&given->key);
	return 0;
}

/* Which filters a page has; a report has all, the page of a workflow those about its runs. */
static bool takes_field(const struct page *page, enum stats_field field)
{
	if (page->list)
		return stats_list_takes(stats_list_find(page->list), field);
	if (page->make == page_workflow)
		return field != STATS_REPOSITORY && field != STATS_WORKFLOW;
	return page->make == page_report;
}

static int find_bit(int *bit, const struct page *page, const char *name)
{
	enum stats_field field = STATS_FIELDS;
	bool pages = page->list || page->make == page_report;

	if (stats_field_find(&field, name) && takes_field(page, field))
		*bit = (int)field;
	else if (page->make == page_report && str_equal(name, "by"))
		*bit = BY;
	else if (pages && str_equal(name, "limit"))
		*bit = LIMIT_BIT;
	else if (pages && str_equal(name, "after"))
		*bit = AFTER;
	else
		return -1;
	return 0;
}

static int take(struct reading *reading, const char *name, const char *value)
{
	struct parameters *given = reading->given;
	int bit = 0;

	if (find_bit(&bit, reading->page, name) < 0)
		return error_set(reading->err, ERROR_USAGE,
				 "this page has no such parameter");
	if (given->given & (1U << bit))
		return error_set(reading->err, ERROR_USAGE, "it is given twice");
	given->given |= 1U << bit;
	switch (bit) {
	case BY:
		return take_by(reading, value);
	case LIMIT_BIT:
		return take_limit(reading, value);
	case AFTER:
		return take_after(reading, value);
	default:
		return stats_filter_set(&given->question.filter, (enum stats_field)bit,
					value, reading->now_ms, reading->err);
	}
}

static void each(const char *name, const char *value, void *data)
{
	struct reading *reading = data;

	if (reading->err->kind == ERROR_NONE && take(reading, name, value) < 0)
		reading->given->field = name;
}

int parameters_read(struct parameters *given, struct http_exchange *exchange,
		    const struct page *page, int64_t now_ms, struct error *err)
{
	struct reading reading = { given, page, now_ms, err };

	given->question.limit = LIMIT;
	http_each_query(exchange, each, &reading);
	if (err->kind != ERROR_NONE)
		return -1;
	given->field = "from";
	return stats_filter_check(&given->question.filter, err);
}

void parameters_free(struct parameters *given)
{
	buf_free(&given->key);
	buf_free(&given->next);
}
