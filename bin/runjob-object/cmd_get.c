#include "bin/runjob-object/commands.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/crypto_hash.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/hex.h"
#include "lib/str.h"

enum { STEP = 65536 };

static int expired(const struct context *context, const struct record *record,
		   struct error *err)
{
	char at[DATE_LEN];

	if (!record->expires_ms || record->expires_ms > date_now_ms())
		return error_set(err, ERROR_ABSENT,
				 "object '%s'%s is expired: the run was removed",
				 record->key, context->scope.words);
	date_format(at, record->expires_ms);
	return error_set(err, ERROR_ABSENT, "object '%s'%s is expired since %s",
			 record->key, context->scope.words, at);
}

static int find(struct record *record, const struct context *context, const char *key,
		struct error *err)
{
	auto_close int scope_fd = -1;
	char name[KEY_LEN];
	bool found = false;

	if (key_check(key, err) < 0 ||
	    store_open_scope(&scope_fd, &context->store, &context->scope, err) < 0)
		return -1;
	key_to_name(name, key);
	if (store_read_record(record, &found, scope_fd, name, err) < 0)
		return -1;
	return found ? 0
		     : error_set(err, ERROR_ABSENT, "no object '%s'%s", key,
				 context->scope.words);
}

/* With the lock: what is open is there as long as it is, whatever gc removes. */
static int open_contents(int *fd, struct record *record, const struct context *context,
			 struct error *err)
{
	auto_close int lock_fd = -1;
	const struct store *store = &context->store;

	if (store_lock(&lock_fd, store, false, err) < 0 ||
	    find(record, context, context->operands[0], err) < 0)
		return -1;
	if (store_is_expired(store, &context->scope, record))
		return expired(context, record, err);
	*fd = openat(store->data_fd, record->sha256, O_RDONLY | O_CLOEXEC);
	if (*fd < 0 && errno == ENOENT)
		return error_set(err, ERROR_DATA,
				 "object '%s': its contents '%s/data/%s' are gone",
				 record->key, store->path, record->sha256);
	return *fd < 0 ? error_errno(err, "open '%s/data/%s'", store->path,
				     record->sha256)
		       : 0;
}

static int copy(char sha256[static RECORD_HASH_LEN], int fd, struct error *err)
{
	auto_hash struct crypto_hash hash = CRYPTO_HASH_NONE;
	uint8_t digest[CRYPTO_SHA256_LEN];
	char bytes[STEP];
	ssize_t got;

	crypto_hash_start(&hash);
	while ((got = read(fd, bytes, sizeof(bytes))) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_errno(err, "read its contents");
		crypto_hash_add(&hash, bytes, (size_t)got);
		if (file_write(STDOUT_FILENO, bytes, (size_t)got, "standard output",
			       err) < 0)
			return -1;
	}
	crypto_hash_finish(&hash, digest);
	hex_encode(sha256, digest, sizeof(digest));
	return 0;
}

int cmd_get(struct context *context, struct error *err)
{
	struct record record = { .size = 0 };
	char sha256[RECORD_HASH_LEN] = "";
	auto_close int fd = -1;

	if (open_contents(&fd, &record, context, err) < 0)
		return -1;
	if (copy(sha256, fd, err) < 0)
		return error_wrap(err, "object '%s'", record.key);
	if (!str_equal(sha256, record.sha256))
		return error_set(err, ERROR_DATA,
				 "object '%s' is not what was put: '%s/data/%s' has "
				 "changed, throw away what came; put it again",
				 record.key, context->store.path, record.sha256);
	return 0;
}

int cmd_delete(struct context *context, struct error *err)
{
	struct record record = { .size = 0 };
	auto_close int scope_fd = -1;
	char name[KEY_LEN];

	if (find(&record, context, context->operands[0], err) < 0 ||
	    store_open_scope(&scope_fd, &context->store, &context->scope, err) < 0)
		return -1;
	key_to_name(name, record.key);
	if (unlinkat(scope_fd, name, 0) < 0 && errno != ENOENT)
		return error_errno(err, "delete object '%s'", record.key);
	return file_sync_dir(scope_fd, context->scope.folder, err);
}
