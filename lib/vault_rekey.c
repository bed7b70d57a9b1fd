#include "lib/vault_rekey.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/str.h"
#include "lib/vault.h"
#include "lib/vault_file.h"
#include "lib/vault_key.h"
#include "lib/vault_keys.h"

/* So many secrets are made durable by one sync, and renamed while nobody writes. */
enum { BATCH = 256 };

#define BATCH_BYTES ((size_t)64 << 20)
#define TEMPORARY ".rekey.tmp"

/* A secret that has been sealed anew, beside the file it was read from. */
struct resealed {
	char *name;
	char *temporary;
	struct stat was;
};

struct work {
	const struct vault *vault;
	struct vault_keys keys;
	struct vault_rekey *rekey;
	struct resealed batch[BATCH];
	size_t count;
	size_t bytes;
	size_t broken;
	struct error first; /* why the first broken one is */
};

static int open_secret(struct vault_secret *secret, bool *is_new, const struct work *work,
		       const char *name, const struct buf *file)
{
	struct vault_seal seal = { work->keys.key, name, 0, 0 };
	struct error err = { 0 };

	*is_new = vault_file_open(secret, &seal, file, &err) == 0;
	seal.key = work->keys.old;
	return *is_new ? 0 : vault_file_open(secret, &seal, file, &err);
}

static void note_broken(struct work *work, const char *name)
{
	if (work->broken++ == 0)
		(void)error_set(&work->first, ERROR_DENIED,
				"secret '%s' opens neither with the old nor with the new "
				"key: restore or delete it, then rekey again",
				name);
}

