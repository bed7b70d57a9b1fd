#ifndef BIN_HOOKRECV_ROTATION_H
#define BIN_HOOKRECV_ROTATION_H

#include <stdbool.h>
#include <stdint.h>

struct error;

/*
 * A hook's secret was replaced and the old one works on for a while.  The old one is in the
 * vault, with the end of its time; what is told about it is a small file for each hook in
 * <state>/rotated/.
 */
struct rotation {
	bool found;
	int64_t since_ms;
	int64_t until_ms;
	int64_t used_ms; /* when the old secret was good last; 0: never */
};

/* The old secret's name in the vault; the caller frees it. */
char *rotation_secret_name(const char *hook_id);

/* Write what is told, anew. */
int rotation_write(const char *state, const char *hook_id,
		   const struct rotation *rotation, struct error *err);
int rotation_read(struct rotation *rotation, const char *state, const char *hook_id,
		  struct error *err);

/* The old secret was good: noted once a minute. */
int rotation_used(const char *state, const char *hook_id, int64_t now_ms,
		  struct error *err);
int rotation_forget(const char *state, const char *hook_id, struct error *err);

#endif
