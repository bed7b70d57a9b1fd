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
#include "lib/vault_key.h"

/* The head of a sealed file, hookvault(5): magic, expiry, time of writing, nonce. */
#define MAGIC "HTVAULT1"
#define EXPIRES_AT 8
#define STORED_AT 16
#define NONCE_AT 24
#define HEAD_LEN 36

#define PART_LEN_MAX 200 /* leaves room for the names of locks and temporary files */
#define PARTS_MAX 3
#define NAME_LEN_MAX ((size_t)PARTS_MAX * (PART_LEN_MAX + 1))

static const struct scope {
	const char *name;
	int parts; /* of the whole name, the scope counted */
} scopes[] = {
	{ "app", 2 },	   { "global", 2 },	{ "identity", 2 }, { "installation", 2 },
	{ "pipeline", 3 }, { "repository", 2 }, { "user", 2 },
};

static bool is_part(struct str_view part)
{
	char name[PART_LEN_MAX + 1] = "";

	if (part.len > PART_LEN_MAX)
		return false;
	memcpy(name, part.data, part.len);
	/* file_replace makes its temporary files beside the secrets. */
	return path_is_safe_name(name) && !str_ends(name, ".tmp");
}

static int scope_parts(struct str_view part)
{
	for (size_t i = 0; i < sizeof scopes / sizeof scopes[0]; i++)
		if (str_view_equal(part, scopes[i].name))
			return scopes[i].parts;
	return 0;
}

bool vault_is_name(const char *name)
{
	const char *rest = name;
	int parts = 0;
	int want = 0;

	if (strlen(name) > NAME_LEN_MAX)
		return false;
	while (rest) {
		struct str_view part = str_split(&rest, '/');

		if (!is_part(part))
			return false;
		if (parts++ == 0)
			want = scope_parts(part);
	}
	return parts == want;
}

static int check_name(const char *name, struct error *err)
{
	if (vault_is_name(name))
		return 0;
	return error_set(
		err, ERROR_USAGE,
		"'%.200s' is no name of a secret: want global/NAME, repository/NAME, "
		"installation/ID, app/NAME, user/NAME or pipeline/PIPELINE/NAME",
		name);
}

static void put_i64(uint8_t *at, int64_t number)
{
	for (int i = 0; i < 8; i++)
		at[i] = (uint8_t)((uint64_t)number >> (56 - 8 * i));
}

static int64_t get_i64(const uint8_t *at)
{
	uint64_t number = 0;

	for (int i = 0; i < 8; i++)
		number = number << 8 | at[i];
	return (int64_t)number;
}

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
	*vault = opened;
	opened = (struct vault)VAULT_NONE;
	return 0;
}

int vault_open_layout(struct vault *vault, const struct layout *layout, struct error *err)
{
	auto_free char *dir = path_join(layout->state, "vault");
	auto_free char *key_file = layout_key_file(layout);

	return vault_open(vault, dir, key_file, err);
}

