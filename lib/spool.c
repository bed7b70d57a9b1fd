#include "lib/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"

static const char *const names[SPOOL_STATES] = {
	[SPOOL_TMP] = "tmp",	 [SPOOL_NEW] = "new",	[SPOOL_CUR] = "cur",
	[SPOOL_DEFER] = "defer", [SPOOL_HOLD] = "hold", [SPOOL_DONE] = "done",
	[SPOOL_DEAD] = "dead",
};

const char *spool_state_name(enum spool_state state)
{
	return names[state];
}

static int open_state(int *fd, int root, const char *name, struct error *err)
{
	if (mkdirat(root, name, 0700) < 0 && errno != EEXIST)
		return error_errno(err, "make spool folder '%s'", name);
	return file_open_dir(fd, root, name, err);
}

int spool_open(struct spool *spool, const char *path, struct error *err)
{
	auto_spool struct spool opened = SPOOL_NONE;
	auto_close int root = -1;
	int i;

	if (file_make_dirs(path, 0700, err) < 0 ||
	    file_open_dir(&root, AT_FDCWD, path, err) < 0)
		return error_wrap(err, "open spool '%s'", path);
	for (i = 0; i < SPOOL_STATES; i++) {
		if (open_state(&opened.dir[i], root, names[i], err) < 0)
			return error_wrap(err, "open spool '%s'", path);
	}
	*spool = opened;
	opened = (struct spool)SPOOL_NONE;
	return 0;
}

void spool_close(struct spool *spool)
{
	int i;

	for (i = 0; i < SPOOL_STATES; i++)
		cleanup_close(&spool->dir[i]);
	*spool = (struct spool)SPOOL_NONE;
}

int spool_file_create(struct spool_file *file, const struct spool *spool, const char *id,
		      struct error *err)
{
	int fd = openat(spool->dir[SPOOL_TMP], id,
			O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return error_errno(err, "create spool file 'tmp/%s'", id);
	file->spool = spool;
	file->fd = fd;
	snprintf(file->id, sizeof(file->id), "%s", id);
	return 0;
}

static int rename_into(const struct spool *spool, const char *id, enum spool_state from,
		       enum spool_state to, struct error *err)
{
	if (renameat(spool->dir[from], id, spool->dir[to], id) < 0)
		return error_errno(err, "move spool file '%s/%s' to '%s'", names[from],
				   id, names[to]);
	return 0;
}

int spool_file_publish(struct spool_file *file, struct error *err)
{
	const struct spool *spool = file->spool;

	if (fsync(file->fd) < 0)
		return error_errno(err, "sync spool file 'tmp/%s'", file->id);
	if (close(steal_fd(&file->fd)) < 0)
		return error_errno(err, "close spool file 'tmp/%s'", file->id);
	if (rename_into(spool, file->id, SPOOL_TMP, SPOOL_NEW, err) < 0)
		return -1;
	if (file_sync_dir(spool->dir[SPOOL_NEW], names[SPOOL_NEW], err) < 0) {
		/* A name that may not last was promised to nobody: its event comes again. */
		(void)renameat(spool->dir[SPOOL_NEW], file->id, spool->dir[SPOOL_TMP],
			       file->id);
		return -1;
	}
	*file = (struct spool_file)SPOOL_FILE_NONE;
	return 0;
}

void spool_file_drop(struct spool_file *file)
{
	cleanup_close(&file->fd);
	if (file->spool)
		(void)unlinkat(file->spool->dir[SPOOL_TMP], file->id, 0);
	*file = (struct spool_file)SPOOL_FILE_NONE;
}

int spool_put(const struct spool *spool, const char *id, const void *line, size_t len,
	      struct error *err)
{
	auto_spool_file struct spool_file file = SPOOL_FILE_NONE;

	if (spool_file_create(&file, spool, id, err) < 0 ||
	    file_write(file.fd, line, len, id, err) < 0)
		return -1;
	return spool_file_publish(&file, err);
}

int spool_move(const struct spool *spool, const char *id, enum spool_state from,
	       enum spool_state to, struct error *err)
{
	if (faccessat(spool->dir[from], id, F_OK, AT_SYMLINK_NOFOLLOW) < 0 &&
	    errno == ENOENT)
		return error_set(err, ERROR_ABSENT, "no event '%s' in '%s'", id,
				 names[from]);
	if (rename_into(spool, id, from, to, err) < 0)
		return -1;
	return file_sync_dir(spool->dir[to], names[to], err);
}
