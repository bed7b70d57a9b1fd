#include "lib/vault_keys.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/str.h"
#include "lib/vault.h"
#include "lib/vault_key.h"

/*
 * The file: magic, id of the key in use, and while that changes the id of the next and two wraps,
 * the next sealed with the one in use and the other way round.
 */
#define NAME ".keys"
#define MAGIC "HTKEYS1\n"
#define WRAP_LEN (CRYPTO_NONCE_LEN + CRYPTO_KEY_LEN + CRYPTO_TAG_LEN)

struct record {
	char magic[8];
	uint8_t id[VAULT_KEY_ID_LEN];
	uint8_t next[VAULT_KEY_ID_LEN];
	uint8_t forward[WRAP_LEN];
	uint8_t backward[WRAP_LEN];
};

#define STEADY_LEN (8 + VAULT_KEY_ID_LEN)
_Static_assert(sizeof(struct record) == STEADY_LEN + VAULT_KEY_ID_LEN + 2 * WRAP_LEN,
	       "bytes and nothing between them");

static void make_id(uint8_t id[static VAULT_KEY_ID_LEN], const uint8_t *key)
{
	static const char label[] = "hookvault key";
	uint8_t digest[CRYPTO_SHA256_LEN] = { 0 };

	crypto_hmac_sha256(digest, (struct str_view){ (const char *)key, CRYPTO_KEY_LEN },
			   label, sizeof label - 1);
	memcpy(id, digest, VAULT_KEY_ID_LEN);
}

static bool has_id(const uint8_t *key, const uint8_t *id)
{
	uint8_t own[VAULT_KEY_ID_LEN] = { 0 };

	make_id(own, key);
	return crypto_equal(own, id, sizeof own);
}

/* The ids tell which key is in which wrap. */
static struct crypto_gcm wrapping(const uint8_t *key, const uint8_t *wrap,
				  const struct record *record)
{
	const char *ids = (const char *)record + sizeof record->magic;

	return (struct crypto_gcm){ key,
				    wrap,
				    { ids, sizeof record->id + sizeof record->next } };
}

static void wrap_key(uint8_t *wrap, const struct record *record, const uint8_t *with,
		     const uint8_t *key)
{
	auto_buf struct buf sealed = BUF_EMPTY;
	struct crypto_gcm gcm = wrapping(with, wrap, record);

	crypto_random(wrap, CRYPTO_NONCE_LEN);
	crypto_gcm_seal(&sealed, &gcm, key, CRYPTO_KEY_LEN);
	memcpy(wrap + CRYPTO_NONCE_LEN, sealed.data, sealed.len);
}

static int unwrap_key(uint8_t *key, const struct record *record, const uint8_t *wrap,
		      const uint8_t *with, struct error *err)
{
	auto_secret struct buf open = BUF_EMPTY;
	struct crypto_gcm gcm = wrapping(with, wrap, record);

	if (crypto_gcm_open(&open, &gcm, wrap + CRYPTO_NONCE_LEN,
			    WRAP_LEN - CRYPTO_NONCE_LEN, err) < 0)
		return error_wrap(err, "open the vault's file '%s'", NAME);
	memcpy(key, open.data, CRYPTO_KEY_LEN);
	return 0;
}

static int read_record(struct record *record, size_t *len, const struct vault *vault,
		       struct error *err)
{
	auto_buf struct buf bytes = BUF_EMPTY;
	bool found = false;

	*len = 0;
	if (file_read_if(&bytes, &found, vault->dir, NAME, sizeof *record, err) < 0)
		return error_wrap(err, "the vault's keys");
	if (!found)
		return 0;
	if ((bytes.len != STEADY_LEN && bytes.len != sizeof *record) ||
	    memcmp(bytes.data, MAGIC, 8) != 0)
		return error_set(err, ERROR_DENIED, "the vault's file '%s' is broken",
				 NAME);
	memcpy(record, bytes.data, bytes.len);
	*len = bytes.len;
	return 0;
}

