#include "bin/hookroute/takeout.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bin/hookroute/names.h"
#include "bin/hookroute/walk.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"

enum { FILE_LIMIT = 1 << 30 };

/* One file that is gone through. */
struct source {
	const struct takeout *takeout;
	enum spool_state state;
	const char *name;
	bool locked;		/* by us */
	size_t taken;		/* events */
	size_t count;		/* of all its events */
	struct walk_event only; /* the last of them */
	struct buf left;	/* lines of those that stay */
};

static int each_event(void *context, const struct walk_event *event, struct error *err)
{
	struct source *source = context;
	const struct takeout *takeout = source->takeout;
	bool wanted = takeout->wants(takeout->context, event);

	if (wanted && !source->locked)
		(*takeout->busy)++;
	if (wanted && source->locked) {
		source->taken++;
		return takeout->put(takeout->context, event, err);
	}
	buf_add(&source->left, event->line.data, event->line.len);
	buf_add_char(&source->left, '\n');
	return 0;
}

static int look_at(void *context, const struct walk_event *event, struct error *err)
{
	struct source *source = context;

	(void)err;
	source->count++;
	source->only = *event;
	return 0;
}

/* Most files are one event: a rename is all it takes. */
static int move_whole(bool *moved, const struct source *source, struct error *err)
{
	const struct takeout *takeout = source->takeout;
	const struct spool *spool = takeout->spool;

	*moved = source->locked && takeout->whole != SPOOL_TMP && source->count == 1 &&
		 source->state != SPOOL_CUR && str_equal(source->only.id, source->name) &&
		 takeout->wants(takeout->context, &source->only) &&
		 renameat2(spool->dir[source->state], source->name,
			   spool->dir[takeout->whole], source->name,
			   RENAME_NOREPLACE) == 0;
	if (!*moved)
		return 0;
	if (file_sync_dir(spool->dir[takeout->whole], spool_state_name(takeout->whole),
			  err) < 0)
		return -1;
	return takeout->note(takeout->context, &source->only, err);
}

/* What is left takes the file's name; a router that still waits for the old one's lock
 * sees that the name means another file. */
static int replace(const struct source *source, struct error *err)
{
	int dir = source->takeout->spool->dir[source->state];
	auto_free char *progress = str_format("%s.done", source->name);

	if (source->left.len)
		return file_replace(dir, source->name, source->left.data,
				    source->left.len, 0600, err);
	if (unlinkat(dir, source->name, 0) < 0)
		return error_errno(err, "remove '%s/%s'", spool_state_name(source->state),
				   source->name);
	if (source->state == SPOOL_CUR)
		(void)unlinkat(dir, progress, 0);
	return file_sync_dir(dir, spool_state_name(source->state), err);
}

/* Locked and still what the name means? */
static bool lock(int fd, int dir, const char *name)
{
	struct stat ours = { 0 };
	struct stat named = { 0 };

	return flock(fd, LOCK_EX | LOCK_NB) == 0 && fstat(fd, &ours) == 0 &&
	       fstatat(dir, name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
	       ours.st_ino == named.st_ino && ours.st_dev == named.st_dev;
}

static int take_file(const struct takeout *takeout, enum spool_state state,
		     const char *name, struct error *err)
{
	int dir = takeout->spool->dir[state];
	auto_close int fd =
		openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY);
	struct source source = { .takeout = takeout, .state = state, .name = name };
	auto_buf struct buf text = BUF_EMPTY;
	struct walk_file file = { state, name, NULL, look_at };
	bool moved = false;
	int failed;

	/* It went on: to where we look next, or it was delivered. */
	if (fd < 0)
		return errno == ENOENT ? 0 : error_errno(err, "open '%s'", name);
	source.locked = lock(fd, dir, name);
	failed = file_read_fd(&text, fd, FILE_LIMIT, err);
	file.text = buf_str(&text);
	if (!failed)
		failed = walk_file(&file, &source, err);
	if (!failed)
		failed = move_whole(&moved, &source, err);
	file.each = each_event;
	if (!failed && !moved)
		failed = walk_file(&file, &source, err);
	if (!failed && source.taken)
		failed = replace(&source, err);
	buf_free(&source.left);
	return failed;
}

int takeout_all(const struct takeout *takeout, struct error *err)
{
	/* In the order in which files go, so that none slips past. */
	static const enum spool_state states[] = { SPOOL_NEW, SPOOL_CUR, SPOOL_DEFER };
	size_t i;
	size_t j;

	for (i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		auto_names struct names names = NAMES_EMPTY;

		if (names_read(&names, takeout->spool->dir[states[i]], err) < 0)
			return -1;
		for (j = 0; j < names.count; j++) {
			if (take_file(takeout, states[i], names.list[j], err) < 0)
				return -1;
		}
	}
	return 0;
}
