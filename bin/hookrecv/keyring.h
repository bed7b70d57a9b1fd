#ifndef BIN_HOOKRECV_KEYRING_H
#define BIN_HOOKRECV_KEYRING_H

#include <stddef.h>
#include <stdint.h>

#include "bin/hookrecv/leak.h"
#include "bin/hookrecv/rotation.h"
#include "lib/buf.h"
#include "lib/str.h"
#include "lib/uuid.h"
#include "lib/vault.h"

struct error;
struct layout;
struct registry_hook;

/*
 * The secrets of the hooks that are in use.  A secret is unsealed when a request needs it and
 * wiped a second later, so that a burst costs one unsealing and an idle server holds none.
 */
enum { KEYRING_KEYS = ROTATION_OLD + 1, KEYRING_HOOKS = 16 };

/* A secret and its name: when the hook was given it. */
struct keyring_key {
	struct buf secret;
	struct leak_spelling spellings[LEAK_SPELLINGS];
	int64_t since_ms;
};

/* Those of a hook that are good: the present one first; none of a hook without secrets. */
struct keyring_keys {
	char hook[UUID_LEN]; /* "": this place is free */
	int64_t at_ms;	     /* when they were unsealed */
	size_t count;
	struct keyring_key keys[KEYRING_KEYS];
};

struct keyring {
	struct vault vault;
	char *state;
	struct keyring_keys hooks[KEYRING_HOOKS];
};

int keyring_open(struct keyring *ring, const struct layout *layout, struct error *err);
void keyring_close(struct keyring *ring);

/* The keys of a hook; they stay until the next call that forgets them. */
int keyring_find(const struct keyring_keys **found, struct keyring *ring,
		 const struct registry_hook *hook, int64_t now_ms, struct error *err);

/* Wipe what was unsealed longer than a second ago; INT64_MAX: all. */
void keyring_forget(struct keyring *ring, int64_t now_ms);

#endif
