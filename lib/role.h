#ifndef LIB_ROLE_H
#define LIB_ROLE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/str.h"

/*
 * Who may do what: one table (role.c) of verbs and objects for all programs.  A role may do what
 * stands beside it and beside the ones below it; what stands nowhere only an admin may do.
 */
enum role { ROLE_VIEWER, ROLE_OPERATOR, ROLE_ADMIN };

#define ROLE_COUNT 3
#define ROLE_SET(role) (1u << (role)) /* sets of roles are or-ed of these */
#define ROLE_OBJECT_MAX 2048	      /* bytes of an object */

const char *role_name(enum role role);

/* Exactly as role_name writes it. */
bool role_read(enum role *role, struct str_view name);

/*
 * May somebody with these roles do it?  Over HTTP the verb is the method and the object the path
 * without its query; elsewhere they are words: "get", "secret/pipeline/site/key".  A path that
 * is not in its plain form (an empty, "." or ".." part, a "%", a control character) is nobody's.
 */
bool role_may(unsigned roles, const char *verb, const char *object);

/* Does the verb only look?  (GET, HEAD, get, list, show, read) */
bool role_only_looks(const char *verb);

#endif
