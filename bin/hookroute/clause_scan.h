#ifndef BIN_HOOKROUTE_CLAUSE_SCAN_H
#define BIN_HOOKROUTE_CLAUSE_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/str.h"

/* jq's text as far as clauses need it: words, strings, brackets, and what is outermost. */
enum { CLAUSE_DEPTH_MAX = 128 };

enum token { TOKEN_OTHER, TOKEN_PIPE, TOKEN_COMMA, TOKEN_END };

struct clause_scan {
	const char *p;
	const char *end;
	const char *token; /* where the last one began */
	char open[CLAUSE_DEPTH_MAX];
	size_t depth;
	bool binds;   /* behind "as" or "label", the next | belongs to it */
	bool scopes;  /* what follows in this clause is not parted by its commas */
	bool defines; /* the last token was a def on the outermost level */
	bool failed;
};

struct clause_scan clause_scan(struct str_view text);

/* The next token; a | or a comma is told apart only where it is outermost.  At the end, or
 * when failed, TOKEN_END. */
enum token clause_next(struct clause_scan *scan);

/* White space and comments. */
void clause_skip_blank(struct clause_scan *scan);

bool clause_is_word(char c);

#endif