static int take_both(struct vault_keys *keys, const struct record *record,
		     const uint8_t *own, struct error *err)
{
	bool is_new = has_id(own, record->next);

	keys->is_changing = true;
	memcpy(is_new ? keys->key : keys->old, own, CRYPTO_KEY_LEN);
	return is_new ? unwrap_key(keys->old, record, record->backward, own, err)
		      : unwrap_key(keys->key, record, record->forward, own, err);
}

/* *fits is false when own is no key of this vault. */
static int find_by(struct vault_keys *keys, bool *fits, const struct vault *vault,
		   const uint8_t *own, struct error *err)
{
	struct record record = { .magic = "" };
	size_t len = 0;

	if (read_record(&record, &len, vault, err) < 0)
		return -1;
	*fits = true;
	if (len == sizeof record && (has_id(own, record.id) || has_id(own, record.next)))
		return take_both(keys, &record, own, err);
	*fits = len == 0 || has_id(own, record.id);
	keys->is_changing = false;
	memcpy(keys->key, own, CRYPTO_KEY_LEN);
	return 0;
}

int vault_keys_find(struct vault_keys *keys, const struct vault *vault, struct error *err)
{
	uint8_t fresh[CRYPTO_KEY_LEN] = { 0 };
	bool fits = false;
	int status = find_by(keys, &fits, vault, vault->key, err);

	if (status < 0 || fits)
		return status;
	if (vault->key_file) {
		status = vault_key_read(fresh, vault->key_file, err);
		if (status == 0)
			status = find_by(keys, &fits, vault, fresh, err);
		crypto_wipe(fresh, sizeof fresh);
	}
	if (status == 0 && !fits)
		return error_set(err, ERROR_DENIED,
				 "master key '%s' is not the one that this vault is "
				 "sealed with",
				 vault->key_file ? vault->key_file : "given");
	return status;
}

void vault_keys_wipe(struct vault_keys *keys)
{
	crypto_wipe(keys, sizeof *keys);
}

static int write_record(const struct vault *vault, const struct record *record,
			size_t len, struct error *err)
{
	if (file_replace(vault->dir, NAME, record, len, 0600, err) < 0)
		return error_wrap(err, "the vault's keys");
	return 0;
}

int vault_keys_begin(const struct vault *vault, const struct vault_keys *keys,
		     struct error *err)
{
	struct record record = { .magic = "" };

	memcpy(record.magic, MAGIC, sizeof record.magic);
	make_id(record.id, keys->old);
	make_id(record.next, keys->key);
	wrap_key(record.forward, &record, keys->old, keys->key);
	wrap_key(record.backward, &record, keys->key, keys->old);
	return write_record(vault, &record, sizeof record, err);
}

int vault_keys_end(const struct vault *vault, const struct vault_keys *keys,
		   struct error *err)
{
	struct record record = { .magic = "" };

	memcpy(record.magic, MAGIC, sizeof record.magic);
	make_id(record.id, keys->key);
	return write_record(vault, &record, STEADY_LEN, err);
}

static int lock(int *fd, const struct vault *vault, const char *name, int how,
		struct error *err)
{
	auto_close int opened =
		openat(vault->dir, name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (opened < 0)
		return error_errno(err, "open the vault's lock '%s'", name);
	while (flock(opened, how) < 0)
		if (errno != EINTR)
			return error_errno(err, "lock the vault's '%s'", name);
	*fd = steal_fd(&opened);
	return 0;
}

/* Whoever wants the vault goes through the gate; who wants it alone keeps the gate shut while the
 * others finish, so that those who come later do not keep him out. */
static int hold(int *fd, const struct vault *vault, int how, struct error *err)
{
	auto_close int gate = -1;

	if (lock(&gate, vault, ".gate", how, err) < 0)
		return -1;
	return lock(fd, vault, ".writers", how, err);
}

int vault_hold(int *fd, const struct vault *vault, struct error *err)
{
	return hold(fd, vault, LOCK_SH, err);
}

int vault_hold_alone(int *fd, const struct vault *vault, struct error *err)
{
	return hold(fd, vault, LOCK_EX, err);
}
