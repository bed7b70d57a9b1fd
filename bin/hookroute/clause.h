#ifndef BIN_HOOKROUTE_CLAUSE_H
#define BIN_HOOKROUTE_CLAUSE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/str.h"

/*
 * A route's text, taken apart where values go from one filter to the next: at each | that
 * is in no brackets, strings, definitions or bindings; and where it ends in alternatives
 * (A), (B), each of these the same way.  Nothing is compiled here.  What is not understood
 * for certain is one clause: a first clause without outputs is always the one that said no.
 */
struct clause {
	struct str_view text; /* without the white space and comments around it */
	unsigned line;	      /* of the file, from 1 */
	size_t before;	      /* its input comes from that one; CLAUSE_NONE: the event */
};

enum { CLAUSES_MAX = 256 };
#define CLAUSE_NONE ((size_t)-1)

/* The views are of the text that was taken apart. */
struct clauses {
	struct str_view includes;    /* what stands in front */
	struct str_view definitions; /* which all clauses may use */
	struct clause list[CLAUSES_MAX];
	size_t count;
};

/* A file that holds includes and definitions only has no clauses. */
void clause_split(struct clauses *clauses, const char *text);

/*
 * What a clause asks of the event, by its text: words of the vocabulary, and paths such as
 * .payload.action; each once.  count is what is found of at most max.
 */
enum { CLAUSE_FACT_LEN = 128 };

struct clause_fact {
	char text[CLAUSE_FACT_LEN]; /* a jq expression */
};

size_t clause_facts(struct clause_fact *facts, size_t max, struct str_view text);

#endif
