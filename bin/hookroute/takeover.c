#include "bin/hookroute/takeover.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/log.h"
#include "lib/str.h"

enum { FILE_LIMIT = 1 << 30 };

/* The owner of a file that is being taken over. */
struct victim {
	const struct takeover *takeover;
	int fd; /* its list of leases */
	uint64_t beats;
};

/* Has it gone on in the meantime? */
static bool is_still(const struct victim *victim)
{
	struct tenure_head head = { 0 };

	return pread(victim->fd, &head, sizeof(head), 0) == sizeof(head) &&
	       head.beats == victim->beats;
}

static uint64_t inode_of(int dir, const char *name)
{
	struct stat st = { 0 };

	return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 ? st.st_ino : 0;
}

/* In tmp/, with the same time. */
static int copy(const char *name, int from, int tmp, struct error *err)
{
	auto_buf struct buf text = BUF_EMPTY;
	auto_close int fd = -1;
	struct stat st = { 0 };
	struct timespec times[2] = { { .tv_nsec = UTIME_OMIT }, { 0 } };

	if (fstat(from, &st) < 0)
		return error_errno(err, "look at a spool file");
	times[1] = st.st_mtim;
	if (file_read_fd(&text, from, FILE_LIMIT, err) < 0)
		return -1;
	(void)unlinkat(tmp, name, 0);
	fd = openat(tmp, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return error_errno(err, "create 'tmp/%s'", name);
	if (file_write(fd, text.data, text.len, name, err) < 0)
		return -1;
	if (futimens(fd, times) < 0 || fsync(fd) < 0)
		return error_errno(err, "sync 'tmp/%s'", name);
	return 0;
}

/*
 * The name changes hands only if it still means that file, and its owner still does nothing:
 * both are looked at after the exchange, which is taken back otherwise.  The owner, when it
 * goes on, counts first, and looks at its names then: one of us sees the other.
 */
static int exchange(bool *taken, const struct victim *victim,
		    const struct tenure_entry *entry, int dir, struct error *err)
{
	int tmp = victim->takeover->tenure->spool->dir[SPOOL_TMP];
	auto_free char *name = str_format("%s.%d.tmp", entry->id, (int)getpid());

	if (renameat2(tmp, name, dir, entry->id, RENAME_EXCHANGE) < 0)
		return errno == ENOENT ? 0
				       : error_errno(err, "take over '%s'", entry->id);
	*taken = inode_of(tmp, name) == entry->inode && is_still(victim);
	if (!*taken && renameat2(tmp, name, dir, entry->id, RENAME_EXCHANGE) < 0 &&
	    errno != ENOENT)
		return error_errno(err, "give back '%s'", entry->id);
	return *taken ? file_sync_dir(dir, "a spool folder", err) : 0;
}

static int take_from(bool *taken, const struct victim *victim,
		     const struct tenure_entry *entry, int dir, struct error *err)
{
	int tmp = victim->takeover->tenure->spool->dir[SPOOL_TMP];
	auto_free char *name = str_format("%s.%d.tmp", entry->id, (int)getpid());
	auto_close int fd =
		openat(dir, entry->id, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY);
	struct stat st = { 0 };
	int failed;

	/* What has no lock is free anyway, and another inode is somebody else's. */
	if (fd < 0 || fstat(fd, &st) < 0 || st.st_ino != entry->inode ||
	    flock(fd, LOCK_EX | LOCK_NB) == 0)
		return 0;
	failed = copy(name, fd, tmp, err);
	if (!failed)
		failed = exchange(taken, victim, entry, dir, err);
	(void)unlinkat(tmp, name, 0);
	return failed;
}

static int take(bool *taken, const struct victim *victim,
		const struct tenure_entry *entry, struct error *err)
{
	const struct spool *spool = victim->takeover->tenure->spool;

	if (entry->state == SPOOL_DEFER)
		return take_from(taken, victim, entry, spool->dir[SPOOL_DEFER], err);
	if (take_from(taken, victim, entry, spool->dir[SPOOL_CUR], err) < 0)
		return -1;
	/* It was just about to rename it. */
	return *taken ? 0 : take_from(taken, victim, entry, spool->dir[SPOOL_NEW], err);
}

static bool is_entry(const struct tenure_entry *entry)
{
	return entry->state == SPOOL_STATES ? str_equal(entry->id, "lanes")
					    : uuid_is_valid(entry->id);
}

/* What those that follow find there tells them that others may not have followed yet. */
static int take_lanes(bool *taken, const struct victim *victim,
		      const struct tenure_entry *entry, struct error *err)
{
	const struct spool *spool = victim->takeover->tenure->spool;
	int tmp = spool->dir[SPOOL_TMP];
	auto_free char *name = str_format("%s.%d.tmp", entry->id, (int)getpid());
	auto_close int root = -1;
	auto_close int fd = -1;
	int failed;

	if (file_open_dir(&root, spool->dir[SPOOL_CUR], "..", err) < 0)
		return -1;
	if (inode_of(root, entry->id) != entry->inode)
		return 0;
	(void)unlinkat(tmp, name, 0);
	fd = openat(tmp, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return error_errno(err, "create 'tmp/%s'", name);
	failed = file_write(fd, "12", 2, name, err);
	if (!failed)
		failed = exchange(taken, victim, entry, root, err);
	(void)unlinkat(tmp, name, 0);
	return failed;
}

static size_t take_all(const struct victim *victim)
{
	struct tenure_entry entry = { 0 };
	struct error err = { 0 };
	off_t at = sizeof(struct tenure_head);
	size_t count = 0;

	for (; pread(victim->fd, &entry, sizeof(entry), at) == sizeof(entry);
	     at += (off_t)sizeof(entry)) {
		bool taken = false;
		int failed;

		entry.id[UUID_LEN - 1] = '\0';
		if (!entry.inode || !is_entry(&entry))
			continue;
		failed = entry.state == SPOOL_STATES
				 ? take_lanes(&taken, victim, &entry, &err)
				 : take(&taken, victim, &entry, &err);
		if (failed) {
			log_warning("%s; trying again later", err.message);
			break;
		}
		count += taken;
	}
	return count;
}

static struct takeover_router *find(struct takeover *takeover, const char *name)
{
	struct takeover_router *router;
	size_t i;

	for (i = 0; i < takeover->count; i++) {
		if (str_equal(takeover->routers[i].name, name))
			return &takeover->routers[i];
	}
	if (takeover->count == TAKEOVER_ROUTERS)
		return NULL;
	router = &takeover->routers[takeover->count++];
	*router = (struct takeover_router){ .since_ms = date_steady_ms() };
	memcpy(router->name, name, UUID_LEN);
	return router;
}

static size_t look_at(struct takeover *takeover, const char *name)
{
	int dir = takeover->tenure->dir;
	auto_close int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct takeover_router *router;
	struct tenure_head head = { 0 };
	size_t count;

	if (fd < 0)
		return 0;
	/* It has ended, and its locks with it. */
	if (flock(fd, LOCK_SH | LOCK_NB) == 0) {
		(void)unlinkat(dir, name, 0);
		return 0;
	}
	if (pread(fd, &head, sizeof(head), 0) != sizeof(head) || !tenure_is_head(&head))
		return 0;
	router = find(takeover, name);
	if (!router)
		return 0;
	router->is_there = true;
	if (router->beats != head.beats) {
		router->beats = head.beats;
		router->since_ms = date_steady_ms();
	}
	if (date_steady_ms() - router->since_ms < (int64_t)head.lease_ms)
		return 0;
	count = take_all(&(struct victim){ takeover, fd, head.beats });
	if (count)
		log_warning(
			"a router does nothing for %lld s: took over %zu of its files",
			(long long)(date_steady_ms() - router->since_ms) / 1000, count);
	return count;
}

static void forget_others(struct takeover *takeover)
{
	size_t kept = 0;
	size_t i;

	for (i = 0; i < takeover->count; i++) {
		if (!takeover->routers[i].is_there)
			continue;
		takeover->routers[i].is_there = false;
		takeover->routers[kept++] = takeover->routers[i];
	}
	takeover->count = kept;
}

size_t takeover_look(struct takeover *takeover)
{
	auto_closedir DIR *stream = NULL;
	auto_close int fd = -1;
	struct error ignored = { 0 };
	struct dirent *item;
	size_t count = 0;

	if (!takeover->tenure->page ||
	    file_open_dir(&fd, takeover->tenure->dir, ".", &ignored) < 0)
		return 0;
	stream = fdopendir(fd);
	if (!stream)
		return 0;
	(void)steal_fd(&fd);
	while ((item = readdir(stream))) {
		if (uuid_is_valid(item->d_name) &&
		    !str_equal(item->d_name, takeover->tenure->name))
			count += look_at(takeover, item->d_name);
	}
	forget_others(takeover);
	return count;
}
