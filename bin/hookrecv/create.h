#ifndef BIN_HOOKRECV_CREATE_H
#define BIN_HOOKRECV_CREATE_H

#include <stdbool.h>

struct buf;
struct error;
struct layout;
struct options;
struct registry_hook;

/* `add --create`: the forge is told of the hook, too. */
struct create {
	const struct options *options;
	const struct layout *layout;
	struct registry_hook *hook; /* the caller's, and so is the secret */
	struct buf *secret;
	bool begun; /* the forge may have the hook, whatever went wrong then */
};

/* A hook that has the name already, and its secret: it is told of once more.  *found is false
 * when there is none. */
int create_find(struct create *create, bool *found, struct error *err);

/* Have the forge make the hook, or change the one that sends to its url; hook->forge and the
 * registry then tell where it is. */
int create_hook(struct create *create, struct error *err);

/* Take a hook and its secrets away, here; none of them need be there. */
int create_undo(const struct registry_hook *hook, const struct layout *layout,
		struct error *err);

#endif
