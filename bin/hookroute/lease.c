#include "bin/hookroute/lease.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bin/hookroute/aside.h"
#include "bin/hookroute/tenure.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/str.h"

enum { PROGRESS_LIMIT = 64 << 20 };

static char *progress_name(const struct lease *lease)
{
	return str_format("%s.done", lease->id);
}

static bool is_same(const struct stat *st, int dir, const char *name)
{
	struct stat named = { 0 };

	return fstatat(dir, name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
	       st->st_ino == named.st_ino && st->st_dev == named.st_dev;
}

static bool is_at(const struct lease *lease, int dir, const char *name)
{
	struct stat st = { 0 };

	return fstat(fileno(lease->file), &st) == 0 && is_same(&st, dir, name);
}

bool lease_is_ours(const struct lease *lease)
{
	return is_at(lease, lease->spool->dir[lease->state], lease->id);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

static int read_progress(struct lease *lease, struct error *err)
{
	auto_free char *name = progress_name(lease);
	auto_buf struct buf text = BUF_EMPTY;
	bool found = false;
	size_t i;

	if (file_read_if(&text, &found, lease->spool->dir[lease->state], name,
			 PROGRESS_LIMIT, err) < 0)
		return -1;
	/* A last line that a power cut left incomplete does not count. */
	lease->handled_count = text.len / UUID_LEN;
	if (!lease->handled_count)
		return 0;
	lease->handled = calloc(lease->handled_count, UUID_LEN);
	if (!lease->handled)
		abort();
	for (i = 0; i < lease->handled_count; i++)
		memcpy(lease->handled[i], text.data + i * UUID_LEN, UUID_LEN - 1);
	qsort(lease->handled, lease->handled_count, UUID_LEN, by_text);
	return 0;
}

/* An event published twice waits until its first file is done with. */
static int lease_new(bool *absent, const struct spool *spool, const char *id,
		     struct error *err)
{
	if (renameat2(spool->dir[SPOOL_NEW], id, spool->dir[SPOOL_CUR], id,
		      RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EEXIST && errno != ENOENT)
		return error_errno(err, "lease spool file '%s'", id);
	*absent = true;
	return 0;
}

static int take(bool *absent, struct lease *made, enum spool_state from,
		struct error *err)
{
	if (from == SPOOL_NEW && lease_new(absent, made->spool, made->id, err) < 0)
		return -1;
	return *absent ? 0 : read_progress(made, err);
}

static struct lease *make(struct tenure *tenure, enum spool_state from, const char *id)
{
	struct lease *made = calloc(1, sizeof(*made));

	if (!made)
		abort();
	made->tenure = tenure;
	made->slot = TENURE_NO_SLOT;
	made->spool = tenure->spool;
	made->state = from == SPOOL_NEW ? SPOOL_CUR : from;
	made->left_behind = from == SPOOL_CUR;
	made->progress = -1;
	memcpy(made->id, id, UUID_LEN);
	return made;
}

/* Others are told first: should we be stopped right after it, they know what we have. */
static bool lock(struct lease *made, int fd, enum spool_state from)
{
	struct stat st = { 0 };

	if (fstat(fd, &st) < 0)
		return false;
	made->slot = tenure_enter(made->tenure, made->state, made->id, st.st_ino);
	/* The lock is worth something only if the name still means what we have locked. */
	return flock(fd, LOCK_EX | LOCK_NB) == 0 &&
	       is_same(&st, made->spool->dir[from], made->id);
}

static int open_file(bool *absent, struct lease *made, enum spool_state from,
		     struct error *err)
{
	auto_close int fd = openat(made->spool->dir[from], made->id,
				   O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY);

	*absent = fd < 0 && errno == ENOENT;
	if (fd < 0)
		return *absent ? 0 : error_errno(err, "open spool file '%s'", made->id);
	*absent = !lock(made, fd, from);
	if (*absent)
		return 0;
	made->file = fdopen(fd, "r");
	if (!made->file)
		return error_errno(err, "read spool file '%s'", made->id);
	(void)steal_fd(&fd);
	return 0;
}

int lease_take(struct lease **lease, struct tenure *tenure, enum spool_state from,
	       const char *id, struct error *err)
{
	struct lease *made = make(tenure, from, id);
	bool absent = false;
	int failed = open_file(&absent, made, from, err);

	*lease = NULL;
	if (!failed && !absent && from == SPOOL_DEFER)
		made->due_ms = aside_due_ms(made->spool, id);
	if (!failed && !absent)
		failed = take(&absent, made, from, err);
	if (failed || absent) {
		lease_release(made);
		return failed;
	}
	*lease = made;
	return 0;
}

int lease_read(struct buf *line, bool *found, struct lease *lease, struct error *err)
{
	auto_free char *text = NULL;
	size_t room = 0;
	ssize_t len;

	buf_clear(line);
	errno = 0;
	len = getline(&text, &room, lease->file);
	*found = len > 0;
	if (len < 0 && ferror(lease->file))
		return error_errno(err, "read spool file '%s'", lease->id);
	if (len <= 0) {
		lease->ended = true;
		return 0;
	}
	buf_add(line, text, (size_t)len - (text[len - 1] == '\n'));
	return 0;
}

bool lease_has_handled(const struct lease *lease, const char *delivery_id)
{
	return lease->handled_count && bsearch(delivery_id, lease->handled,
					       lease->handled_count, UUID_LEN, by_text);
}

/* We were stopped just before: what we have made is nobody's, or another router's. */
static bool came_late(struct lease *lease, const char *name)
{
	int dir = lease->spool->dir[lease->state];

	if (!tenure_is_over(lease->tenure) || lease_is_ours(lease))
		return false;
	if (faccessat(dir, lease->id, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
		(void)unlinkat(dir, name, 0);
	return true;
}

int lease_mark(struct lease *lease, const char *delivery_id, struct error *err)
{
	auto_free char *name = progress_name(lease);
	char line[UUID_LEN + 1];

	if (lease->progress < 0)
		lease->progress = openat(lease->spool->dir[lease->state], name,
					 O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (lease->progress < 0)
		return error_errno(err, "open '%s'", name);
	if (came_late(lease, name))
		return 0;
	snprintf(line, sizeof(line), "%s\n", delivery_id);
	return file_write(lease->progress, line, UUID_LEN, name, err);
}

/* done/<date>/<id> */
static int archive(bool *late, const struct lease *lease, struct error *err)
{
	int done = lease->spool->dir[SPOOL_DONE];
	auto_free char *path = NULL;
	char date[DATE_LEN];

	date_format(date, date_now_ms());
	date[strlen("2026-11-20")] = '\0';
	path = str_format("%s/%s", date, lease->id);
	if (mkdirat(done, date, 0700) < 0 && errno != EEXIST)
		return error_errno(err, "make folder 'done/%s'", date);
	if (renameat(lease->spool->dir[lease->state], lease->id, done, path) < 0) {
		/* We were stopped just before it, and others were faster. */
		*late = errno == ENOENT && tenure_is_over(lease->tenure);
		if (*late)
			return 0;
		return error_errno(err, "move spool file '%s' to 'done'", lease->id);
	}
	/* Or what we have moved is somebody else's now. */
	*late = tenure_is_over(lease->tenure) && !is_at(lease, done, path);
	if (*late)
		(void)renameat2(done, path, lease->spool->dir[lease->state], lease->id,
				RENAME_NOREPLACE);
	return 0;
}

/* The file goes before its progress: the other way round, a crash between would make
 * everything in it look untouched. */
int lease_finish(struct lease *lease, struct error *err)
{
	auto_free char *name = progress_name(lease);
	bool late = false;
	int dir = lease->spool->dir[lease->state];

	if (lease->state == SPOOL_CUR && archive(&late, lease, err) < 0)
		return -1;
	/* An event that was deferred again has a new file of this name. */
	if (lease->state == SPOOL_DEFER && lease_is_ours(lease) &&
	    unlinkat(dir, lease->id, 0) < 0 && errno != ENOENT)
		return error_errno(err, "remove spool file 'defer/%s'", lease->id);
	if (!late && (lease->progress >= 0 || lease->handled_count))
		(void)unlinkat(dir, name, 0);
	return 0;
}

void lease_release(struct lease *lease)
{
	tenure_leave(lease->tenure, lease->slot);
	cleanup_fclose(&lease->file);
	cleanup_close(&lease->progress);
	free(lease->handled);
	free(lease);
}
