#include "bin/runjob-object/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bin/runjob-object/scope.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/job.h"
#include "lib/path.h"

enum { RECORD_LIMIT = 4096 };

static int open_part(int *fd, const struct store *store, const char *name,
		     struct error *err)
{
	if (mkdirat(store->fd, name, 0700) < 0 && errno != EEXIST)
		return error_errno(err, "make folder '%s/%s'", store->path, name);
	return file_open_dir(fd, store->fd, name, err);
}

int store_open(struct store *store, const struct layout *layout, struct error *err)
{
	auto_free char *owner = NULL;

	if (job_owner_dir(&owner, layout, err) < 0 ||
	    file_open_dir(&store->owner_fd, AT_FDCWD, owner, err) < 0)
		return -1;
	store->path = path_join(owner, ".objects");
	if (mkdir(store->path, 0700) < 0 && errno != EEXIST)
		return error_errno(err, "make folder '%s'", store->path);
	if (file_open_dir(&store->fd, AT_FDCWD, store->path, err) < 0 ||
	    open_part(&store->tmp_fd, store, "tmp", err) < 0 ||
	    open_part(&store->data_fd, store, "data", err) < 0)
		return -1;
	return open_part(&store->keys_fd, store, "keys", err);
}

void store_close(struct store *store)
{
	free(store->path);
	cleanup_close(&store->owner_fd);
	cleanup_close(&store->fd);
	cleanup_close(&store->tmp_fd);
	cleanup_close(&store->data_fd);
	cleanup_close(&store->keys_fd);
	*store = (struct store)STORE_NONE;
}

int store_lock(int *fd, const struct store *store, bool alone, struct error *err)
{
	auto_close int opened =
		openat(store->fd, "lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (opened < 0)
		return error_errno(err, "open '%s/lock'", store->path);
	while (flock(opened, alone ? LOCK_EX : LOCK_SH) < 0) {
		if (errno != EINTR)
			return error_errno(err, "lock '%s/lock'", store->path);
	}
	*fd = steal_fd(&opened);
	return 0;
}

/* With the store's lock: nobody may take it for one that was left. */
static int create(struct store_file *file, const struct store *store, struct error *err)
{
	uuid_random(file->name);
	file->store = store;
	file->fd = openat(store->tmp_fd, file->name,
			  O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400);
	if (file->fd < 0)
		return error_errno(err, "create '%s/tmp/%s'", store->path, file->name);
	if (flock(file->fd, LOCK_EX | LOCK_NB) < 0)
		return error_errno(err, "lock '%s/tmp/%s'", store->path, file->name);
	return 0;
}

int store_file_create(struct store_file *file, const struct store *store,
		      struct error *err)
{
	auto_close int lock_fd = -1;

	if (store_lock(&lock_fd, store, false, err) < 0)
		return -1;
	return create(file, store, err);
}

void store_file_drop(struct store_file *file)
{
	if (file->fd >= 0 && *file->name)
		(void)unlinkat(file->store->tmp_fd, file->name, 0);
	cleanup_close(&file->fd);
	*file = (struct store_file)STORE_FILE_NONE;
}

/* What is in it lasts before it has its name, and that lasts before we say so. */
static int place(struct store_file *file, int dir_fd, const char *name, struct error *err)
{
	const struct store *store = file->store;

	if (fsync(file->fd) < 0)
		return error_errno(err, "write '%s/tmp/%s'", store->path, file->name);
	if (renameat(store->tmp_fd, file->name, dir_fd, name) < 0)
		return error_errno(err, "give '%s/tmp/%s' its name", store->path,
				   file->name);
	file->name[0] = '\0';
	return file_sync_dir(dir_fd, store->path, err);
}

static int make_scope(int *fd, const struct store *store, const struct scope *scope,
		      struct error *err)
{
	if (mkdirat(store->keys_fd, scope->folder, 0700) < 0 && errno != EEXIST)
		return error_errno(err, "make folder '%s/keys/%s'", store->path,
				   scope->folder);
	if (file_open_dir(fd, store->keys_fd, scope->folder, err) < 0 ||
	    file_sync_dir(store->keys_fd, store->path, err) < 0 ||
	    file_sync_dir(store->fd, store->path, err) < 0)
		return -1;
	return file_sync_dir(store->owner_fd, store->path, err);
}

int store_put_record(const struct store *store, const struct scope *scope,
		     const struct record *record, struct error *err)
{
	auto_store_file struct store_file file = STORE_FILE_NONE;
	auto_buf struct buf line = BUF_EMPTY;
	auto_close int scope_fd = -1;
	char name[KEY_LEN];

	key_to_name(name, record->key);
	record_dump(&line, scope, record);
	buf_add_char(&line, '\n');
	if (make_scope(&scope_fd, store, scope, err) < 0 ||
	    create(&file, store, err) < 0 ||
	    file_write(file.fd, line.data, line.len, "the object's record", err) < 0)
		return -1;
	return place(&file, scope_fd, name, err);
}

int store_publish(struct store_file *file, const struct scope *scope,
		  const struct record *record, struct error *err)
{
	auto_close int lock_fd = -1;

	/* The bulk of it, while nobody waits for us. */
	if (fsync(file->fd) < 0)
		return error_errno(err, "write '%s/tmp/%s'", file->store->path,
				   file->name);
	if (store_lock(&lock_fd, file->store, false, err) < 0)
		return -1;
	if (scope->kind == SCOPE_RUN && !store_has_run(file->store, scope->of))
		return error_set(err, ERROR_ABSENT, "no run '%s'", scope->of);
	/* Over the same contents, if they are there: ours are whole. */
	if (place(file, file->store->data_fd, record->sha256, err) < 0)
		return -1;
	return store_put_record(file->store, scope, record, err);
}

int store_open_scope(int *fd, const struct store *store, const struct scope *scope,
		     struct error *err)
{
	int opened =
		openat(store->keys_fd, scope->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (opened < 0 && errno != ENOENT)
		return error_errno(err, "open '%s/keys/%s'", store->path, scope->folder);
	*fd = opened;
	return 0;
}

int store_read_record(struct record *record, bool *found, int scope_fd, const char *name,
		      struct error *err)
{
	auto_buf struct buf text = BUF_EMPTY;

	*found = false;
	if (scope_fd < 0)
		return 0;
	if (file_read_if(&text, found, scope_fd, name, RECORD_LIMIT, err) < 0)
		return -1;
	if (*found &&
	    record_parse(record, (struct str_view){ buf_str(&text), text.len }, err) < 0)
		return error_wrap(err, "object '%s'", name);
	return 0;
}

bool store_has_run(const struct store *store, const char *id)
{
	struct stat info;

	return fstatat(store->owner_fd, id, &info, AT_SYMLINK_NOFOLLOW) == 0 ||
	       errno != ENOENT;
}

bool store_is_expired(const struct store *store, const struct scope *scope,
		      const struct record *record)
{
	if (record->expired_ms ||
	    (record->expires_ms && record->expires_ms <= date_now_ms()))
		return true;
	return scope->kind == SCOPE_RUN && !store_has_run(store, scope->of);
}
