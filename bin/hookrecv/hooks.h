#ifndef BIN_HOOKRECV_HOOKS_H
#define BIN_HOOKRECV_HOOKS_H

#include <stdbool.h>
#include <stdint.h>

#include "bin/hookrecv/keyring.h"
#include "lib/registry.h"

struct error;

/*
 * The hooks as the receiver needs them: a request costs no query and, in a burst, no
 * unsealing.  The registry's rows are read again when another process has changed it.
 */
struct hooks {
	struct registry registry;
	struct keyring keyring;
	struct registry_hooks rows;
	int64_t version;
};

#define HOOKS_NONE                                                                       \
	{                                                                                \
		.registry = REGISTRY_NONE, .keyring = { .vault = VAULT_NONE },           \
		.rows = REGISTRY_HOOKS_EMPTY                                             \
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

#endif
