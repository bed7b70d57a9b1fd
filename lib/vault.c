#include "lib/vault.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/layout.h"
#include "lib/path.h"
#include "lib/vault_file.h"
#include "lib/vault_key.h"
#include "lib/vault_keys.h"
#include "lib/vault_store.h"

#define FILE_MAX (VAULT_SECRET_MAX + VAULT_FILE_HEAD + CRYPTO_TAG_LEN)

/* The vault may change its key between two looks of ours, and again. */
#define LOOKS 5

int vault_open(struct vault *vault, const char *dir, const char *key_file,
	       struct error *err)
{
	auto_vault struct vault opened = VAULT_NONE;

	if (vault_key_read(opened.key, key_file, err) < 0)
		return -1;
	if (file_make_dirs(dir, 0700, err) < 0)
		return -1;
	if (file_open_dir(&opened.dir, AT_FDCWD, dir, err) < 0)
		return -1;
	opened.key_file = str_dup(key_file);
	*vault = opened;
	opened = (struct vault)VAULT_NONE;
	return 0;
}

int vault_open_layout(struct vault *vault, const struct layout *layout, struct error *err)
{
	auto_free char *dir = path_join(layout->state, "vault");
	auto_free char *key_file = layout_key_file(layout);
	auto_vault struct vault opened = VAULT_NONE;
	auto_vault_stores struct vault_stores stores = VAULT_STORES_NONE;

	if (vault_open(&opened, dir, key_file, err) < 0 ||
	    vault_stores_read(&stores, layout, err) < 0)
		return -1;
	if (stores.count) {
		opened.stores = malloc(sizeof stores);
		if (!opened.stores)
			return error_errno(err, "open the vault");
		*opened.stores = stores;
		stores = (struct vault_stores)VAULT_STORES_NONE;
	}
	*vault = opened;
	opened = (struct vault)VAULT_NONE;
	return 0;
}

void vault_close(struct vault *vault)
{
	if (vault->dir >= 0)
		(void)close(vault->dir); /* a folder: nothing is written by it */
	crypto_wipe(vault->key, sizeof vault->key);
	free(vault->key_file);
	if (vault->stores)
		vault_stores_free(vault->stores);
	free(vault->stores);
	*vault = (struct vault)VAULT_NONE;
}

