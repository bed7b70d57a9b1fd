#include "bin/hookroute/prune.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bin/hookroute/aside.h"
#include "bin/hookroute/journal_read.h"
#include "bin/hookroute/leftover.h"
#include "bin/hookroute/names.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/spool.h"

#define HOUR_MS (INT64_C(3600) * 1000)
#define DAY_MS (24 * HOUR_MS)

struct tally {
	uint64_t files;
	uint64_t bytes;
};

static void print(const struct prune *prune, const char *folder,
		  const struct tally *tally)
{
	if (tally->files)
		printf("%s: %ju files, %ju bytes%s\n", folder, (uintmax_t)tally->files,
		       (uintmax_t)tally->bytes,
		       prune->dry_run ? " would go" : " removed");
}

/* Gone already is fine. */
static int remove_file(const struct prune *prune, struct tally *tally, int dir,
		       const char *name, struct error *err)
{
	struct stat st = { 0 };

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : error_errno(err, "look at '%s'", name);
	if (!prune->dry_run && unlinkat(dir, name, 0) < 0 && errno != ENOENT)
		return error_errno(err, "remove '%s'", name);
	tally->files++;
	tally->bytes += (uint64_t)st.st_size;
	return 0;
}

/* A day is old from its end on. */
static bool is_old(const struct prune *prune, const char *day)
{
	auto_free char *text = str_format("%sT00:00:00Z", day);
	int64_t start_ms = 0;

	return prune->older_than_ms <= INT64_MAX && date_parse(&start_ms, text) &&
	       start_ms + DAY_MS <= prune->now_ms - (int64_t)prune->older_than_ms;
}

/* Files may still come into today's folder, and around midnight into yesterday's. */
static bool is_closed(const struct prune *prune, const char *day)
{
	char yesterday[DATE_LEN];

	date_format(yesterday, prune->now_ms - DAY_MS);
	return strncmp(day, yesterday, JOURNAL_DAY_LEN - 1) < 0;
}

/* What is left of done/ while it is gone through, the oldest first. */
struct archive_left {
	uint64_t events;
	uint64_t bytes;
};

static uint64_t count_lines(int dir, const char *name)
{
	auto_close int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	char bytes[65536];
	uint64_t count = 0;
	ssize_t len;

	while (fd >= 0 && (len = read(fd, bytes, sizeof(bytes))) > 0) {
		const char *at = bytes;
		const char *end = bytes + len;

		while ((at = memchr(at, '\n', (size_t)(end - at)))) {
			count++;
			at++;
		}
	}
	return count;
}

static struct archive_left weigh(const struct prune *prune, int dir, const char *name)
{
	struct archive_left weight = { 0, 0 };
	struct stat st = { 0 };

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		weight.bytes = (uint64_t)st.st_size;
	/* Only who wants a number pays for counting. */
	if (prune->keep != UINT64_MAX)
		weight.events = count_lines(dir, name);
	return weight;
}

static int for_day(const struct prune *prune, struct archive_left *left, const char *day,
		   bool remove, struct error *err)
{
	auto_free char *folder = str_format("done/%s", day);
	auto_names struct names names = NAMES_EMPTY;
	auto_close int dir = -1;
	struct tally tally = { 0, 0 };
	size_t i;

	if (file_open_dir(&dir, prune->spool->dir[SPOOL_DONE], day, err) < 0 ||
	    names_read(&names, dir, err) < 0)
		return -1;
	for (i = 0; i < names.count; i++) {
		struct archive_left weight = weigh(prune, dir, names.list[i]);

		if (!remove) {
			left->events += weight.events;
			left->bytes += weight.bytes;
			continue;
		}
		if (!is_old(prune, day) && left->events <= prune->keep &&
		    left->bytes <= prune->max_bytes)
			break;
		left->events -=
			weight.events < left->events ? weight.events : left->events;
		left->bytes -= weight.bytes < left->bytes ? weight.bytes : left->bytes;
		if (remove_file(prune, &tally, dir, names.list[i], err) < 0)
			return -1;
	}
	print(prune, folder, &tally);
	if (remove && !prune->dry_run && is_closed(prune, day))
		(void)unlinkat(prune->spool->dir[SPOOL_DONE], day, AT_REMOVEDIR);
	return 0;
}

