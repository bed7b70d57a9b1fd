#ifndef LIB_VAULT_H
#define LIB_VAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/buf.h"
#include "lib/crypto.h"
#include "lib/str.h"
#include "lib/vault_name.h"

struct error;
struct layout;
struct vault_stores;

/*
 * One sealed file per secret under <state>/vault/: AES-256-GCM with the NAME, the expiry
 * and the time of writing authenticated, replaced by rename so that a reader never sees it
 * missing.  Where the setting HOOKTOOLS_VAULT_STORES says so, a program keeps them instead, see
 * lib/vault_store.h.  The master key may change at any time, see lib/vault_rekey.h: an open vault
 * stays of use.  Names are "<scope>/<name>" (hookvault(5) lists the scopes); anything else is
 * ERROR_USAGE, so no name leaves the folder.
 */
#define VAULT_SECRET_MAX ((size_t)16 << 20)

struct vault {
	int dir;		     /* -1 when closed */
	uint8_t key[CRYPTO_KEY_LEN]; /* as the key file had it at the opening */
	char *key_file;		     /* NULL: there is no other key than this */
	struct vault_stores *stores; /* NULL: all secrets are here */
};

#define VAULT_NONE                                                                       \
	{                                                                                \
		-1, { 0 }, NULL, NULL                                                    \
	}
#define auto_vault __attribute__((cleanup(vault_close)))

/* What a name holds.  The caller decides what a time that has passed means. */
struct vault_secret {
	bool found;
	struct buf bytes;
	int64_t expires_ms; /* 0: never */
	int64_t stored_ms;
};

#define VAULT_SECRET_EMPTY                                                               \
	{                                                                                \
		false, BUF_EMPTY, 0, 0                                                   \
	}
#define auto_vault_secret __attribute__((cleanup(vault_secret_wipe)))

/*
 * Open the vault in dir (made, 0700, when missing) with the key of key_file, see
 * lib/vault_key.h.  No key file is ERROR_CONFIG.
 */
int vault_open(struct vault *vault, const char *dir, const char *key_file,
	       struct error *err);

/* The same at <state>/vault with layout_key_file(), and the stores of the settings. */
int vault_open_layout(struct vault *vault, const struct layout *layout,
		      struct error *err);
void vault_close(struct vault *vault);

/* expires_ms: when it stops being of use, 0 for never.  Durable when it returns. */
int vault_put(const struct vault *vault, const char *name, struct str_view bytes,
	      int64_t expires_ms, struct error *err);

/* secret->found tells whether there is one.  Another key, a changed or a renamed file is
 * ERROR_DENIED. */
int vault_get(struct vault_secret *secret, const struct vault *vault, const char *name,
	      struct error *err);
void vault_secret_wipe(struct vault_secret *secret);

int vault_delete(bool *found, const struct vault *vault, const char *name,
		 struct error *err);

/* Append the names that begin with prefix ("" for all), sorted, each with a line break. */
int vault_list(struct buf *names, const struct vault *vault, const char *prefix,
	       struct error *err);

/* Hold the lock that belongs to name (an empty file beside the secrets, wherever the secret
 * itself is kept) until *fd is closed. */
int vault_lock(int *fd, const struct vault *vault, const char *name, struct error *err);

#endif
