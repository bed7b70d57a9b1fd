#include "bin/hookroute/lanes_scan.h"

#include <string.h>

#include "bin/hookroute/aside.h"
#include "bin/hookroute/due.h"
#include "bin/hookroute/lane_table.h"
#include "bin/hookroute/names.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/log.h"
#include "lib/spool.h"

enum { MARKS_LIMIT = 1 << 30 };

static void add(const struct lanes_scan *scan, const struct delivery *delivery,
		const char *id)
{
	const struct lane_place place = { delivery->to, delivery->lane, id,
					  delivery_number(delivery), delivery->file };
	struct lane_entry *entry;

	if (lane_table_find(scan->table, &place))
		return;
	entry = lane_table_add(scan->table, &place);
	entry->latest = delivery->latest;
	if (!entry->before)
		due_force(scan->due, id, scan->now_ms);
}

/* What had its reply before a router died is still in the file, and marked beside it. */
static int add_left(const struct lanes_scan *scan, const struct deliveries *left,
		    const char *id, struct error *err)
{
	auto_free char *name = str_format("%s.done", id);
	auto_buf struct buf handled = BUF_EMPTY;
	bool found = false;
	size_t i;

	if (file_read_if(&handled, &found, scan->spool->dir[SPOOL_DEFER], name,
			 MARKS_LIMIT, err) < 0)
		return -1;
	for (i = 0; i < left->count; i++) {
		char of_delivery[UUID_LEN];

		delivery_id(of_delivery, id, &left->list[i]);
		if (left->list[i].lane && !strstr(buf_str(&handled), of_delivery))
			add(scan, &left->list[i], id);
	}
	return 0;
}

int lanes_scan_event(const struct lanes_scan *scan, const char *id, struct error *err)
{
	auto_deliveries struct deliveries left = DELIVERIES_EMPTY;
	auto_buf struct buf text = BUF_EMPTY;
	struct str_view line = { "", 0 };
	struct error bad = { 0 };

	if (aside_read_state(&text, &line, scan->spool, id, err) < 0)
		return -1;
	/* Most have none; one that cannot be read is routed anew when it is taken up. */
	if (!line.len || !memmem(line.data, line.len, "\"lane\":", strlen("\"lane\":")) ||
	    aside_read(&left, line, &bad) < 0)
		return 0;
	return add_left(scan, &left, id, err);
}

int lanes_scan_all(const struct lanes_scan *scan, struct error *err)
{
	auto_names struct names names = NAMES_EMPTY;
	size_t i;

	if (names_read(&names, scan->spool->dir[SPOOL_DEFER], err) < 0)
		return -1;
	for (i = 0; i < names.count; i++) {
		if (lanes_scan_event(scan, names.list[i], err) < 0)
			return -1;
	}
	return 0;
}
