#ifndef BIN_HOOKRECV_PRINT_H
#define BIN_HOOKRECV_PRINT_H

#include <stdbool.h>

struct buf;
struct error;
struct registry_hook;
struct rotation;

/* Hooks for a person, or as JSON lines. */

/* What add prints; secret is NULL when it is known already. */
int print_new_hook(const struct registry_hook *hook, const char *secret, bool json,
		   struct error *err);

/* Append one hook: a JSON line, or lines "name: value".  rotation: of its secret, or NULL. */
void print_hook(struct buf *out, const struct registry_hook *hook,
		const struct rotation *rotation, bool json);

/* Write it all to standard output. */
int print_out(const struct buf *text, struct error *err);

#endif
