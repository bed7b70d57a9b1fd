#ifndef LIB_VAULT_STORE_H
#define LIB_VAULT_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/str.h"

struct buf;
struct error;
struct layout;
struct vault_secret;

/*
 * Secrets that are kept elsewhere: a program of <conf>/vault.d or <share>/vault.d for all names
 * that begin with a prefix, as the setting HOOKTOOLS_VAULT_STORES says; hookvault(5) has the
 * contract.  Our own SIGPIPE must be ignored.
 */
struct vault_store {
	char *prefix;  /* of our names */
	char *program; /* the path of it */
	char *path;    /* put in front of our names, with a slash at its end; or "" */
};

struct vault_stores {
	struct vault_store *items;
	size_t count;
};

#define VAULT_STORES_NONE                                                                \
	{                                                                                \
		NULL, 0                                                                  \
	}
#define auto_vault_stores __attribute__((cleanup(vault_stores_free)))

/* "installation/=kubernetes user/=pass:teams/hooks"; ERROR_CONFIG when it is not, or when there
 * is no such program. */
int vault_stores_parse(struct vault_stores *stores, const char *text,
		       const struct layout *layout, struct error *err);

/* By hooktools.conf(5). */
int vault_stores_read(struct vault_stores *stores, const struct layout *layout,
		      struct error *err);
void vault_stores_free(struct vault_stores *stores);

/* The one for this name, of two the one with the longer prefix; NULL: it is kept here. */
const struct vault_store *vault_stores_find(const struct vault_stores *stores,
					    const char *name);

/* As the functions of lib/vault.h; names are ours. */
int vault_store_get(struct vault_secret *secret, const struct vault_store *store,
		    const char *name, struct error *err);
int vault_store_put(const struct vault_store *store, const char *name,
		    const struct vault_secret *secret, struct error *err);
int vault_store_delete(bool *found, const struct vault_store *store, const char *name,
		       struct error *err);

/* Append those of its names that begin with prefix, in no order, each with a line break. */
int vault_store_list(struct buf *names, const struct vault_store *store,
		     const char *prefix, struct error *err);

/* What a program answers to get, taken apart: "expires MS", "stored MS", an empty line, the bytes.
 * Lines that begin otherwise are passed over.  ERROR_DATA when it is not that. */
int vault_store_take(struct vault_secret *secret, struct str_view answer,
		     struct error *err);

#endif
