#include "bin/hookroute/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bin/hookroute/routes.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/json_scan.h"
#include "lib/json_write.h"
#include "lib/log.h"
#include "lib/uuid.h"

enum { BATCH_BYTES = 64 * 1024, DAY_LEN = 10 /* "2026-11-20" */, LOCK_TRIES = 1000 };

int journal_open(struct journal *journal, const char *state, struct error *err)
{
	auto_free char *path = str_format("%s/spool/log", state);
	struct journal opened = JOURNAL_NONE;

	if (file_make_dirs(path, 0700, err) < 0 ||
	    file_open_dir(&opened.dir, AT_FDCWD, path, err) < 0)
		return error_wrap(err, "open the event log");
	*journal = opened;
	return 0;
}

/* Where others write too, only their finished writes are looked at.  One that was stopped
 * while it had the lock keeps nobody waiting. */
static bool lock(int fd)
{
	unsigned tries;

	for (tries = 0; tries < LOCK_TRIES; tries++) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return true;
		(void)sched_yield();
	}
	return false;
}

/* Whoever was killed while writing may have left half a line: ours begins a new one. */
static void mend_end(struct journal *journal)
{
	struct stat st = { 0 };
	char last = '\n';

	if (fstat(journal->fd, &st) < 0 || st.st_size == journal->end)
		return;
	if (st.st_size > 0 && pread(journal->fd, &last, 1, st.st_size - 1) == 1 &&
	    last != '\n')
		(void)!write(journal->fd, "\n", 1);
}

static int open_day(struct journal *journal, struct error *err)
{
	char day[DATE_LEN];

	if (journal->fd >= 0)
		return 0;
	memcpy(day, journal->at, DAY_LEN);
	day[DAY_LEN] = '\0';
	journal->end = 0;
	journal->fd = openat(journal->dir, day,
			     O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (journal->fd < 0)
		return error_errno(err, "open 'log/%s'", day);
	return 0;
}

static int write_lines(struct journal *journal, struct error *err)
{
	ssize_t written;
	bool locked;

	if (open_day(journal, err) < 0)
		return -1;
	locked = lock(journal->fd);
	if (locked)
		mend_end(journal);
	/* One write: what a second one brings could stand behind somebody else's line. */
	written = write(journal->fd, journal->lines.data, journal->lines.len);
	journal->end = lseek(journal->fd, 0, SEEK_CUR);
	if (locked)
		(void)flock(journal->fd, LOCK_UN);
	if (written < 0)
		return error_errno(err, "write the event log");
	if ((size_t)written < journal->lines.len) {
		journal->end = 0;
		return error_set(err, ERROR_SYSTEM, "write the event log: disk full");
	}
	return 0;
}

void journal_flush(struct journal *journal)
{
	struct error err = { 0 };
	bool failed;

	if (!journal->lines.len)
		return;
	failed = write_lines(journal, &err) < 0;
	if (failed && !journal->failed)
		log_warning("%s; going on without it", err.message);
	journal->failed = failed;
	buf_clear(&journal->lines);
}

/* The time of this line.  A new day has a new file. */
static void set_time(struct journal *journal, int64_t now_ms)
{
	char at[DATE_LEN];

	if (now_ms == journal->at_ms)
		return;
	date_format(at, now_ms);
	if (memcmp(at, journal->at, DAY_LEN) != 0) {
		journal_flush(journal);
		cleanup_close(&journal->fd);
		journal->fd = -1;
	}
	memcpy(journal->at, at, sizeof(at));
	journal->at_ms = now_ms;
}

/* Those stand in front of the payload, which may be long. */
static void write_head(struct json_writer *writer, struct str_view line)
{
	struct str_view name;
	struct str_view value;

	while (line.len && json_scan_next(&name, &value, &line) &&
	       !str_view_equal(name, "headers") && !str_view_equal(name, "payload")) {
		if (str_view_equal(name, "name"))
			json_write_raw(writer, "name", value.data, value.len);
		else if (str_view_equal(name, "event"))
			json_write_raw(writer, "event", value.data, value.len);
		else if (str_view_equal(name, "provider"))
			json_write_raw(writer, "provider", value.data, value.len);
	}
}

static void write_delivery(struct json_writer *writer, const struct journal_entry *entry)
{
	const struct delivery *delivery = entry->delivery;
	char id[UUID_LEN];

	json_write_string(writer, "route", delivery->route);
	if (delivery->to) {
		json_write_string(writer, "to", delivery->to);
		json_write_u64(writer, "n", delivery->n);
		delivery_id(id, entry->id, delivery);
		json_write_string(writer, "delivery_id", id);
	}
	if (delivery->tries)
		json_write_u64(writer, "try", delivery->tries);
}

static void write_entry(struct json_writer *writer, const struct journal *journal,
			const struct journal_entry *entry)
{
	char due[DATE_LEN];

	json_write_object(writer, NULL);
	json_write_string(writer, "at", journal->at);
	json_write_string(writer, "what", entry->what);
	json_write_string(writer, "id", entry->id);
	write_head(writer, entry->line);
	if (entry->delivery)
		write_delivery(writer, entry);
	if (entry->took_ms >= 0)
		json_write_i64(writer, "ms", entry->took_ms);
	if (entry->due_ms) {
		date_format(due, entry->due_ms);
		json_write_string(writer, "due_at", due);
	}
	if (entry->became)
		json_write_string(writer, "became", entry->became);
	if (entry->message && *entry->message)
		json_write_string(writer, "message", entry->message);
	if (entry->by_person)
		json_write_u64(writer, "uid", getuid());
	json_write_object_end(writer);
}

void journal_add(struct journal *journal, const struct journal_entry *entry)
{
	struct json_writer writer = JSON_WRITER(&journal->lines);

	if (journal->dir < 0)
		return;
	set_time(journal, date_now_ms());
	write_entry(&writer, journal, entry);
	buf_add_char(&journal->lines, '\n');
	if (journal->lines.len >= BATCH_BYTES)
		journal_flush(journal);
}

void journal_close(struct journal *journal)
{
	journal_flush(journal);
	cleanup_close(&journal->fd);
	cleanup_close(&journal->dir);
	buf_free(&journal->lines);
	*journal = (struct journal)JOURNAL_NONE;
}
