#include "bin/hookroute/clause.h"

#include <string.h>

#include "bin/hookroute/clause_scan.h"

enum { ALTERNATIVES_MAX = 64, NESTING_MAX = 16 };

/* What lies between two boundaries, from its first token to the end of its last. */
struct part {
	const char *start; /* NULL until there is a token */
	const char *end;
};

static struct str_view view_of(const struct part *part)
{
	if (!part->start)
		return (struct str_view){ "", 0 };
	return (struct str_view){ part->start, (size_t)(part->end - part->start) };
}

static void extend(struct part *part, const struct clause_scan *scan)
{
	if (!part->start)
		part->start = scan->token;
	part->end = scan->p;
}

struct split {
	struct clauses *clauses;
	const char *text;
	unsigned nesting;
	bool failed;
};

static size_t add(struct split *split, struct str_view text, size_t before)
{
	struct clauses *clauses = split->clauses;
	unsigned line = 1;
	const char *p;

	if (clauses->count == CLAUSES_MAX) {
		split->failed = true;
		return before;
	}
	for (p = split->text; p < text.data; p++)
		line += *p == '\n';
	clauses->list[clauses->count] = (struct clause){ text, line, before };
	return clauses->count++;
}

/* The inside of text, if it is one pair of brackets and nothing else. */
static bool unwrap(struct str_view *text)
{
	struct clause_scan scan = clause_scan(*text);

	if (!text->len || *text->data != '(')
		return false;
	do {
		(void)clause_next(&scan);
	} while (scan.depth && scan.p < scan.end && !scan.failed);
	if (scan.p != scan.end || scan.failed)
		return false;
	text->data++;
	text->len -= 2;
	return true;
}

static void split_pipes(struct split *split, struct str_view text, size_t before);

static void split_alternative(struct split *split, const struct part *part, size_t before)
{
	struct str_view text = view_of(part);

	if (split->nesting < NESTING_MAX && unwrap(&text)) {
		split->nesting++;
		split_pipes(split, text, before);
		split->nesting--;
	} else {
		(void)add(split, text, before);
	}
}

/* The last part of a pipe, whose alternatives all get the same input. */
struct ending {
	struct part list[ALTERNATIVES_MAX];
	struct part whole;
	size_t count;
};

static void begin(struct ending *ending, struct clause_scan *scan)
{
	*ending = (struct ending){ .count = 1 };
	scan->scopes = false;
}

static void part_alternatives(struct ending *ending, const struct clause_scan *scan)
{
	extend(&ending->whole, scan);
	if (ending->count < ALTERNATIVES_MAX)
		ending->list[ending->count] = (struct part){ NULL, NULL };
	ending->count++;
}

static void extend_ending(struct ending *ending, const struct clause_scan *scan)
{
	extend(&ending->whole, scan);
	if (ending->count <= ALTERNATIVES_MAX)
		extend(&ending->list[ending->count - 1], scan);
}

static void split_ending(struct split *split, const struct ending *ending, bool scopes,
			 size_t before)
{
	size_t i;

	if (scopes || ending->count > ALTERNATIVES_MAX) {
		(void)add(split, view_of(&ending->whole), before);
		return;
	}
	for (i = 0; i < ending->count; i++)
		split_alternative(split, &ending->list[i], before);
}

static void split_pipes(struct split *split, struct str_view text, size_t before)
{
	struct clause_scan scan = clause_scan(text);
	struct ending ending;
	enum token token;

	begin(&ending, &scan);
	while ((token = clause_next(&scan)) != TOKEN_END) {
		if (token == TOKEN_PIPE) {
			before = add(split, view_of(&ending.whole), before);
			begin(&ending, &scan);
		} else if (token == TOKEN_COMMA) {
			part_alternatives(&ending, &scan);
		} else {
			extend_ending(&ending, &scan);
		}
	}
	split->failed = split->failed || scan.failed || scan.depth;
	if (!split->failed && ending.whole.start)
		split_ending(split, &ending, scan.scopes, before);
}

/* "include PATH;" as often as it stands there. */
static void take_includes(struct clauses *clauses, struct clause_scan *scan)
{
	static const char word[] = "include";
	const char *start = scan->p;

	clause_skip_blank(scan);
	while ((size_t)(scan->end - scan->p) >= sizeof(word) &&
	       memcmp(scan->p, word, sizeof(word) - 1) == 0 &&
	       !clause_is_word(scan->p[sizeof(word) - 1])) {
		const char *end = memchr(scan->p, ';', (size_t)(scan->end - scan->p));

		scan->p = end ? end + 1 : scan->end;
		clauses->includes = (struct str_view){ start, (size_t)(scan->p - start) };
		clause_skip_blank(scan);
	}
}

/* A copy looks ahead, for what begins with no def is no definition. */
static void take_definitions(struct clauses *clauses, struct clause_scan *scan)
{
	struct part definitions = { NULL, NULL };

	for (;;) {
		struct clause_scan ahead = clause_scan(
			(struct str_view){ scan->p, (size_t)(scan->end - scan->p) });

		(void)clause_next(&ahead);
		if (!ahead.defines)
			break;
		if (!definitions.start)
			definitions.start = ahead.token;
		while (ahead.depth && clause_next(&ahead) != TOKEN_END)
			;
		if (ahead.failed || ahead.depth)
			break;
		scan->p = ahead.p;
		definitions.end = ahead.p;
	}
	if (definitions.end)
		clauses->definitions = view_of(&definitions);
}

void clause_split(struct clauses *clauses, const char *text)
{
	struct clause_scan scan = clause_scan((struct str_view){ text, strlen(text) });
	struct split split = { .clauses = clauses, .text = text };
	struct str_view body;

	clauses->includes = (struct str_view){ text, 0 };
	clauses->definitions = (struct str_view){ text, 0 };
	clauses->count = 0;
	take_includes(clauses, &scan);
	take_definitions(clauses, &scan);
	clause_skip_blank(&scan);
	body = (struct str_view){ scan.p, (size_t)(scan.end - scan.p) };
	split_pipes(&split, body, CLAUSE_NONE);
	if (!split.failed)
		return;
	clauses->count = 0;
	split.failed = false;
	(void)add(&split, body, CLAUSE_NONE);
}
