#ifndef BIN_TOKENMINT_AGENT_POLICY_H
#define BIN_TOKENMINT_AGENT_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "bin/tokenmint-agent/ask.h"
#include "lib/buf.h"

struct error;
struct peer;

/*
 * Who may have which token: lines of a file, tokenmint-agent(8) has their grammar.  What no line
 * grants is refused.
 */
struct policy_permission {
	char *name;
	enum ask_level level;
};

struct policy_rule {
	bool is_group;
	unsigned id;
	char *owner;
	char *app;		 /* NULL: the only one */
	char **repositories;	 /* without their owner */
	size_t repository_count; /* 0: all of the owner */
	struct policy_permission *permissions;
	size_t permission_count; /* 0: everything */
	bool is_whole;		 /* a repository that is named does not limit the token */
};

struct policy {
	struct policy_rule *rules;
	size_t count;
};

#define POLICY_EMPTY                                                                     \
	{                                                                                \
		NULL, 0                                                                  \
	}
#define auto_policy __attribute__((cleanup(policy_free)))

/* ERROR_CONFIG names the line; a file that others may write is ERROR_DENIED. */
int policy_read(struct policy *policy, const char *path, struct error *err);
void policy_free(struct policy *policy);

/* A line of such a file, without its break; a comment and an empty one add nothing. */
int policy_add(struct policy *policy, struct str_view line, struct error *err);

/*
 * May the peer have that?  Appends to key what the token is: the arguments of
 * `tokenmint get`, each with a NUL behind it, the same for the same token.  Otherwise
 * ERROR_DENIED says why not.
 */
int policy_decide(struct buf *key, const struct policy *policy, const struct peer *peer,
		  const struct ask *ask, struct error *err);

#endif
