#ifndef LIB_PRINCIPAL_H
#define LIB_PRINCIPAL_H

#include <stdbool.h>

#include "lib/str.h"

struct buf;
struct json_writer;

/*
 * Somebody who has proved who they are, by an API key, a session or a token of another issuer:
 * what they are called, their roles, and the one namespace they act in.
 */
#define PRINCIPAL_NAMESPACE_MAX 64
#define PRINCIPAL_SUBJECT_MAX 255

struct principal {
	char *subject; /* "apikey:ID", "user:github.com@583231", "repo:acme/site:..." */
	char *name_space; /* NULL: none, so all of them */
	unsigned roles;	  /* ROLE_SET */
};

#define PRINCIPAL_EMPTY                                                                  \
	{                                                                                \
		NULL, NULL, 0                                                            \
	}
#define auto_principal __attribute__((cleanup(principal_free)))

void principal_free(struct principal *principal);

/* 1 to 64 of [A-Za-z0-9._+@-], not beginning with a dot. */
bool principal_is_namespace(const char *name);

/* 1 to 255 bytes without control characters. */
bool principal_is_subject(struct str_view text);

/*
 * May the principal do it to something in a namespace?  Its roles must allow it (role_may), and
 * the namespace must be its own: nobody reaches from one into another.  What belongs to no
 * namespace (NULL) is for all to look at, and to be changed only by a principal of none.
 */
bool principal_may(const struct principal *principal, const char *verb,
		   const char *object, const char *name_space);

/* The members "subject", "namespace" and "roles", of an object that is begun. */
void principal_write(struct json_writer *writer, const struct principal *principal);

/* The member "roles" alone. */
void principal_write_roles(struct json_writer *writer, unsigned roles);

/* An array of names of roles, valid JSON: false when something else is in it or nothing. */
bool principal_read_roles(unsigned *roles, struct str_view array);

/* "admin,viewer" */
void principal_add_roles(struct buf *out, unsigned roles);

#endif
