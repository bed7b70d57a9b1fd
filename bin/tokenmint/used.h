#ifndef BIN_TOKENMINT_USED_H
#define BIN_TOKENMINT_USED_H

#include <stdbool.h>
#include <stdint.h>

struct error;
struct installation;
struct layout;
struct scope;

/*
 * What stored tokens are limited to, and when each was last asked for, so that refresh makes
 * those anew that somebody uses: <state>/scopes/<installation>.<digits>, the JSON that goes to
 * GitHub, its time of change the last use.  It is no secret, and any of it may be missing.
 */
#define USED_MS                                                                          \
	(INT64_C(60) * 60 * 1000) /* so long after its last use one is renewed yet */

/* A token of that scope is given out now.  When that cannot be written down a warning says so:
 * the token is as good. */
void used_note(const struct layout *layout, const struct installation *installation,
	       const struct scope *scope);

/* key: as in the vault behind "installation/".  *found: its token was given out within USED_MS,
 * and scope is what it is limited to. */
int used_find(struct scope *scope, bool *found, const struct layout *layout,
	      const char *key, struct error *err);

void used_forget(const struct layout *layout, const char *key);

/* Forget those that no living token can belong to any more. */
void used_sweep(const struct layout *layout);

#endif
