#ifndef BIN_HOOKRECV_FORGE_DIALECT_H
#define BIN_HOOKRECV_FORGE_DIALECT_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/str.h"

struct buf;
struct error;
struct json_writer;
struct order;

/* A delivery in a forge's list; the views are into the answer. */
struct delivery {
	struct str_view id;   /* digits, of any length */
	struct str_view name; /* what the forge sends with it, again and again */
	struct str_view event;
	struct str_view status; /* what it was answered, or what went wrong */
	bool is_ok;
	int64_t at_ms; /* 0: the forge does not say */
};

struct hook_wish {
	bool is_new;
	struct str_view events;
};

/* In what the forges differ: the rest is in work.c. */
struct dialect {
	const char *forge;
	const char *update;   /* the method that changes a hook */
	const char *list;     /* behind a hook's path: its deliveries */
	const char *delivery; /* behind a hook's path, before a delivery's id */
	const char *again;    /* behind that: send it again */
	size_t limit_bytes;   /* of an answer; 0: the usual */
	const char *hint;     /* what to look for when the forge says no */

	/* The body that makes a new hook or changes one; without events, it keeps those it
	 * has. */
	int (*write_hook)(struct buf *body, const struct order *order,
			  const struct hook_wish *wish, struct error *err);

	/* Where a hook of the forge's list sends to. */
	bool (*read_url)(struct str_view *url, struct str_view hook);

	/* What is to be told of a hook: active, and the forge's own word for how it is. */
	void (*write_state)(struct json_writer *writer, struct str_view hook);

	/* False for one that cannot be told from others, or that is no event. */
	bool (*read_delivery)(struct delivery *delivery, struct str_view element);
};

/* An object's "id": digits, of any length, as they go into a path. */
bool dialect_id(struct str_view *id, struct str_view object);

extern const struct dialect dialect_github, dialect_gitlab;

#endif
