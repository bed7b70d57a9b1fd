#include "bin/hookroute/aside.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "bin/hookroute/lane.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/json.h"
#include "lib/json_write.h"
#include "lib/spool.h"

enum { WHY_LIMIT = 1 << 30, LOCK_TRIES = 200 };

static void write_time(struct json_writer *writer, const char *key, int64_t unix_ms)
{
	char text[DATE_LEN];

	if (!unix_ms)
		return;
	date_format(text, unix_ms);
	json_write_string(writer, key, text);
}

void aside_write_delivery(struct json_writer *writer, const struct delivery *delivery)
{
	json_write_u64(writer, "n", delivery->n);
	json_write_string(writer, "route", delivery->route);
	if (delivery->to)
		json_write_string(writer, "to", delivery->to);
	if (delivery->send)
		json_write_raw(writer, "send", delivery->send, strlen(delivery->send));
	if (delivery->with != WITH_NOTHING)
		json_write_string(writer, "with", routes_with_name(delivery->with));
	lane_write(writer, delivery);
	if (delivery->file)
		json_write_string(writer, "file", delivery->file);
	json_write_u64(writer, "tries", delivery->tries);
	json_write_string(writer, "error", delivery->error);
	write_time(writer, "since", delivery->since_ms);
	write_time(writer, "due_at", delivery->due_ms);
	if (delivery->kept)
		json_write_bool(writer, "kept", true);
}

int aside_set_due(const struct spool *spool, const char *id, int64_t due_ms,
		  struct error *err)
{
	const struct timespec times[2] = {
		{ .tv_sec = 0, .tv_nsec = UTIME_OMIT },
		{ .tv_sec = due_ms / 1000, .tv_nsec = due_ms % 1000 * 1000000 },
	};

	/* Another router may have been so fast that it is done with it. */
	if (utimensat(spool->dir[SPOOL_DEFER], id, times, 0) < 0 && errno != ENOENT)
		return error_errno(err, "set the time of 'defer/%s'", id);
	return 0;
}

static int read_time(int64_t *unix_ms, jv value, const char *key, struct error *err)
{
	auto_free char *text = NULL;

	if (json_get_string(&text, value, key, err) < 0)
		return -1;
	if (text && !date_parse(unix_ms, text))
		return error_set(err, ERROR_DATA, "'%s' is no time", key);
	return 0;
}

static int read_times(struct delivery *delivery, jv value, struct error *err)
{
	if (read_time(&delivery->since_ms, value, "since", err) < 0 ||
	    read_time(&delivery->due_ms, value, "due_at", err) < 0)
		return -1;
	return json_get_bool(&delivery->kept, value, "kept", err);
}

static int read_file(struct delivery *delivery, jv value, struct error *err)
{
	if (json_get_string(&delivery->file, value, "file", err) < 0)
		return -1;
	if (delivery->file && !uuid_is_valid(delivery->file))
		return error_set(err, ERROR_DATA, "'file' is no name of a spool file");
	return 0;
}

static int read_one(struct delivery *delivery, jv value, struct error *err)
{
	auto_jv jv send = json_get(value, "send");
	auto_free char *with = NULL;
	auto_buf struct buf text = BUF_EMPTY;
	uint64_t n = 0;
	uint64_t tries = 0;

	if (json_get_u64(&n, value, "n", err) < 0 ||
	    json_get_u64(&tries, value, "tries", err) < 0 ||
	    json_get_string(&delivery->route, value, "route", err) < 0 ||
	    json_get_string(&delivery->to, value, "to", err) < 0 ||
	    json_get_string(&delivery->error, value, "error", err) < 0 ||
	    json_get_string(&with, value, "with", err) < 0 ||
	    lane_read(delivery, value, err) < 0 || read_file(delivery, value, err) < 0 ||
	    read_times(delivery, value, err) < 0)
		return -1;
	if (!delivery->to)
		return error_set(err, ERROR_DATA, "'to' is missing");
	delivery->n = (unsigned)n;
	delivery->tries = (unsigned)tries;
	if (with)
		delivery->with = str_equal(with, "event") ? WITH_EVENT : WITH_PAYLOAD;
	if (jv_is_valid(send)) {
		json_dump(&text, send);
		delivery->send = buf_take(&text);
	}
	return 0;
}

int aside_read(struct deliveries *left, struct str_view line, struct error *err)
{
	auto_deliveries struct deliveries read = DELIVERIES_EMPTY;
	auto_jv jv state = jv_invalid();
	auto_jv jv list = jv_invalid();
	size_t count;
	size_t i;

	if (json_parse(&state, line.data, line.len, err) < 0)
		return -1;
	list = json_get(state, "left");
	count = jv_get_kind(list) == JV_KIND_ARRAY ? json_length(list) : 0;
	if (count == 0)
		return error_set(err, ERROR_DATA, "'left' is missing");
	for (i = 0; i < count; i++) {
		auto_jv jv item = jv_array_get(jv_copy(list), (int)i);

		if (read_one(deliveries_add(&read), item, err) < 0)
			return -1;
	}
	*left = read;
	read = (struct deliveries)DELIVERIES_EMPTY;
	return 0;
}

