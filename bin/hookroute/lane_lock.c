#include "bin/hookroute/lane_lock.h"

#include <fcntl.h>
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

const char lane_lock_mark[UUID_LEN] = "00000000-0000-0000-0000-000000000000";

static bool take(int fd, short kind, off_t which)
{
	struct flock lock = {
		.l_type = kind, .l_whence = SEEK_SET, .l_start = which, .l_len = 1
	};

	return fcntl(fd, F_OFD_SETLK, &lock) == 0;
}

int lane_lock_open(struct lane_lock *lock, bool *used, struct error *err)
{
	struct stat st = { 0 };

	lock->fd = openat(lock->spool->dir[SPOOL_CUR], "../lanes",
			  O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (lock->fd < 0 || fstat(lock->fd, &st) < 0)
		return error_errno(err, "open spool file 'lanes'");
	*used = st.st_size > 0;
	/* Its second byte says that it took the place of another one. */
	if (st.st_size > 1)
		lock->crowded_ms = date_steady_ms() + tenure_lease_ms(lock->tenure);
	(void)take(lock->fd, F_RDLCK, PRESENT);
	return 0;
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
