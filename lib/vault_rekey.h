#ifndef LIB_VAULT_REKEY_H
#define LIB_VAULT_REKEY_H

#include <stdbool.h>
#include <stddef.h>

struct error;
struct vault;

/*
 * A new master key while others read and write.  From the first step to the last the vault knows
 * both keys (lib/vault_keys.h), what is written is sealed with the new one, and every secret can
 * be read.  Dying at any step leaves just that; calling it again goes on from there.
 */
struct vault_rekey {
	size_t resealed;
	size_t kept;	 /* they were sealed with the new key already */
	bool is_resumed; /* a change had been begun before */
	bool is_installed; /* the key file holds the new key, and the old one is forgotten */
};

/*
 * new_key_file NULL: a new key takes the place of the one in the vault's key file.  Otherwise
 * the new key is there, and made when it is missing; the change ends by another call once the
 * vault's own key file holds it too.  A secret that opens with neither key is ERROR_DENIED, when all
 * others are resealed, and the change does not end.  ERROR_TEMPORARY when another process is
 * at it.
 */
int vault_rekey(struct vault_rekey *rekey, const struct vault *vault,
		const char *new_key_file, struct error *err);

#endif