void vault_close(struct vault *vault)
{
	if (vault->dir >= 0)
		(void)close(vault->dir); /* a folder: nothing is written by it */
	crypto_wipe(vault->key, sizeof vault->key);
	vault->dir = -1;
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

/* What is authenticated and not hidden: the file's head, then the name. */
static void write_aad(struct buf *aad, const void *head, const char *name)
{
	buf_add(aad, head, HEAD_LEN);
	buf_add_str(aad, name);
}

static void seal(struct buf *file, const struct vault *vault, const char *name,
		 struct str_view bytes)
{
	auto_buf struct buf aad = BUF_EMPTY;
	struct crypto_gcm gcm = { vault->key,
				  (const uint8_t *)file->data + NONCE_AT,
				  { 0 } };

	write_aad(&aad, file->data, name);
	gcm.aad = (struct str_view){ aad.data, aad.len };
	(void)buf_room(file,
		       bytes.len +
			       CRYPTO_TAG_LEN); /* so that the nonce stays where it is */
	gcm.nonce = (const uint8_t *)file->data + NONCE_AT;
	crypto_gcm_seal(file, &gcm, bytes.data, bytes.len);
}

int vault_put(const struct vault *vault, const char *name, struct str_view bytes,
	      int64_t expires_ms, struct error *err)
{
	uint8_t head[HEAD_LEN] = MAGIC;
	auto_buf struct buf file = BUF_EMPTY;

	if (check_name(name, err) < 0)
		return -1;
	if (bytes.len > VAULT_SECRET_MAX)
		return error_set(err, ERROR_DATA, "secret '%s' is longer than %zu bytes",
				 name, VAULT_SECRET_MAX);
	put_i64(head + EXPIRES_AT, expires_ms);
	put_i64(head + STORED_AT, date_now_ms());
	crypto_random(head + NONCE_AT, CRYPTO_NONCE_LEN);
	buf_add(&file, head, sizeof head);
	seal(&file, vault, name, bytes);
	if (make_folders(vault, name, err) < 0)
		return -1;
	if (file_replace(vault->dir, name, file.data, file.len, 0600, err) < 0)
		return error_wrap(err, "store secret '%s'", name);
	return 0;
}

static int unseal(struct vault_secret *secret, const struct vault *vault,
		  const char *name, const struct buf *file, struct error *err)
{
	auto_buf struct buf aad = BUF_EMPTY;
	const uint8_t *head = (const uint8_t *)file->data;
	struct crypto_gcm gcm = { vault->key, head + NONCE_AT, { 0 } };

	if (file->len < HEAD_LEN + CRYPTO_TAG_LEN || memcmp(head, MAGIC, 8) != 0)
		return error_set(err, ERROR_DENIED, "secret '%s' is not a sealed file",
				 name);
	write_aad(&aad, head, name);
	gcm.aad = (struct str_view){ aad.data, aad.len };
	if (crypto_gcm_open(&secret->bytes, &gcm, head + HEAD_LEN, file->len - HEAD_LEN,
			    err) < 0)
		return error_wrap(err, "open secret '%s'", name);
	secret->found = true;
	secret->expires_ms = get_i64(head + EXPIRES_AT);
	secret->stored_ms = get_i64(head + STORED_AT);
	return 0;
}

int vault_get(struct vault_secret *secret, const struct vault *vault, const char *name,
	      struct error *err)
{
	auto_buf struct buf file = BUF_EMPTY;
	auto_vault_secret struct vault_secret read = VAULT_SECRET_EMPTY;
	bool found = false;

	if (check_name(name, err) < 0)
		return -1;
	if (file_read_if(&file, &found, vault->dir, name,
			 VAULT_SECRET_MAX + HEAD_LEN + CRYPTO_TAG_LEN, err) < 0)
		return error_wrap(err, "read secret '%s'", name);
	if (found && unseal(&read, vault, name, &file, err) < 0)
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

int vault_delete(bool *found, const struct vault *vault, const char *name,
		 struct error *err)
{
	auto_close int folder = -1;
	auto_free char *parent = str_dup(name);

	if (check_name(name, err) < 0)
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

int vault_lock(int *fd, const struct vault *vault, const char *name, struct error *err)
{
	auto_free char *path = NULL;
	const char *slash = strrchr(name, '/');

	if (check_name(name, err) < 0 || make_folders(vault, name, err) < 0)
		return -1;
	path = str_format("%.*s/.%s.lock", (int)(slash - name), name, slash + 1);
	return file_lock(fd, vault->dir, path, err);
}

/* Where vault_list is. */
struct listing {
	struct buf *names;
	int dir;
	const char *prefix;
};

static int pick_part(const struct dirent *entry)
{
	return is_part((struct str_view){ entry->d_name, strlen(entry->d_name) });
}

static int list_folder(const struct listing *listing, const char *folder, int parts,
		       struct error *err)
{
	struct dirent **entries = NULL;
	int count = scandirat(listing->dir, folder, &entries, pick_part, alphasort);
	int status = 0;

	if (count < 0)
		return errno == ENOENT
			       ? 0
			       : error_errno(err, "read vault folder '%s'", folder);
	for (int i = 0; i < count; i++) {
		auto_free char *path = str_format("%s/%s", folder, entries[i]->d_name);

		free(entries[i]);
		if (parts > 1 && status == 0)
			status = list_folder(listing, path, parts - 1, err);
		else if (status == 0 && str_starts(path, listing->prefix))
			buf_add_format(listing->names, "%s\n", path);
	}
	free((void *)entries);
	return status;
}

int vault_list(struct buf *names, const struct vault *vault, const char *prefix,
	       struct error *err)
{
	auto_buf struct buf found = BUF_EMPTY;
	const struct listing listing = { &found, vault->dir, prefix };

	for (size_t i = 0; i < sizeof scopes / sizeof scopes[0]; i++)
		if (list_folder(&listing, scopes[i].name, scopes[i].parts - 1, err) < 0)
			return -1;
	buf_add(names, buf_str(&found), found.len);
	return 0;
}
