#include "lib/apikey.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/apikey_record.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/identity_key.h"
#include "lib/layout.h"
#include "lib/path.h"

#define BOOTSTRAP "bootstrap_token_created"
#define LOCK ".lock"
#define USED "used"
#define USED_STEP_MS 60000
#define BOUND_MAX 200

void apikey_free(struct apikey *key)
{
	free(key->name);
	free(key->name_space);
	free(key->bound);
	*key = (struct apikey)APIKEY_EMPTY;
}

int apikey_store_open(struct apikey_store *store, const struct layout *layout,
		      const struct vault *vault, struct error *err)
{
	auto_apikey_store struct apikey_store opened = APIKEY_STORE_NONE;
	auto_free char *dir = path_join(layout->state, "apikeys");
	auto_free char *used = path_join(dir, USED);

	if (identity_key(opened.hash_key, vault, "apikey hash 1", err) < 0 ||
	    identity_key(opened.seal_key, vault, "apikey record 1", err) < 0 ||
	    file_make_dirs(used, 0700, err) < 0 ||
	    file_open_dir(&opened.dir, AT_FDCWD, dir, err) < 0)
		return -1;
	*store = opened;
	opened = (struct apikey_store)APIKEY_STORE_NONE;
	return 0;
}

void apikey_store_close(struct apikey_store *store)
{
	cleanup_close(&store->dir);
	crypto_wipe(store, sizeof(*store));
	store->dir = -1;
}

static void hash(uint8_t digest[static CRYPTO_SHA256_LEN],
		 const struct apikey_store *store, struct str_view text)
{
	struct str_view key = { (const char *)store->hash_key, CRYPTO_KEY_LEN };

	crypto_hmac_sha256(digest, key, text.data, text.len);
}

static int save(const struct apikey_store *store, const struct apikey *key,
		struct error *err)
{
	auto_buf struct buf text = BUF_EMPTY;

	apikey_record_write(&text, key, store->seal_key);
	if (text.len > APIKEY_RECORD_MAX)
		return error_set(err, ERROR_USAGE, "too much to say about one API key");
	if (file_replace(store->dir, key->id, text.data, text.len, 0600, err) < 0)
		return error_wrap(err, "store API key %s", key->id);
	return 0;
}

static bool is_printable(const char *text, size_t limit)
{
	size_t len = strlen(text);

	return len == 0 ||
	       (len <= limit && principal_is_subject((struct str_view){ text, len }));
}

static int check_wish(const struct apikey_wish *wish, struct error *err)
{
	if (wish->roles == 0)
		return error_set(err, ERROR_USAGE, "an API key wants a role");
	if (wish->name && !is_printable(wish->name, APIKEY_NAME_MAX))
		return error_set(err, ERROR_USAGE,
				 "an API key's name has %d printable bytes at most",
				 APIKEY_NAME_MAX);
	if (wish->name_space && !principal_is_namespace(wish->name_space))
		return error_set(err, ERROR_USAGE, "'%.100s' is no name of a namespace",
				 wish->name_space);
	if (wish->bound && (!*wish->bound || !is_printable(wish->bound, BOUND_MAX)))
		return error_set(err, ERROR_USAGE, "'%.100s' is nothing to be bound to",
				 wish->bound);
	return 0;
}

int apikey_create(struct buf *text, struct apikey *key, const struct apikey_store *store,
		  const struct apikey_wish *wish, struct error *err)
{
	auto_ticket struct ticket ticket = TICKET_EMPTY;
	auto_apikey struct apikey made = APIKEY_EMPTY;
	auto_secret struct buf written = BUF_EMPTY;

	if (check_wish(wish, err) < 0)
		return -1;
	do {
		ticket_make(&ticket, wish->now_ms / 1000);
	} while (faccessat(store->dir, ticket.id, F_OK, 0) == 0);
	ticket_write(&written, APIKEY_KIND, &ticket);
	memcpy(made.id, ticket.id, sizeof(made.id));
	made.name = str_dup(wish->name ? wish->name : "");
	made.name_space = str_dup(wish->name_space);
	made.bound = str_dup(wish->bound);
	made.roles = wish->roles;
	made.created_ms = wish->now_ms;
	made.expires_ms = wish->expires_ms;
	hash(made.hash, store, (struct str_view){ written.data, written.len });
	if (save(store, &made, err) < 0)
		return -1;
	buf_add(text, written.data, written.len);
	apikey_free(key);
	*key = made;
	made = (struct apikey)APIKEY_EMPTY;
	return 0;
}

