#ifndef BIN_HOOKRECV_PRINT_H
#define BIN_HOOKRECV_PRINT_H

#include <stdbool.h>

struct buf;
struct error;
struct forge_state;
struct registry_hook;
struct rotation;

/* Hooks for a person, or as JSON lines. */

/* What add prints; secret is NULL when it is known already. */
int print_new_hook(const struct registry_hook *hook, const char *secret, bool json,
		   struct error *err);

/* What is known beside the hook itself; NULL where it is not asked for. */
struct print_facts {
	const struct rotation *rotation; /* of its secret */
	const struct forge_state *state; /* of the forge's hook */
};

/* Append one hook: a JSON line, or lines "name: value".  facts may be NULL. */
void print_hook(struct buf *out, const struct registry_hook *hook,
		const struct print_facts *facts, bool json);

/* Write it all to standard output. */
int print_out(const struct buf *text, struct error *err);

#endif
