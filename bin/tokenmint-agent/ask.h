#ifndef BIN_TOKENMINT_AGENT_ASK_H
#define BIN_TOKENMINT_AGENT_ASK_H

#include <stddef.h>
#include <stdint.h>

#include "lib/str.h"

struct error;

/* One request, a line of JSON, taken apart: tokenmint-agent(8) has its members.  The views point
 * into the line. */
enum { ASK_SCOPE = 64 };

enum ask_verb {
	ASK_GET,
	ASK_REJECT, /* a server refused the token with the hash */
};

enum ask_level {
	ASK_READ = 1,
	ASK_WRITE,
	ASK_ADMIN,
};

struct ask_permission {
	struct str_view name;
	enum ask_level level;
};

struct ask {
	enum ask_verb verb;
	struct str_view name;	 /* "OWNER", "OWNER/REPO", or nothing */
	struct str_view app;	 /* len 0: not said */
	struct str_view refused; /* len 0: not said */
	struct str_view repositories[ASK_SCOPE];
	size_t repository_count;
	struct ask_permission permissions[ASK_SCOPE];
	size_t permission_count;
	uint64_t min_ttl_s;
};

/* ERROR_DATA names what is wrong with it. */
int ask_read(struct ask *ask, struct str_view line, struct error *err);

/* "read", "write" or "admin"; false for anything else. */
bool ask_level_read(enum ask_level *level, struct str_view text);
const char *ask_level_name(enum ask_level level);

/* Letters and underscores, as GitHub's permissions are called. */
bool ask_is_permission(struct str_view name);

/* Part of a name: what stands before or behind the slash. */
bool ask_is_part(struct str_view name);

#endif