int apikey_bootstrap(struct buf *text, struct apikey *key,
		     const struct apikey_store *store, const struct apikey_wish *wish,
		     struct error *err)
{
	auto_close int lock = -1;
	auto_buf struct buf flag = BUF_EMPTY;
	bool found = false;

	if (file_lock(&lock, store->dir, LOCK, err) < 0 ||
	    file_read_if(&flag, &found, store->dir, BOOTSTRAP, APIKEY_RECORD_MAX, err) <
		    0)
		return -1;
	if (found)
		return error_set(err, ERROR_ABSENT,
				 "the bootstrap key was given out already (%.*s): "
				 "tokenmint apikey create makes others",
				 (int)strcspn(buf_str(&flag), "\n"), buf_str(&flag));
	if (apikey_create(text, key, store, wish, err) < 0)
		return -1;
	buf_add_format(&flag, "%s\n", key->id);
	return file_replace(store->dir, BOOTSTRAP, flag.data, flag.len, 0600, err);
}

static int64_t used_at(const struct apikey_store *store, const char *id)
{
	auto_free char *path = path_join(USED, id);
	struct stat status = { 0 };

	if (fstatat(store->dir, path, &status, AT_SYMLINK_NOFOLLOW) < 0)
		return 0;
	return (int64_t)status.st_mtim.tv_sec * 1000 + status.st_mtim.tv_nsec / 1000000;
}

/* Whoever may verify and not write, cannot note it; that harms nobody. */
static void note_use(const struct apikey_store *store, struct apikey *key, int64_t now_ms)
{
	auto_free char *path = path_join(USED, key->id);
	const struct timespec time = { now_ms / 1000, now_ms % 1000 * 1000000 };
	const struct timespec times[2] = { time, time };
	auto_close int fd = -1;

	if (key->used_ms && now_ms - key->used_ms < USED_STEP_MS &&
	    key->used_ms <= now_ms)
		return;
	fd = openat(store->dir, path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd >= 0 && futimens(fd, times) == 0)
		key->used_ms = now_ms;
}

int apikey_load(struct apikey *key, const struct apikey_store *store, const char *id,
		struct error *err)
{
	auto_buf struct buf text = BUF_EMPTY;
	bool found = false;

	if (!ticket_is_id(id))
		return error_set(err, ERROR_ABSENT,
				 "'%.80s' is no id of an API key: tokenmint apikey list "
				 "shows them",
				 id);
	if (file_read_if(&text, &found, store->dir, id, APIKEY_RECORD_MAX, err) < 0)
		return error_wrap(err, "read API key %s", id);
	if (!found)
		return error_set(err, ERROR_ABSENT, "no API key %s", id);
	if (apikey_record_read(key, (struct str_view){ text.data, text.len },
			       store->seal_key, err) < 0)
		return error_wrap(err, "API key %s", id);
	if (!str_equal(key->id, id))
		return error_set(err, ERROR_DENIED, "API key %s: its file is another's",
				 id);
	key->used_ms = used_at(store, id);
	return 0;
}

const char *apikey_problem(const struct apikey *key, int64_t now_ms)
{
	if (key->revoked_ms)
		return "has been revoked";
	if (key->expires_ms && key->expires_ms <= now_ms)
		return "has expired";
	return NULL;
}

static int check_key(const struct apikey *key, const struct apikey_store *store,
		     struct str_view text, int64_t now_ms, struct error *err)
{
	uint8_t digest[CRYPTO_SHA256_LEN] = { 0 };
	const char *problem = apikey_problem(key, now_ms);

	hash(digest, store, text);
	if (!crypto_equal(digest, key->hash, sizeof(digest)))
		return error_set(err, ERROR_ABSENT, "API key %s has another secret",
				 key->id);
	if (problem)
		return error_set(err, ERROR_ABSENT, "API key %s %s", key->id, problem);
	return 0;
}

