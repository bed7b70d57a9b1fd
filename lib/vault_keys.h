#ifndef LIB_VAULT_KEYS_H
#define LIB_VAULT_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/crypto.h"

struct error;
struct vault;

/*
 * Which master key this vault is sealed with, and, while that changes, both: the file
 * <vault>/.keys, replaced whole.  During a change it holds each key sealed with the other, so
 * whoever has one has both.  A vault whose key never changed has no such file.
 */
#define VAULT_KEY_ID_LEN 16

struct vault_keys {
	uint8_t key[CRYPTO_KEY_LEN]; /* what is written is sealed with it */
	uint8_t old[CRYPTO_KEY_LEN];
	bool is_changing; /* old is set, and secrets may be sealed with either */
};

#define VAULT_KEYS_NONE                                                                  \
	{                                                                                \
		{ 0 }, { 0 }, false                                                      \
	}
#define auto_vault_keys __attribute__((cleanup(vault_keys_wipe)))

/* By the key the vault was opened with, or, when that is out of date, by what its key file holds
 * now.  ERROR_DENIED when neither is a key of this vault. */
int vault_keys_find(struct vault_keys *keys, const struct vault *vault,
		    struct error *err);
void vault_keys_wipe(struct vault_keys *keys);

/* From now on both; then only keys->key.  Both under vault_hold_alone. */
int vault_keys_begin(const struct vault *vault, const struct vault_keys *keys,
		     struct error *err);
int vault_keys_end(const struct vault *vault, const struct vault_keys *keys,
		   struct error *err);

/*
 * Whoever writes or deletes holds the vault with others; what must not happen while anybody
 * writes holds it alone, and is let in before those that come later.  Closing *fd ends it.
 */
int vault_hold(int *fd, const struct vault *vault, struct error *err);
int vault_hold_alone(int *fd, const struct vault *vault, struct error *err);

#endif
