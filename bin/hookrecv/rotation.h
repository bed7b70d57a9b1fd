#ifndef BIN_HOOKRECV_ROTATION_H
#define BIN_HOOKRECV_ROTATION_H

#include <stddef.h>
#include <stdint.h>

struct error;
struct registry_hook;

/*
 * A hook's secret was replaced and those before it work on for a while.  They are in the
 * vault, each with the end of its time; what is told about them is a small file for each hook
 * in <state>/rotated/.
 */
enum { ROTATION_OLD = 3 };

struct rotation_key {
	int64_t since_ms; /* when the hook was given it: that is its name */
	int64_t until_ms;
	int64_t used_ms; /* when it was good last; 0: never */
};

struct rotation {
	int64_t since_ms; /* of the present secret; 0: it is the first */
	size_t count;
	struct rotation_key old[ROTATION_OLD]; /* the youngest first */
};

/* The name of old[which] in the vault; the caller frees it. */
char *rotation_secret_name(const char *hook_id, size_t which);

int rotation_read(struct rotation *rotation, const char *state, const char *hook_id,
		  struct error *err);

/*
 * The hook is given a new secret now; the one before it, which the hook was made with if
 * there was no rotation yet, is good for grace_ms.  Without a grace none of the old is.
 * *rotation is what is told from now on.
 */
int rotation_add(struct rotation *rotation, const char *state,
		 const struct registry_hook *hook, int64_t grace_ms, struct error *err);

/* The old secret of that name was good: noted once a minute. */
int rotation_used(const char *state, const char *hook_id, int64_t since_ms,
		  struct error *err);
int rotation_forget(const char *state, const char *hook_id, struct error *err);

#endif
