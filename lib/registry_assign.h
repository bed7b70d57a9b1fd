#ifndef LIB_REGISTRY_ASSIGN_H
#define LIB_REGISTRY_ASSIGN_H

#include <stdint.h>

struct buf;
struct error;
struct registry;

/*
 * Commands, and the repositories that they are assigned to: many of either.  The relation is
 * kept beside both and is never changed: assigning makes it, unassigning ends it, and it goes
 * with whichever of the two goes first.  It is made from the command's side only.
 */

/* Add a command; a name that is there is ERROR_DATA. */
int registry_command_add(struct registry *registry, const char *name, int64_t created_ms,
			 struct error *err);

/* Remove it with its assignments; none of that name is ERROR_ABSENT. */
int registry_command_remove(struct registry *registry, const char *name,
			    struct error *err);

/* No such command or no such repository is ERROR_ABSENT; twice is as good as once. */
int registry_assign(struct registry *registry, const char *command,
		    const char *repository, struct error *err);

/* Only the versions that version stands for (see version.h): "1" is the newest 1.x.y.  One that
 * is assigned with others is ERROR_DATA. */
int registry_assign_version(struct registry *registry, const char *command,
			    const char *repository, const char *version,
			    struct error *err);

/* What was not assigned is ERROR_ABSENT. */
int registry_unassign(struct registry *registry, const char *command,
		      const char *repository, struct error *err);

/* Append the names of the command's repositories, sorted, each with a line break. */
int registry_assigned(struct buf *names, struct registry *registry, const char *command,
		      struct error *err);

#endif