/* Who was stopped while it had the lock does not hold up a router for ever. */
static bool lock_dead_soon(const struct spool *spool)
{
	const struct timespec pause = { 0, 10000000 };
	unsigned tries;

	for (tries = 0; tries < LOCK_TRIES; tries++) {
		if (flock(spool->dir[SPOOL_DEAD], LOCK_EX | LOCK_NB) == 0)
			return true;
		(void)nanosleep(&pause, NULL);
	}
	return false;
}

int aside_lock_dead(const struct spool *spool, struct error *err)
{
	if (flock(spool->dir[SPOOL_DEAD], LOCK_EX) < 0)
		return error_errno(err, "lock 'dead'");
	return 0;
}

void aside_unlock_dead(const struct spool *spool)
{
	(void)flock(spool->dir[SPOOL_DEAD], LOCK_UN);
}

static int bury(const struct aside *aside, const struct delivery *delivery,
		struct error *err)
{
	auto_free char *why = str_format("%s.why", aside->id);
	auto_buf struct buf text = BUF_EMPTY;
	auto_buf struct buf event = BUF_EMPTY;
	struct json_writer writer = JSON_WRITER(&text);
	int dir = aside->spool->dir[SPOOL_DEAD];
	char at[DATE_LEN];
	bool found = false;

	if (file_read_if(&text, &found, dir, why, WHY_LIMIT, err) < 0)
		return -1;
	date_format(at, date_now_ms());
	json_write_object(&writer, NULL);
	json_write_string(&writer, "at", at);
	aside_write_delivery(&writer, delivery);
	json_write_object_end(&writer);
	buf_add_char(&text, '\n');
	buf_add(&event, aside->line.data, aside->line.len);
	buf_add_char(&event, '\n');
	/* The reason first: an event in dead/ always has one. */
	if (file_replace(dir, why, text.data, text.len, 0600, err) < 0 ||
	    file_replace(dir, aside->id, event.data, event.len, 0600, err) < 0)
		return error_wrap(err, "give up event '%s'", aside->id);
	return 0;
}

int aside_bury(const struct aside *aside, const struct delivery *delivery,
	       struct error *err)
{
	bool locked = lock_dead_soon(aside->spool);
	int failed = bury(aside, delivery, err);

	if (locked)
		aside_unlock_dead(aside->spool);
	return failed;
}

static int read_reason(struct deliveries *left, bool *reroute, struct str_view line,
		       struct error *err)
{
	auto_deliveries struct deliveries one = DELIVERIES_EMPTY;
	auto_jv jv reason = jv_invalid();
	auto_free char *to = NULL;

	if (json_parse(&reason, line.data, line.len, err) < 0 ||
	    json_get_string(&to, reason, "to", err) < 0)
		return -1;
	if (!to) {
		*reroute = true;
		return 0;
	}
	if (read_one(deliveries_add(&one), reason, err) < 0)
		return -1;
	if (deliveries_have(left, &one.list[0]))
		return 0;
	*deliveries_add(left) = one.list[0];
	left->list[left->count - 1].tries = 0;
	left->list[left->count - 1].since_ms = 0;
	left->list[left->count - 1].due_ms = 0;
	left->list[left->count - 1].kept = false;
	one.list[0] = (struct delivery)DELIVERY_EMPTY;
	return 0;
}

int aside_read_why(struct deliveries *left, bool *reroute, const struct spool *spool,
		   const char *id, struct error *err)
{
	auto_free char *why = str_format("%s.why", id);
	auto_buf struct buf text = BUF_EMPTY;
	bool found = false;
	const char *rest;

	if (file_read_if(&text, &found, spool->dir[SPOOL_DEAD], why, WHY_LIMIT, err) < 0)
		return -1;
	*reroute = *reroute || !found;
	rest = buf_str(&text);
	while (rest) {
		struct str_view line = str_split(&rest, '\n');

		if (line.len && read_reason(left, reroute, line, err) < 0)
			return error_wrap(err, "dead/%s", why);
	}
	return 0;
}

int aside_forget(const struct spool *spool, const char *id, struct error *err)
{
	auto_free char *why = str_format("%s.why", id);
	int dir = spool->dir[SPOOL_DEAD];

	if (unlinkat(dir, id, 0) < 0 || (unlinkat(dir, why, 0) < 0 && errno != ENOENT))
		return error_errno(err, "remove 'dead/%s'", id);
	return 0;
}

int64_t aside_due_ms(const struct spool *spool, const char *id)
{
	struct stat st = { 0 };

	if (fstatat(spool->dir[SPOOL_DEFER], id, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return INT64_MAX;
	return (int64_t)st.st_mtim.tv_sec * 1000 + st.st_mtim.tv_nsec / 1000000;
}
