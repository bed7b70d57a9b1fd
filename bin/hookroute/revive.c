#include "bin/hookroute/revive.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "bin/hookroute/aside.h"
#include "bin/hookroute/lease.h"
#include "bin/hookroute/tenure.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/json_plain.h"
#include "lib/spool.h"

enum { EVENT_LIMIT = 64 << 20, WHY_LIMIT = 1 << 30 };

static bool exists(const struct spool *spool, enum spool_state state, const char *id)
{
	struct stat st;

	return fstatat(spool->dir[state], id, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

/* What already waits of this event waits on, together with what comes to it. */
static int add_waiting(struct deliveries *left, struct lease *lease, struct error *err)
{
	auto_deliveries struct deliveries waiting = DELIVERIES_EMPTY;
	auto_buf struct buf line = BUF_EMPTY;
	bool found = false;
	size_t i;

	/* The event's line, then what is left of it. */
	for (i = 0; i < 2; i++) {
		if (lease_read(&line, &found, lease, err) < 0)
			return -1;
	}
	if (aside_read(&waiting, (struct str_view){ buf_str(&line), line.len }, err) < 0)
		return -1;
	for (i = 0; i < waiting.count; i++) {
		waiting.list[i].due_ms = 0;
		*deliveries_add(left) = waiting.list[i];
		waiting.list[i] = (struct delivery)DELIVERY_EMPTY;
	}
	return 0;
}

static int defer_again(struct deliveries *left, const struct aside *aside,
		       struct error *err)
{
	const struct spool *spool = aside->spool;
	struct tenure tenure = TENURE_OF(spool);
	const char *id = aside->id;
	struct lease *lease = NULL;
	int failed = 0;

	if (lease_take(&lease, &tenure, SPOOL_DEFER, id, err) < 0)
		return -1;
	if (!lease && exists(spool, SPOOL_DEFER, id))
		return error_set(err, ERROR_TEMPORARY,
				 "event %s is being delivered just now, try again", id);
	if (lease)
		failed = add_waiting(left, lease, err);
	if (!failed)
		failed = aside_defer(aside, left, date_now_ms(), err);
	if (lease)
		lease_release(lease);
	return failed;
}

/* Under a name of its own: the event's may be in use. */
static int publish_again(const struct aside *aside, struct error *err)
{
	auto_buf struct buf line = BUF_EMPTY;
	struct uuid_source ids = { 0 };
	char name[UUID_LEN];

	uuid_next(name, &ids, date_now_ms());
	buf_add(&line, aside->line.data, aside->line.len);
	buf_add_char(&line, '\n');
	return spool_put(aside->spool, name, line.data, line.len, err);
}

/* Only what was for that consumer; the others' deliveries are taken off the list. */
static void keep_only(struct deliveries *left, const char *to)
{
	size_t kept = 0;
	size_t i;

	for (i = 0; i < left->count; i++) {
		struct delivery other = left->list[kept];

		if (!str_equal(left->list[i].to, to))
			continue;
		left->list[kept++] = left->list[i];
		left->list[i] = other;
	}
	while (left->count > kept) {
		auto_deliveries struct deliveries rest = { NULL, 0 };

		*deliveries_add(&rest) = left->list[--left->count];
	}
}

/* The reasons of the others stay, and with them the event. */
static int forget_some(const struct spool *spool, const char *id, const char *to,
		       struct error *err)
{
	auto_free char *why = str_format("%s.why", id);
	auto_buf struct buf text = BUF_EMPTY;
	auto_buf struct buf kept = BUF_EMPTY;
	int dir = spool->dir[SPOOL_DEAD];
	const char *rest;

	if (file_read(&text, dir, why, WHY_LIMIT, err) < 0)
		return -1;
	rest = buf_str(&text);
	while (rest) {
		struct str_view line = str_split(&rest, '\n');
		struct str_view name;

		if (!line.len ||
		    (json_plain_string(&name, line, "to") && str_view_equal(name, to)))
			continue;
		buf_add(&kept, line.data, line.len);
		buf_add_char(&kept, '\n');
	}
	if (!kept.len)
		return aside_forget(spool, id, err);
	return file_replace(dir, why, kept.data, kept.len, 0600, err);
}

/* First where it goes, then away from where it was: a crash between repeats. */
static int move_dead(bool *found, const struct spool *spool, const char *id,
		     const char *to, struct error *err)
{
	auto_deliveries struct deliveries left = DELIVERIES_EMPTY;
	auto_buf struct buf event = BUF_EMPTY;
	struct aside aside = { spool, id, { NULL, 0 } };
	bool reroute = false;

	if (file_read_if(&event, found, spool->dir[SPOOL_DEAD], id, EVENT_LIMIT, err) < 0)
		return -1;
	if (!*found)
		return 0;
	if (aside_read_why(&left, &reroute, spool, id, err) < 0)
		return -1;
	if (to)
		keep_only(&left, to);
	aside.line = (struct str_view){ buf_str(&event), strcspn(buf_str(&event), "\n") };
	*found = left.count || (reroute && !to);
	if (!*found)
		return 0;
	if ((reroute && !to ? publish_again(&aside, err)
			    : defer_again(&left, &aside, err)) < 0)
		return -1;
	return to ? forget_some(spool, id, to, err) : aside_forget(spool, id, err);
}

int revive_event(bool *found, const struct spool *spool, const char *id, const char *to,
		 struct error *err)
{
	int failed;

	if (aside_lock_dead(spool, err) < 0)
		return -1;
	failed = move_dead(found, spool, id, to, err);
	aside_unlock_dead(spool);
	return failed;
}

static int hurry(bool *found, struct lease *lease, const char *to, struct error *err)
{
	auto_deliveries struct deliveries left = DELIVERIES_EMPTY;
	auto_buf struct buf line = BUF_EMPTY;
	auto_buf struct buf state = BUF_EMPTY;
	struct aside aside = { lease->spool, lease->id, { NULL, 0 } };
	bool there = false;
	size_t i;

	if (lease_read(&line, &there, lease, err) < 0 ||
	    lease_read(&state, &there, lease, err) < 0 ||
	    aside_read(&left, (struct str_view){ buf_str(&state), state.len }, err) < 0)
		return -1;
	for (i = 0; i < left.count; i++) {
		if (!str_equal(left.list[i].to, to))
			continue;
		left.list[i].due_ms = 0;
		left.list[i].kept = false;
		*found = true;
	}
	aside.line = (struct str_view){ buf_str(&line), line.len };
	return *found ? aside_defer(&aside, &left, date_now_ms(), err) : 0;
}

int revive_waiting(enum revived *what, const struct spool *spool, const char *id,
		   const char *to, struct error *err)
{
	bool found;
	struct tenure tenure = TENURE_OF(spool);
	struct lease *lease = NULL;
	int failed;

	*what = REVIVED_NOTHING;
	if (!to) {
		found = utimensat(spool->dir[SPOOL_DEFER], id, NULL,
				  AT_SYMLINK_NOFOLLOW) == 0;
		if (!found && errno != ENOENT)
			return error_errno(err, "set the time of 'defer/%s'", id);
		*what = found ? REVIVED : REVIVED_NOTHING;
		return 0;
	}
	if (lease_take(&lease, &tenure, SPOOL_DEFER, id, err) < 0)
		return -1;
	if (!lease && exists(spool, SPOOL_DEFER, id))
		*what = REVIVED_LATER;
	if (!lease)
		return 0;
	found = false;
	failed = hurry(&found, lease, to, err);
	lease_release(lease);
	*what = found ? REVIVED : REVIVED_NOTHING;
	return failed;
}