/* The folders above a name; a new one is made to last. */
static int make_folders(const struct vault *vault, const char *name, struct error *err)
{
	for (const char *slash = strchr(name, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		auto_free char *folder = str_format("%.*s", (int)(slash - name), name);

		if (mkdirat(vault->dir, folder, 0700) == 0) {
			if (file_sync_dir(vault->dir, folder, err) < 0)
				return -1;
		} else if (errno != EEXIST) {
			return error_errno(err, "make vault folder '%s'", folder);
		}
	}
	return 0;
}

static const struct vault_store *store_of(const struct vault *vault, const char *name)
{
	return vault->stores ? vault_stores_find(vault->stores, name) : NULL;
}

/* Sealed and in place, while nobody changes the key. */
static int put_here(const struct vault *vault, const struct vault_seal *what,
		    struct str_view bytes, struct error *err)
{
	auto_buf struct buf file = BUF_EMPTY;
	auto_vault_keys struct vault_keys keys = VAULT_KEYS_NONE;
	auto_close int hold = -1;
	struct vault_seal seal = *what;

	if (vault_hold(&hold, vault, err) < 0 || vault_keys_find(&keys, vault, err) < 0)
		return -1;
	seal.key = keys.key;
	vault_file_seal(&file, &seal, bytes);
	if (make_folders(vault, seal.name, err) < 0 ||
	    file_replace(vault->dir, seal.name, file.data, file.len, 0600, err) < 0)
		return -1;
	return 0;
}

/* What goes to a store, without a copy of the bytes. */
static int put_there(const struct vault_store *store, const struct vault_seal *what,
		     struct str_view bytes, struct error *err)
{
	struct vault_secret secret = VAULT_SECRET_EMPTY;

	secret.bytes.data = (char *)(uintptr_t)bytes.data;
	secret.bytes.len = bytes.len;
	secret.expires_ms = what->expires_ms;
	secret.stored_ms = what->stored_ms;
	return vault_store_put(store, what->name, &secret, err);
}

int vault_put(const struct vault *vault, const char *name, struct str_view bytes,
	      int64_t expires_ms, struct error *err)
{
	const struct vault_seal what = { NULL, name, expires_ms, date_now_ms() };
	const struct vault_store *store = NULL;

	if (vault_name_check(name, err) < 0)
		return -1;
	if (bytes.len > VAULT_SECRET_MAX)
		return error_set(err, ERROR_DATA, "secret '%s' is longer than %zu bytes",
				 name, VAULT_SECRET_MAX);
	store = store_of(vault, name);
	if (store)
		return put_there(store, &what, bytes, err);
	if (put_here(vault, &what, bytes, err) < 0)
		return error_wrap(err, "store secret '%s'", name);
	return 0;
}

static int read_file(struct buf *file, bool *found, const struct vault *vault,
		     const char *name, struct error *err)
{
	buf_clear(file);
	if (file_read_if(file, found, vault->dir, name, FILE_MAX, err) < 0)
		return error_wrap(err, "read secret '%s'", name);
	return 0;
}

/* With what the vault says now are its keys. */
static int open_anew(struct vault_secret *secret, const struct vault *vault,
		     const char *name, struct error *err)
{
	auto_vault_keys struct vault_keys keys = VAULT_KEYS_NONE;
	auto_buf struct buf file = BUF_EMPTY;
	struct vault_seal seal = { keys.key, name, 0, 0 };
	bool found = false;

	if (vault_keys_find(&keys, vault, err) < 0 ||
	    read_file(&file, &found, vault, name, err) < 0)
		return -1;
	if (!found || vault_file_open(secret, &seal, &file, err) == 0)
		return 0;
	seal.key = keys.old;
	return keys.is_changing ? vault_file_open(secret, &seal, &file, err) : -1;
}

static int get_here(struct vault_secret *secret, const struct vault *vault,
		    const char *name, struct error *err)
{
	auto_buf struct buf file = BUF_EMPTY;
	const struct vault_seal seal = { vault->key, name, 0, 0 };
	bool found = false;

	if (read_file(&file, &found, vault, name, err) < 0)
		return -1;
	if (!found || vault_file_open(secret, &seal, &file, err) == 0)
		return 0;
	for (int look = 0; vault->key_file && look < LOOKS; look++)
		if (open_anew(secret, vault, name, err) == 0)
			return 0;
	return -1;
}

int vault_get(struct vault_secret *secret, const struct vault *vault, const char *name,
	      struct error *err)
{
	auto_vault_secret struct vault_secret read = VAULT_SECRET_EMPTY;
	const struct vault_store *store = NULL;

	if (vault_name_check(name, err) < 0)
		return -1;
	store = store_of(vault, name);
	if (store ? vault_store_get(&read, store, name, err) < 0
		  : get_here(&read, vault, name, err) < 0)
		return -1;
	vault_secret_wipe(secret);
	*secret = read;
	read = (struct vault_secret)VAULT_SECRET_EMPTY;
	return 0;
}

void vault_secret_wipe(struct vault_secret *secret)
{
	buf_wipe(&secret->bytes);
	*secret = (struct vault_secret)VAULT_SECRET_EMPTY;
}

static int delete_here(bool *found, const struct vault *vault, const char *name,
		       struct error *err)
{
	auto_close int hold = -1;
	auto_close int folder = -1;
	auto_free char *parent = str_dup(name);

	if (vault_hold(&hold, vault, err) < 0)
		return -1;
	if (unlinkat(vault->dir, name, 0) < 0) {
		if (errno != ENOENT)
			return error_errno(err, "delete secret '%s'", name);
		*found = false;
		return 0;
	}
	*strrchr(parent, '/') = '\0';
	if (file_open_dir(&folder, vault->dir, parent, err) < 0 ||
	    file_sync_dir(folder, name, err) < 0)
		return -1;
	*found = true;
	return 0;
}

int vault_delete(bool *found, const struct vault *vault, const char *name,
		 struct error *err)
{
	const struct vault_store *store = NULL;

	if (vault_name_check(name, err) < 0)
		return -1;
	store = store_of(vault, name);
	return store ? vault_store_delete(found, store, name, err)
		     : delete_here(found, vault, name, err);
}

int vault_lock(int *fd, const struct vault *vault, const char *name, struct error *err)
{
	auto_free char *path = NULL;
	const char *slash = strrchr(name, '/');

	if (vault_name_check(name, err) < 0 || make_folders(vault, name, err) < 0)
		return -1;
	path = str_format("%.*s/.%s.lock", (int)(slash - name), name, slash + 1);
	return file_lock(fd, vault->dir, path, err);
}

/* Where vault_list is. */
struct listing {
	struct buf *names;
	const struct vault *vault;
	const char *prefix;
};

static int pick_part(const struct dirent *entry)
{
	return vault_is_part((struct str_view){ entry->d_name, strlen(entry->d_name) });
}

static void add_name(const struct listing *listing, const char *name)
{
	if (str_starts(name, listing->prefix) && !store_of(listing->vault, name))
		buf_add_format(listing->names, "%s\n", name);
}

static int list_folder(const struct listing *listing, const char *folder, int deep,
		       struct error *err)
{
	struct dirent **entries = NULL;
	int count = scandirat(listing->vault->dir, folder, &entries, pick_part, NULL);
	int status = 0;

	if (count < 0)
		return errno == ENOENT
			       ? 0
			       : error_errno(err, "read vault folder '%s'", folder);
	for (int i = 0; i < count; i++) {
		auto_free char *path = str_format("%s/%s", folder, entries[i]->d_name);

		free(entries[i]);
		if (deep > 1 && status == 0)
			status = list_folder(listing, path, deep - 1, err);
		else if (status == 0)
			add_name(listing, path);
	}
	free((void *)entries);
	return status;
}

static int compare_lines(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* By their bytes, as whoever goes on behind a name has to compare. */
static void sort_lines(struct buf *out, const struct buf *lines)
{
	auto_free char *text = str_dup(buf_str(lines));
	auto_buf struct buf starts = BUF_EMPTY;
	char *next = text;
	size_t count = 0;
	char **line = NULL;

	for (char *start = strsep(&next, "\n"); start; start = strsep(&next, "\n")) {
		buf_add(&starts, &start, sizeof start);
		count += *start != '\0';
		if (!*start)
			buf_cut(&starts, starts.len - sizeof start);
	}
	line = (char **)(void *)starts.data;
	if (count)
		qsort(line, count, sizeof *line, compare_lines);
	for (size_t i = 0; i < count; i++)
		if (i == 0 || strcmp(line[i], line[i - 1]) != 0)
			buf_add_format(out, "%s\n", line[i]);
}

int vault_list(struct buf *names, const struct vault *vault, const char *prefix,
	       struct error *err)
{
	auto_buf struct buf found = BUF_EMPTY;
	const struct listing listing = { &found, vault, prefix };
	const char *scope = NULL;
	int deep = 0;

	for (unsigned i = 0; (scope = vault_scope(&deep, i)); i++)
		if (list_folder(&listing, scope, deep, err) < 0)
			return -1;
	for (size_t i = 0; vault->stores && i < vault->stores->count; i++)
		if (vault_store_list(&found, &vault->stores->items[i], prefix, err) < 0)
			return -1;
	sort_lines(names, &found);
	return 0;
}