int prune_done(const struct prune *prune, struct error *err)
{
	auto_free char(*days)[JOURNAL_DAY_LEN] = NULL;
	struct archive_left left = { 0, 0 };
	size_t count = 0;
	size_t i;

	if (journal_days(&days, &count, prune->spool->dir[SPOOL_DONE], err) < 0)
		return -1;
	for (i = 0; i < count; i++) {
		if (for_day(prune, &left, days[i], false, err) < 0)
			return -1;
	}
	for (i = 0; i < count; i++) {
		if (for_day(prune, &left, days[i], true, err) < 0)
			return -1;
	}
	return 0;
}

static int64_t age_of(const struct prune *prune, int dir, const char *name)
{
	struct stat st = { 0 };

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(st.st_mode))
		return -1;
	return prune->now_ms - (int64_t)st.st_mtim.tv_sec * 1000;
}

/* Its time is that of the last delivery that was given up. */
static int prune_dead_event(const struct prune *prune, struct tally *tally,
			    const char *id, struct error *err)
{
	int dir = prune->spool->dir[SPOOL_DEAD];
	int64_t age_ms = age_of(prune, dir, id);
	auto_free char *why = str_format("%s.why", id);

	if (age_ms < 0 || (uint64_t)age_ms < prune->older_than_ms)
		return 0;
	if (remove_file(prune, tally, dir, id, err) < 0)
		return -1;
	return remove_file(prune, tally, dir, why, err);
}

int prune_dead(const struct prune *prune, struct error *err)
{
	auto_names struct names names = NAMES_EMPTY;
	struct tally tally = { 0, 0 };
	int failed = 0;
	size_t i;

	if (aside_lock_dead(prune->spool, err) < 0)
		return -1;
	failed = names_read(&names, prune->spool->dir[SPOOL_DEAD], err);
	for (i = 0; i < names.count && !failed; i++)
		failed = prune_dead_event(prune, &tally, names.list[i], err);
	aside_unlock_dead(prune->spool);
	print(prune, "dead", &tally);
	return failed;
}

int prune_log(const struct prune *prune, struct error *err)
{
	auto_free char(*days)[JOURNAL_DAY_LEN] = NULL;
	struct tally tally = { 0, 0 };
	size_t count = 0;
	size_t i;

	if (journal_days(&days, &count, prune->log, err) < 0)
		return -1;
	for (i = 0; i < count; i++) {
		if (is_old(prune, days[i]) &&
		    remove_file(prune, &tally, prune->log, days[i], err) < 0)
			return -1;
	}
	print(prune, "log", &tally);
	return 0;
}

static int prune_folder(const struct prune *prune, enum spool_state state,
			struct error *err)
{
	int dir = prune->spool->dir[state];
	auto_closedir DIR *stream = NULL;
	auto_close int fd = -1;
	struct tally tally = { 0, 0 };
	struct dirent *item;

	if (file_open_dir(&fd, dir, ".", err) < 0)
		return -1;
	stream = fdopendir(fd);
	if (!stream)
		return error_errno(err, "read folder '%s'", spool_state_name(state));
	(void)steal_fd(&fd);
	while ((item = readdir(stream))) {
		if (state != SPOOL_TMP && !str_ends(item->d_name, ".tmp"))
			continue;
		if (leftover_is(item->d_name, age_of(prune, dir, item->d_name)) &&
		    remove_file(prune, &tally, dir, item->d_name, err) < 0)
			return -1;
	}
	print(prune, spool_state_name(state), &tally);
	return 0;
}

int prune_leftovers(const struct prune *prune, struct error *err)
{
	int state;

	for (state = 0; state < SPOOL_STATES; state++) {
		if (state != SPOOL_DONE &&
		    prune_folder(prune, (enum spool_state)state, err) < 0)
			return -1;
	}
	return 0;
}