/* Both durable: their sync comes with the batch's. */
static int write_beside(struct work *work, const char *name, const struct buf *file,
			const struct stat *was, struct error *err)
{
	struct resealed *one = &work->batch[work->count];
	auto_free char *temporary = NULL;
	auto_close int fd = -1;

	temporary = str_format("%s" TEMPORARY, name);
	fd = openat(work->vault->dir, temporary,
		    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return error_errno(err, "create '%s'", temporary);
	if (file_write(fd, file->data, file->len, temporary, err) < 0)
		return -1;
	if (close(steal_fd(&fd)) < 0)
		return error_errno(err, "write '%s'", temporary);
	one->name = str_dup(name);
	one->temporary = temporary;
	temporary = NULL;
	one->was = *was;
	work->count++;
	work->bytes += file->len;
	return 0;
}

/* Read, and say which file it was that was read. */
static int read_secret(struct buf *file, struct stat *was, const struct work *work,
		       const char *name, struct error *err)
{
	auto_close int fd =
		openat(work->vault->dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0 || fstat(fd, was) < 0)
		return error_errno(err, "read secret '%s'", name);
	return file_read_fd(file, fd, VAULT_SECRET_MAX + VAULT_FILE_HEAD + CRYPTO_TAG_LEN,
			    err);
}

static int reseal(struct work *work, const char *name, struct error *err)
{
	auto_buf struct buf file = BUF_EMPTY;
	auto_buf struct buf sealed = BUF_EMPTY;
	auto_vault_secret struct vault_secret secret = VAULT_SECRET_EMPTY;
	struct vault_seal seal = { work->keys.key, name, 0, 0 };
	struct stat was = { 0 };
	bool is_new = false;

	if (read_secret(&file, &was, work, name, err) < 0)
		return -1;
	if (was.st_nlink == 0) /* deleted meanwhile */
		return 0;
	if (open_secret(&secret, &is_new, work, name, &file) < 0) {
		note_broken(work, name);
		return 0;
	}
	if (is_new) {
		work->rekey->kept++;
		return 0;
	}
	seal.expires_ms = secret.expires_ms;
	seal.stored_ms = secret.stored_ms;
	vault_file_seal(&sealed, &seal,
			(struct str_view){ buf_str(&secret.bytes), secret.bytes.len });
	return write_beside(work, name, &sealed, &was, err);
}

static bool is_same(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_ctim.tv_sec == b->st_ctim.tv_sec &&
	       a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

/* Whoever wrote or deleted it since we read it has the last word. */
static int put_in_place(struct work *work, const struct resealed *one, struct error *err)
{
	struct stat now = { 0 };
	int dir = work->vault->dir;

	if (fstatat(dir, one->name, &now, AT_SYMLINK_NOFOLLOW) < 0 ||
	    !is_same(&now, &one->was)) {
		(void)unlinkat(dir, one->temporary, 0);
		return 0;
	}
	if (renameat(dir, one->temporary, dir, one->name) < 0)
		return error_errno(err, "replace secret '%s'", one->name);
	work->rekey->resealed++;
	return 0;
}

static int sync_all(const struct work *work, struct error *err)
{
	if (syncfs(work->vault->dir) < 0)
		return error_errno(err, "sync the vault");
	return 0;
}

static int finish_batch(struct work *work, struct error *err)
{
	auto_close int hold = -1;
	int status = work->count ? sync_all(work, err) : 0;

	if (status == 0 && work->count)
		status = vault_hold_alone(&hold, work->vault, err);
	for (size_t i = 0; i < work->count; i++) {
		if (status == 0)
			status = put_in_place(work, &work->batch[i], err);
		free(work->batch[i].name);
		free(work->batch[i].temporary);
	}
	work->count = 0;
	work->bytes = 0;
	return status;
}

static int reseal_all(struct work *work, struct error *err)
{
	auto_buf struct buf names = BUF_EMPTY;
	struct vault here = *work->vault;
	const char *rest = NULL;
	int status = 0;

	here.stores = NULL; /* what a store keeps is none of this key's */
	if (vault_list(&names, &here, "", err) < 0)
		return -1;
	for (rest = buf_str(&names); rest && status == 0;) {
		struct str_view line = str_split(&rest, '\n');
		auto_free char *name = str_format("%.*s", (int)line.len, line.data);

		if (line.len)
			status = reseal(work, name, err);
		if (status == 0 && (work->count == BATCH || work->bytes > BATCH_BYTES))
			status = finish_batch(work, err);
	}
	if (status == 0)
		status = finish_batch(work, err);
	else
		(void)finish_batch(work, &(struct error){ 0 });
	if (status == 0 && work->broken) {
		*err = work->first;
		return -1;
	}
	return status < 0 ? -1 : sync_all(work, err);
}

static char *beside(const struct vault *vault)
{
	return str_format("%s.next", vault->key_file);
}

/* A credential of systemd is in a folder where nobody writes. */
static int check_place(const struct vault *vault, struct error *err)
{
	auto_free char *parent = str_dup(vault->key_file);
	char *slash = strrchr(parent, '/');

	if (slash)
		*slash = '\0';
	if (access(!slash ? "." : *parent ? parent : "/", W_OK) == 0)
		return 0;
	return error_set(
		err, ERROR_USAGE,
		"master key '%s' cannot be replaced here: name a file for the new "
		"one, --key-file FILE",
		vault->key_file);
}

/* A key that is made but not used yet, from a call that died, will do. */
static int begin(struct work *work, const char *new_key_file, struct error *err)
{
	auto_free char *next = new_key_file ? str_dup(new_key_file) : beside(work->vault);
	auto_close int hold = -1;
	bool made = false;

	memcpy(work->keys.old, work->keys.key, CRYPTO_KEY_LEN);
	if (!new_key_file && check_place(work->vault, err) < 0)
		return -1;
	if (vault_key_make(&made, next, err) < 0 ||
	    vault_key_read(work->keys.key, next, err) < 0)
		return -1;
	if (crypto_equal(work->keys.key, work->keys.old, CRYPTO_KEY_LEN))
		return error_set(err, ERROR_USAGE,
				 "'%s' holds the master key that is in use", next);
	work->keys.is_changing = true;
	if (vault_hold_alone(&hold, work->vault, err) < 0)
		return -1;
	return vault_keys_begin(work->vault, &work->keys, err);
}

static int has_key(bool *has, const struct work *work, const char *file,
		   struct error *err)
{
	uint8_t key[CRYPTO_KEY_LEN] = { 0 };
	int status = 0;

	*has = false;
	if (access(file, F_OK) < 0)
		return 0;
	status = vault_key_read(key, file, err);
	*has = status == 0 && crypto_equal(key, work->keys.key, sizeof key);
	crypto_wipe(key, sizeof key);
	return status;
}

static int sync_parent(const char *file, struct error *err)
{
	auto_free char *parent = str_dup(file);
	auto_close int fd = -1;
	char *slash = strrchr(parent, '/');

	if (slash)
		*slash = '\0';
	if (file_open_dir(&fd, AT_FDCWD, !slash ? "." : *parent ? parent : "/", err) < 0)
		return -1;
	return file_sync_dir(fd, file, err);
}

/* The new key to where readers look for it, unless it is there or somebody else has to put it. */
static int install(struct work *work, struct error *err)
{
	const char *file = work->vault->key_file;
	auto_free char *next = beside(work->vault);
	bool is_there = false;

	if (has_key(&work->rekey->is_installed, work, file, err) < 0)
		return -1;
	if (work->rekey->is_installed)
		return 0;
	if (has_key(&is_there, work, next, err) < 0)
		return -1;
	if (!is_there)
		return 0;
	if (rename(next, file) < 0)
		return error_errno(err, "replace master key '%s'", file);
	work->rekey->is_installed = true;
	return sync_parent(file, err);
}

static int end(struct work *work, struct error *err)
{
	auto_close int hold = -1;

	if (!work->rekey->is_installed)
		return 0;
	if (vault_hold_alone(&hold, work->vault, err) < 0)
		return -1;
	return vault_keys_end(work->vault, &work->keys, err);
}

static int take_turn(int *fd, const struct vault *vault, struct error *err)
{
	auto_close int turn =
		openat(vault->dir, ".rekey", O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (turn < 0)
		return error_errno(err, "open the vault's lock '.rekey'");
	if (flock(turn, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK)
		return error_set(err, ERROR_TEMPORARY,
				 "another process changes the master key");
	*fd = steal_fd(&turn);
	return 0;
}

int vault_rekey(struct vault_rekey *rekey, const struct vault *vault,
		const char *new_key_file, struct error *err)
{
	struct work *work = calloc(1, sizeof *work);
	auto_close int turn = -1;
	int status = -1;

	if (!work)
		return error_errno(err, "change the master key");
	*rekey = (struct vault_rekey){ 0, 0, false, false };
	work->vault = vault;
	work->rekey = rekey;
	status = take_turn(&turn, vault, err);
	if (status == 0)
		status = vault_keys_find(&work->keys, vault, err);
	if (status == 0) {
		rekey->is_resumed = work->keys.is_changing;
		status = rekey->is_resumed ? 0 : begin(work, new_key_file, err);
	}
	if (status == 0)
		status = reseal_all(work, err);
	if (status == 0)
		status = install(work, err);
	if (status == 0)
		status = end(work, err);
	vault_keys_wipe(&work->keys);
	free(work);
	return status;
}