int apikey_verify(struct apikey *key, const struct apikey_store *store,
		  struct str_view text, int64_t now_ms, struct error *err)
{
	auto_ticket struct ticket ticket = TICKET_EMPTY;
	auto_apikey struct apikey read = APIKEY_EMPTY;

	if (ticket_read(&ticket, APIKEY_KIND, text, err) < 0) {
		(void)error_wrap(err, "no API key");
		err->kind = ERROR_ABSENT;
		return -1;
	}
	if (apikey_load(&read, store, ticket.id, err) < 0 ||
	    check_key(&read, store, text, now_ms, err) < 0)
		return -1;
	note_use(store, &read, now_ms);
	apikey_free(key);
	*key = read;
	read = (struct apikey)APIKEY_EMPTY;
	return 0;
}

static int is_key(const struct dirent *entry)
{
	return ticket_is_id(entry->d_name);
}

int apikey_ids(struct buf *ids, const struct apikey_store *store, struct error *err)
{
	struct dirent **entries = NULL;
	int count = scandirat(store->dir, ".", &entries, is_key, alphasort);

	if (count < 0)
		return error_errno(err, "read the API keys");
	for (int i = 0; i < count; i++) {
		buf_add_format(ids, "%s\n", entries[i]->d_name);
		free(entries[i]);
	}
	free((void *)entries);
	return 0;
}

int apikey_revoke(const struct apikey_store *store, const char *id, int64_t now_ms,
		  struct error *err)
{
	auto_apikey struct apikey key = APIKEY_EMPTY;
	auto_close int lock = -1;

	if (file_lock(&lock, store->dir, LOCK, err) < 0 ||
	    apikey_load(&key, store, id, err) < 0)
		return -1;
	if (key.revoked_ms)
		return 0;
	key.revoked_ms = now_ms;
	return save(store, &key, err);
}

static int remove_key(const struct apikey_store *store, const char *id, struct error *err)
{
	auto_free char *used = path_join(USED, id);

	if (unlinkat(store->dir, id, 0) < 0 && errno != ENOENT)
		return error_errno(err, "remove API key %s", id);
	(void)unlinkat(store->dir, used, 0); /* most were never used */
	return 0;
}

/* One that cannot be read is nobody's, and stays for a person to look at. */
static bool is_to_go(const struct apikey_store *store, const char *id, const char *bound,
		     int64_t before_ms)
{
	auto_apikey struct apikey key = APIKEY_EMPTY;
	struct error ignored = { 0 };

	if (apikey_load(&key, store, id, &ignored) < 0)
		return false;
	if (bound)
		return str_equal(key.bound, bound);
	return (key.revoked_ms && key.revoked_ms < before_ms) ||
	       (key.expires_ms && key.expires_ms < before_ms);
}

static int sweep(size_t *count, const struct apikey_store *store, const char *bound,
		 int64_t before_ms, struct error *err)
{
	auto_buf struct buf ids = BUF_EMPTY;
	const char *rest = NULL;
	size_t removed = 0;

	if (apikey_ids(&ids, store, err) < 0)
		return -1;
	for (rest = buf_str(&ids); rest;) {
		struct str_view line = str_split(&rest, '\n');
		char id[TICKET_ID_LEN + 1] = "";

		if (line.len != TICKET_ID_LEN)
			continue;
		memcpy(id, line.data, line.len);
		if (!is_to_go(store, id, bound, before_ms))
			continue;
		if (remove_key(store, id, err) < 0)
			return -1;
		removed++;
	}
	*count = removed;
	return removed ? file_sync_dir(store->dir, "apikeys", err) : 0;
}

int apikey_remove_bound(size_t *count, const struct apikey_store *store,
			const char *bound, struct error *err)
{
	return sweep(count, store, bound, 0, err);
}

int apikey_prune(size_t *count, const struct apikey_store *store, int64_t before_ms,
		 struct error *err)
{
	return sweep(count, store, NULL, before_ms, err);
}

void apikey_principal(struct principal *principal, const struct apikey *key)
{
	principal_free(principal);
	principal->subject = str_format("apikey:%s", key->id);
	principal->name_space = str_dup(key->name_space);
	principal->roles = key->roles;
}
