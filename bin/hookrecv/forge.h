#ifndef BIN_HOOKRECV_FORGE_H
#define BIN_HOOKRECV_FORGE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/buf.h"
#include "lib/str.h"

struct error;
struct layout;
struct registry_hook;

/*
 * The API of GitHub or GitLab, through the helper program hookrecv-forge: hookrecv itself
 * speaks to no server.  Tokens and secrets travel in pipes, never in arguments or the
 * environment.
 */
struct forge {
	const struct layout *layout;
	bool is_gitlab;
	char *path;	  /* of the hook in the API, or of the list of hooks */
	struct buf token; /* from tokenmint(1) or from the vault */
};

#define FORGE_NONE                                                                       \
	{                                                                                \
		NULL, false, NULL, BUF_EMPTY                                             \
	}
#define auto_forge __attribute__((cleanup(forge_close)))

/* The path that hooks of a project are made at, or of the App's hook; the caller frees it.
 * project: "acme/site"; NULL for an App.  NULL when the provider has no API here, or the
 * name is no project's. */
char *forge_path(const struct registry_hook *hook, const char *project);

/* hook->forge says where; gets the token. */
int forge_open(struct forge *forge, const struct registry_hook *hook,
	       const struct layout *layout, struct error *err);
void forge_close(struct forge *forge);

/* What a hook is to be at the forge. */
struct forge_wish {
	const char *url;
	const char *known;	/* the hook's path when it was made before, or NULL */
	const char *events;	/* "*" or "push,job"; "" for those there are, or all */
	struct str_view secret; /* any bytes that are UTF-8 */
};

/* Make the hook, or change the one that is known or sends to this url.  *path is the caller's to free.
 * *begun, on failure: it may have been made nevertheless. */
int forge_put(char **path, bool *begun, const struct forge *forge,
	      const struct forge_wish *wish, struct error *err);

struct forge_state {
	bool found;
	bool active;
	char *url;
	char *state; /* the forge's own word */
};

#define FORGE_STATE_EMPTY                                                                \
	{                                                                                \
		false, false, NULL, NULL                                                 \
	}
#define auto_forge_state __attribute__((cleanup(forge_state_free)))

int forge_look(struct forge_state *state, const struct forge *forge, struct error *err);
void forge_state_free(struct forge_state *state);

/* One that is not there is fine. */
int forge_drop(const struct forge *forge, struct error *err);

/* Which deliveries to list: newest first, from a page on, back to one that is known. */
struct forge_range {
	const char *after; /* its id, or "" */
	const char *next;  /* the page, or "" */
	int64_t since_ms;
	unsigned pages;
};

/* Append a JSON line for each (id, delivery, event, status, delivered, at_ms); *next is where
 * to go on when the pages were not enough, or NULL; the caller frees it. */
int forge_list(struct buf *lines, char **next, const struct forge *forge,
	       const struct forge_range *range, struct error *err);

/* Have the forge send a delivery again; *found is false when it has it no longer. */
int forge_send(bool *found, const struct forge *forge, const char *delivery,
	       struct error *err);

#endif
