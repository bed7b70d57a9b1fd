#ifndef BIN_TOKENMINT_SCOPE_H
#define BIN_TOKENMINT_SCOPE_H

#include "lib/buf.h"

struct error;
struct options;

/*
 * What a token is limited to.  The same repositories and permissions in any order are the same
 * scope, and so the same name in the vault.
 */
struct scope {
	struct buf body; /* JSON for GitHub; empty: everything the installation has */
	char suffix[18]; /* "." and 16 hexadecimal digits, or "" */
};

#define SCOPE_EMPTY                                                                      \
	{                                                                                \
		BUF_EMPTY, ""                                                            \
	}
#define auto_scope __attribute__((cleanup(scope_free)))

void scope_make(struct scope *scope, const struct options *options);

/* The suffix that belongs to the body, which is not empty. */
void scope_name(struct scope *scope);
void scope_free(struct scope *scope);

#endif
