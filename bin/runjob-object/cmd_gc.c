#include "bin/runjob-object/commands.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bin/runjob-object/keys.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/json_write.h"
#include "lib/str.h"

/* What is said of one that is expired is said this long. */
#define REMEMBERED_MS (30LL * 24 * 3600 * 1000)

struct gc {
	const struct context *context;
	struct buf used; /* the hashes of what is in use, RECORD_HASH_LEN bytes each */
	uint64_t objects;
	uint64_t expired; /* that were not marked so before */
	uint64_t removed; /* contents, and what a crash left in tmp/ */
	uint64_t bytes;
};

static bool is_ours(const struct gc *gc, const struct scope *scope)
{
	const struct options *options = &gc->context->options;

	return (!options->pipeline && !options->run) ||
	       str_equal(scope->folder, gc->context->scope.folder);
}

static int expire(struct gc *gc, const struct scope *scope, int scope_fd,
		  struct record *record, struct error *err)
{
	char name[KEY_LEN];

	if (!record->expired_ms) {
		record->expired_ms = date_now_ms();
		gc->expired++;
		return store_put_record(&gc->context->store, scope, record, err);
	}
	if (record->expired_ms + REMEMBERED_MS > date_now_ms())
		return 0;
	key_to_name(name, record->key);
	if (unlinkat(scope_fd, name, 0) < 0 && errno != ENOENT)
		return error_errno(err, "delete object '%s'", record->key);
	return 0;
}

static int look_at(struct gc *gc, const struct scope *scope, int scope_fd,
		   const char *key, struct error *err)
{
	const struct store *store = &gc->context->store;
	struct record record = { .size = 0 };
	char name[KEY_LEN];
	bool found = false;

	key_to_name(name, key);
	/* What cannot be read may be in use: nothing is removed then. */
	if (store_read_record(&record, &found, scope_fd, name, err) < 0)
		return error_wrap(err, "'%s/keys/%s'", store->path, scope->folder);
	if (!found)
		return 0;
	if (store_is_expired(store, scope, &record)) {
		if (is_ours(gc, scope))
			return expire(gc, scope, scope_fd, &record, err);
		if (record.expired_ms)
			return 0;
	}
	buf_add(&gc->used, record.sha256, sizeof(record.sha256));
	gc->objects++;
	return 0;
}

static int look_at_scope(struct gc *gc, const char *folder, struct error *err)
{
	const struct store *store = &gc->context->store;
	auto_keys struct keys keys = KEYS_EMPTY;
	auto_close int scope_fd = -1;
	struct scope scope;

	if (*folder == '.')
		return 0;
	if (!scope_of_folder(&scope, folder))
		return error_set(err, ERROR_DATA, "'%s/keys/%s' is no scope of objects",
				 store->path, folder);
	if (store_open_scope(&scope_fd, store, &scope, err) < 0 ||
	    keys_read(&keys, scope_fd, err) < 0)
		return -1;
	for (size_t i = 0; i < keys.count; i++) {
		if (look_at(gc, &scope, scope_fd, keys.items[i], err) < 0)
			return -1;
	}
	/* One that has keys stays. */
	(void)unlinkat(store->keys_fd, folder, AT_REMOVEDIR);
	return 0;
}

/* Each file of a folder of the store. */
static int for_each(struct gc *gc, int dir_fd,
		    int (*act)(struct gc *gc, const char *name, struct error *err),
		    struct error *err)
{
	int again = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	auto_closedir DIR *dir = again < 0 ? NULL : fdopendir(again);
	const struct dirent *entry;

	if (!dir)
		return error_errno(err, "list '%s'", gc->context->store.path);
	while ((entry = readdir(dir))) {
		if (act(gc, entry->d_name, err) < 0)
			return -1;
	}
	return 0;
}

static int remove_file(struct gc *gc, int dir_fd, const char *name, struct error *err)
{
	struct stat info = { 0 };

	if (fstatat(dir_fd, name, &info, AT_SYMLINK_NOFOLLOW) < 0 ||
	    unlinkat(dir_fd, name, 0) < 0)
		return error_errno(err, "remove '%s'", name);
	gc->removed++;
	gc->bytes += (uint64_t)info.st_size;
	return 0;
}

static int by_hash(const void *a, const void *b)
{
	return memcmp(a, b, RECORD_HASH_LEN);
}

static int sweep_data(struct gc *gc, const char *name, struct error *err)
{
	if (!record_is_hash(name) ||
	    (gc->used.len && bsearch(name, gc->used.data, gc->used.len / RECORD_HASH_LEN,
				     RECORD_HASH_LEN, by_hash)))
		return 0;
	return remove_file(gc, gc->context->store.data_fd, name, err);
}

/* Whoever still writes it has it locked. */
static int sweep_tmp(struct gc *gc, const char *name, struct error *err)
{
	auto_close int fd = -1;

	if (*name == '.')
		return 0;
	fd = openat(gc->context->store.tmp_fd, name, O_RDONLY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0)
		return error_errno(err, "open '%s'", name);
	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		return 0;
	return remove_file(gc, gc->context->store.tmp_fd, name, err);
}

static int collect(struct gc *gc, struct error *err)
{
	const struct store *store = &gc->context->store;
	auto_close int lock_fd = -1;

	if (store_lock(&lock_fd, store, true, err) < 0 ||
	    for_each(gc, store->keys_fd, look_at_scope, err) < 0)
		return -1;
	if (gc->used.len)
		qsort(gc->used.data, gc->used.len / RECORD_HASH_LEN, RECORD_HASH_LEN,
		      by_hash);
	if (for_each(gc, store->data_fd, sweep_data, err) < 0)
		return -1;
	return for_each(gc, store->tmp_fd, sweep_tmp, err);
}

static void tell(struct buf *out, const struct gc *gc, bool json)
{
	struct json_writer writer = JSON_WRITER(out);

	if (!json) {
		buf_add_format(out,
			       "%" PRIu64 " objects, %" PRIu64 " newly expired; %" PRIu64
			       " files removed, %" PRIu64 " bytes\n",
			       gc->objects, gc->expired, gc->removed, gc->bytes);
		return;
	}
	json_write_object(&writer, NULL);
	json_write_u64(&writer, "objects", gc->objects);
	json_write_u64(&writer, "expired", gc->expired);
	json_write_u64(&writer, "removed", gc->removed);
	json_write_u64(&writer, "bytes", gc->bytes);
	json_write_object_end(&writer);
	buf_add_char(out, '\n');
}

int cmd_gc(struct context *context, struct error *err)
{
	struct gc gc = { .context = context };
	auto_buf struct buf line = BUF_EMPTY;
	int status = collect(&gc, err);

	buf_free(&gc.used);
	if (status < 0)
		return -1;
	tell(&line, &gc, context->options.json || !isatty(STDOUT_FILENO));
	return file_write(STDOUT_FILENO, line.data, line.len, "standard output", err);
}
