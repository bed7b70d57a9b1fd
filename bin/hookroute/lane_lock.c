#include "bin/hookroute/lane_lock.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bin/hookroute/lease.h"
#include "bin/hookroute/names.h"
#include "bin/hookroute/tenure.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/str.h"

enum { TRY_MS = 1000, PRESENT = 0, SENDER = 1, PROGRESS_LIMIT = 64 << 20 };
/* The file begins with a 1, and a byte that says whether it took the place of another. */
enum { HEAD_LEN = 2, REPLACED = '2', NEWS_MAX = 1 << 20 };

const char lane_lock_mark[UUID_LEN] = "00000000-0000-0000-0000-000000000000";

static bool take(int fd, short kind, off_t which)
{
	struct flock lock = {
		.l_type = kind, .l_whence = SEEK_SET, .l_start = which, .l_len = 1
	};

	return fcntl(fd, F_OFD_SETLK, &lock) == 0;
}

static off_t size_of(const struct lane_lock *lock)
{
	struct stat st = { 0 };

	return fstat(lock->fd, &st) == 0 ? st.st_size : 0;
}

static int append(const struct lane_lock *lock, const char *line, struct error *err)
{
	auto_close int fd = openat(lock->spool->dir[SPOOL_CUR], "../lanes",
				   O_WRONLY | O_APPEND | O_CLOEXEC);

	if (fd < 0)
		return error_errno(err, "open spool file 'lanes'");
	return file_write(fd, line, strlen(line), "lanes", err);
}

int lane_lock_open(struct lane_lock *lock, bool *used, struct error *err)
{
	char head[HEAD_LEN] = "";

	lock->fd = openat(lock->spool->dir[SPOOL_CUR], "../lanes",
			  O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (lock->fd < 0)
		return error_errno(err, "open spool file 'lanes'");
	/* First: who sends either sees that we are there, or has made the file longer. */
	(void)take(lock->fd, F_RDLCK, PRESENT);
	*used = pread(lock->fd, head, HEAD_LEN, 0) > 0;
	if (head[1] == REPLACED)
		lock->crowded_ms = date_steady_ms() + tenure_lease_ms(lock->tenure);
	return *used ? append(lock, "\n", err) : 0;
}

void lane_lock_close(struct lane_lock *lock)
{
	tenure_leave(lock->tenure, lock->slot);
	lock->slot = TENURE_NO_SLOT;
	cleanup_close(&lock->fd);
	lock->fd = -1;
}

static bool is_replaced(const struct lane_lock *lock, struct stat *st)
{
	struct stat named = { 0 };

	return fstat(lock->fd, st) == 0 &&
	       fstatat(lock->spool->dir[SPOOL_CUR], "../lanes", &named, 0) == 0 &&
	       (st->st_ino != named.st_ino || st->st_dev != named.st_dev);
}

bool lane_lock_follow(struct lane_lock *lock)
{
	struct error ignored = { 0 };
	struct stat st = { 0 };
	bool used = false;

	if (lock->fd < 0 || !is_replaced(lock, &st))
		return true;
	if (lock->ours)
		return false;
	cleanup_close(&lock->fd);
	(void)lane_lock_open(lock, &used, &ignored);
	return true;
}

/* Others are told before we have it, as of a lease. */
static bool take_sender(struct lane_lock *lock)
{
	struct stat st = { 0 };

	if (is_replaced(lock, &st))
		return false;
	lock->slot = tenure_enter(lock->tenure, SPOOL_STATES, "lanes", st.st_ino);
	if (take(lock->fd, F_WRLCK, SENDER))
		return true;
	tenure_leave(lock->tenure, lock->slot);
	lock->slot = TENURE_NO_SLOT;
	return false;
}

/* Its first byte says to those that start later that there are lanes. */
bool lane_lock_try(struct lane_lock *lock, bool *taken, int64_t now_ms)
{
	if (lock->ours || lock->fd < 0 || now_ms < lock->try_ms)
		return lock->ours;
	lock->try_ms = now_ms + TRY_MS;
	(void)lane_lock_follow(lock);
	lock->ours = take_sender(lock);
	*taken = lock->ours;
	if (pwrite(lock->fd, "1", 1, 0) != 1)
		lock->try_ms = now_ms;
	return lock->ours;
}

bool lane_lock_is_alone(const struct lane_lock *lock)
{
	struct flock other = {
		.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = PRESENT, .l_len = 1
	};

	return date_steady_ms() >= lock->crowded_ms &&
	       fcntl(lock->fd, F_OFD_GETLK, &other) == 0 && other.l_type == F_UNLCK;
}

int lane_lock_tell(const struct lane_lock *lock, const char *id, struct error *err)
{
	char line[UUID_LEN + 1];

	snprintf(line, sizeof(line), "%s\n", id);
	return append(lock, line, err);
}

bool lane_lock_has_news(const struct lane_lock *lock)
{
	return size_of(lock) != lock->heard;
}

bool lane_lock_hear(struct buf *lines, struct lane_lock *lock)
{
	off_t size = size_of(lock);
	size_t len = (size_t)(size - lock->heard);
	ssize_t got;

	if (size == lock->heard)
		return true;
	if (size < lock->heard || size > NEWS_MAX)
		return false;
	got = pread(lock->fd, buf_room(lines, len), len, lock->heard);
	if (got != (ssize_t)len)
		return false;
	buf_grew(lines, len);
	lock->heard = size;
	/* A full disk may have left half a line. */
	return lines->data[lines->len - 1] == '\n';
}

int lane_lock_clear(struct lane_lock *lock, struct error *err)
{
	lock->heard = HEAD_LEN;
	if (pwrite(lock->fd, "1\n", HEAD_LEN, 0) != HEAD_LEN ||
	    ftruncate(lock->fd, HEAD_LEN) < 0)
		return error_errno(err, "cut spool file 'lanes'");
	return 0;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* Ours are crossed out. */
static void cross_out(struct names *names, const struct lease *leases)
{
	for (; leases; leases = leases->next) {
		char *found = names->count && leases->state == SPOOL_CUR
				      ? bsearch(leases->id, names->list, names->count,
						UUID_LEN, by_text)
				      : NULL;

		if (found)
			found[UUID_LEN - 1] = 1;
	}
}

static bool is_entered(const struct spool *spool, const char *id)
{
	auto_free char *name = str_format("%s.done", id);
	auto_buf struct buf text = BUF_EMPTY;
	struct error err = { 0 };
	bool found = false;

	return file_read_if(&text, &found, spool->dir[SPOOL_CUR], name, PROGRESS_LIMIT,
			    &err) == 0 &&
	       found && strstr(buf_str(&text), lane_lock_mark);
}

static bool is_there(const struct spool *spool, const char *id)
{
	return faccessat(spool->dir[SPOOL_CUR], id, F_OK, 0) == 0;
}

int lane_lock_gate(char id[static UUID_LEN], const struct lane_lock *lock,
		   const struct lease *leases, struct error *err)
{
	auto_names struct names names = NAMES_EMPTY;
	size_t i;

	if (names_read(&names, lock->spool->dir[SPOOL_CUR], err) < 0)
		return -1;
	cross_out(&names, leases);
	id[0] = '\0';
	for (i = 0; i < names.count && !id[0]; i++) {
		if (!names.list[i][UUID_LEN - 1] &&
		    !is_entered(lock->spool, names.list[i]) &&
		    is_there(lock->spool, names.list[i]))
			memcpy(id, names.list[i], UUID_LEN);
	}
	return 0;
}
