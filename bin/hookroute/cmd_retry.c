#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "bin/hookroute/aside.h"
#include "bin/hookroute/commands.h"
#include "bin/hookroute/lease.h"
#include "bin/hookroute/names.h"
#include "bin/hookroute/options.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/layout.h"
#include "lib/path.h"

enum { EVENT_LIMIT = 64 << 20 };

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
	const char *id = aside->id;
	struct lease *lease = NULL;
	int failed = 0;

	if (lease_take(&lease, spool, SPOOL_DEFER, id, err) < 0)
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

/* First where it goes, then away from where it was: a crash between repeats. */
static int move_dead(const struct spool *spool, const char *id, struct error *err)
{
	auto_deliveries struct deliveries left = DELIVERIES_EMPTY;
	auto_buf struct buf event = BUF_EMPTY;
	struct aside aside = { spool, id, { NULL, 0 } };
	bool reroute = false;

	if (file_read(&event, spool->dir[SPOOL_DEAD], id, EVENT_LIMIT, err) < 0 ||
	    aside_read_why(&left, &reroute, spool, id, err) < 0)
		return -1;
	aside.line = (struct str_view){ buf_str(&event), strcspn(buf_str(&event), "\n") };
	if ((reroute ? publish_again(&aside, err) : defer_again(&left, &aside, err)) < 0)
		return -1;
	return aside_forget(spool, id, err);
}

static int retry_dead(const struct spool *spool, const char *id, struct error *err)
{
	int failed;

	if (aside_lock_dead(spool, err) < 0)
		return -1;
	failed = move_dead(spool, id, err);
	aside_unlock_dead(spool);
	return failed;
}

static int retry_event(const struct spool *spool, const char *id, struct error *err)
{
	if (exists(spool, SPOOL_DEAD, id))
		return retry_dead(spool, id, err);
	if (utimensat(spool->dir[SPOOL_DEFER], id, NULL, AT_SYMLINK_NOFOLLOW) == 0)
		return 0;
	if (errno != ENOENT)
		return error_errno(err, "set the time of 'defer/%s'", id);
	return error_set(err, ERROR_ABSENT,
			 "event '%s' is neither in dead/ nor in defer/", id);
}

static int retry_all(const struct spool *spool, struct error *err)
{
	auto_names struct names names = NAMES_EMPTY;
	size_t i;

	if (names_read(&names, spool->dir[SPOOL_DEAD], err) < 0)
		return -1;
	for (i = 0; i < names.count; i++) {
		if (retry_dead(spool, names.list[i], err) < 0)
			return -1;
		puts(names.list[i]);
	}
	return 0;
}

static int retry_given(const struct spool *spool, const struct options *options,
		       struct error *err)
{
	size_t i;

	for (i = 0; i < options->operand_count; i++) {
		if (retry_event(spool, options->operands[i], err) < 0)
			return -1;
		puts(options->operands[i]);
	}
	return 0;
}

int cmd_retry(const struct options *options, const struct layout *layout,
	      struct error *err)
{
	auto_free char *path = path_join(layout->state, "spool");
	auto_spool struct spool spool = SPOOL_NONE;
	size_t i;

	if (options->dead == (options->operand_count > 0))
		return error_set(err, ERROR_USAGE, "retry wants ids, or --dead");
	for (i = 0; i < options->operand_count; i++) {
		if (!uuid_is_valid(options->operands[i]))
			return error_set(err, ERROR_USAGE, "'%s' is no event's id",
					 options->operands[i]);
	}
	if (spool_open(&spool, path, err) < 0 ||
	    (options->dead ? retry_all(&spool, err) : retry_given(&spool, options, err)) <
		    0)
		return -1;
	if (fflush(stdout) != 0)
		return error_errno(err, "write to standard output");
	return 0;
}
