#ifndef BIN_HOOKRECV_HOOKS_H
#define BIN_HOOKRECV_HOOKS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/buf.h"
#include "lib/registry.h"
#include "lib/str.h"
#include "lib/vault.h"

struct error;

/*
 * The hooks as the receiver needs them: a request costs no query and, in a burst, no
 * unsealing.  The registry's rows are read again when another process has changed it; a
 * secret is unsealed when a request needs it and wiped a second later.
 */
struct hooks {
	struct registry registry;
	struct vault vault;
	struct registry_hooks rows;
	int64_t version;
	struct buf secret; /* of the hook used last */
	struct buf old;	   /* the one before it, while that is good */
	char *state;
	char secret_of[UUID_LEN];
	int64_t secret_ms;
};

#define HOOKS_NONE                                                                       \
	{                                                                                \
		REGISTRY_NONE, VAULT_NONE, REGISTRY_HOOKS_EMPTY, 0, BUF_EMPTY,           \
			BUF_EMPTY, NULL, "", 0                                           \
	}
#define auto_hooks __attribute__((cleanup(hooks_close)))

int hooks_open(struct hooks *hooks, const struct layout *layout, struct error *err);
void hooks_close(struct hooks *hooks);

/* Read the rows again if they changed: once a turn of the loop, and before a 404. */
int hooks_refresh(struct hooks *hooks, struct error *err);

/* NULL when there is none, or it is disabled.  Valid until the next refresh. */
const struct registry_hook *hooks_find(const struct hooks *hooks, const char *id);

/* Is it registered, though it may be disabled? */
bool hooks_has(const struct hooks *hooks, const char *id);

/* The hook's secret, and the old one while a rotation's grace lasts; empty when there is
 * none.  Valid until the next call. */
struct hooks_secrets {
	struct str_view now;
	struct str_view old;
};

int hooks_secrets(struct hooks_secrets *secrets, struct hooks *hooks, const char *id,
		  int64_t now_ms, struct error *err);

/* Wipe the secret if it was unsealed longer than a second ago. */
void hooks_forget(struct hooks *hooks, int64_t now_ms);

#endif
