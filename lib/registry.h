#ifndef LIB_REGISTRY_H
#define LIB_REGISTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/db.h"
#include "lib/uuid.h"

struct error;
struct layout;

/*
 * <state>/registry.db: repositories and the hooks that belong to them.  Relations have
 * foreign keys: what belongs to a repository goes with it.  Secrets are not in here; a
 * hook's is in the vault as repository/<hook id>_SECRET.
 */
struct registry {
	struct db db;
};

#define REGISTRY_NONE                                                                    \
	{                                                                                \
		DB_NONE                                                                  \
	}
#define auto_registry __attribute__((cleanup(registry_close)))

struct registry_hook {
	char id[UUID_LEN];
	char *name; /* of the repository, or of an app that serves many */
	char *provider;
	char *url;   /* where the forge was told to send to, or NULL */
	char *forge; /* the path of the forge's hook in its API, when we made it; or NULL */
	char *app;   /* the App of tokenmint that the hook is of, or NULL */
	uint64_t max_body;
	bool enabled;
	int64_t created_ms;
};

#define REGISTRY_HOOK_EMPTY                                                              \
	{                                                                                \
		"", NULL, NULL, NULL, NULL, NULL, 0, false, 0                            \
	}
#define auto_registry_hook __attribute__((cleanup(registry_hook_free)))

/* All hooks, sorted by id. */
struct registry_hooks {
	struct registry_hook *hooks;
	size_t count;
};

#define REGISTRY_HOOKS_EMPTY                                                             \
	{                                                                                \
		NULL, 0                                                                  \
	}
#define auto_registry_hooks __attribute__((cleanup(registry_hooks_free)))

/* Made when it is missing. */
int registry_open(struct registry *registry, const struct layout *layout,
		  struct error *err);
void registry_close(struct registry *registry);

/* Add the hook, and its repository where that is new.  A name that has a hook already is
 * ERROR_DATA.  Durable when it returns. */
int registry_add(struct registry *registry, const struct registry_hook *hook,
		 struct error *err);

/* key: a hook's id or its name. */
int registry_find(struct registry_hook *hook, bool *found, struct registry *registry,
		  const char *key, struct error *err);
int registry_list(struct registry_hooks *hooks, struct registry *registry,
		  struct error *err);

/* Remove the hook and, with its last hook, the repository. */
int registry_remove(struct registry *registry, const char *id, struct error *err);
int registry_enable(struct registry *registry, const char *id, bool enabled,
		    struct error *err);

/* Keep where the forge has the hook and where it sends to; all may be NULL. */
int registry_set_forge(struct registry *registry, const struct registry_hook *hook,
		       struct error *err);

/* A number that changes when another process has changed the registry. */
int registry_version(int64_t *version, struct registry *registry, struct error *err);

void registry_hook_free(struct registry_hook *hook);
void registry_hooks_free(struct registry_hooks *hooks);

/* The name of the hook's secret in the vault; the caller frees it. */
char *registry_secret_name(const char *hook_id);

#endif
