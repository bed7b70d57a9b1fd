#include "bin/hookroute/clause_scan.h"

#include <string.h>

/* Brackets are kept as they are; besides: an if, a def, the \( of a string. */
enum opener { OPEN_IF = 'i', OPEN_DEF = 'd', OPEN_STRING = '\\' };

static bool is_word_start(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool clause_is_word(char c)
{
	return is_word_start(c) || (c >= '0' && c <= '9');
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void push(struct clause_scan *scan, char opener)
{
	if (scan->depth == CLAUSE_DEPTH_MAX) {
		scan->failed = true;
		return;
	}
	scan->open[scan->depth++] = opener;
}

static char top(const struct clause_scan *scan)
{
	return scan->depth ? scan->open[scan->depth - 1] : '\0';
}

static void pop(struct clause_scan *scan, char opener)
{
	if (top(scan) == opener)
		scan->depth--;
	else
		scan->failed = true;
}

/* From inside a string to behind its end, or behind a \( in it. */
static void skip_string(struct clause_scan *scan)
{
	while (scan->p < scan->end) {
		char c = *scan->p++;

		if (c == '"')
			return;
		if (c != '\\')
			continue;
		if (scan->p < scan->end && *scan->p == '(') {
			push(scan, OPEN_STRING);
			scan->p++;
			return;
		}
		scan->p += scan->p < scan->end;
	}
	scan->failed = true;
}

void clause_skip_blank(struct clause_scan *scan)
{
	while (scan->p < scan->end) {
		if (*scan->p == '#') {
			const char *line =
				memchr(scan->p, '\n', (size_t)(scan->end - scan->p));

			scan->p = line ? line : scan->end;
		} else if (is_space(*scan->p)) {
			scan->p++;
		} else {
			return;
		}
	}
}

/* .if and $if are names like others, and so is the key in {if: 1}. */
static bool is_keyword(const struct clause_scan *scan, char before)
{
	const char *p = scan->p;

	if (before == '.' || before == '$' || before == '@')
		return false;
	while (p < scan->end && is_space(*p))
		p++;
	return !(top(scan) == '{' && p < scan->end && *p == ':');
}

static void take_keyword(struct clause_scan *scan, struct str_view word)
{
	bool outermost = scan->depth == 0;

	if (str_view_equal(word, "if")) {
		push(scan, OPEN_IF);
	} else if (str_view_equal(word, "end")) {
		pop(scan, OPEN_IF);
	} else if (str_view_equal(word, "def")) {
		scan->defines = outermost;
		scan->scopes = scan->scopes || outermost;
		push(scan, OPEN_DEF);
	} else if (outermost &&
		   (str_view_equal(word, "as") || str_view_equal(word, "label"))) {
		scan->binds = true;
		scan->scopes = true;
	}
}

static void take_word(struct clause_scan *scan, const char *start)
{
	char before = start > scan->token ? start[-1] : '\0';
	struct str_view word = { start, 0 };

	while (scan->p < scan->end && clause_is_word(*scan->p))
		scan->p++;
	word.len = (size_t)(scan->p - start);
	if (is_keyword(scan, before))
		take_keyword(scan, word);
}

static void take_closer(struct clause_scan *scan, char c)
{
	if (c == ')' && top(scan) == OPEN_STRING) {
		scan->depth--;
		skip_string(scan);
		return;
	}
	pop(scan, c == ')' ? '(' : c == ']' ? '[' : '{');
}

static void take_opener(struct clause_scan *scan, char c)
{
	/* "reduce E as $x (...)": that one has no | of its own. */
	if (c == '(' && !scan->depth)
		scan->binds = false;
	push(scan, c);
}

static enum token take_pipe(struct clause_scan *scan)
{
	if (scan->depth)
		return TOKEN_OTHER;
	if (scan->p < scan->end && *scan->p == '=') {
		scan->p++;
		return TOKEN_OTHER;
	}
	if (!scan->binds)
		return TOKEN_PIPE;
	scan->binds = false;
	return TOKEN_OTHER;
}

static void take_semicolon(struct clause_scan *scan)
{
	if (top(scan) == OPEN_DEF)
		scan->depth--;
	else if (!scan->depth)
		scan->failed = true;
}

/* A . or $ goes with the word behind it. */
static void take_name(struct clause_scan *scan)
{
	if (scan->p < scan->end && is_word_start(*scan->p))
		take_word(scan, scan->p);
}

static enum token take_sign(struct clause_scan *scan, char c)
{
	switch (c) {
	case '"':
		skip_string(scan);
		break;
	case '(':
	case '[':
	case '{':
		take_opener(scan, c);
		break;
	case ')':
	case ']':
	case '}':
		take_closer(scan, c);
		break;
	case ';':
		take_semicolon(scan);
		break;
	case '.':
	case '$':
	case '@':
		take_name(scan);
		break;
	case '|':
		return take_pipe(scan);
	case ',':
		return scan->depth ? TOKEN_OTHER : TOKEN_COMMA;
	default:
		break;
	}
	return TOKEN_OTHER;
}

enum token clause_next(struct clause_scan *scan)
{
	clause_skip_blank(scan);
	scan->token = scan->p;
	scan->defines = false;
	if (scan->p == scan->end || scan->failed)
		return TOKEN_END;
	if (clause_is_word(*scan->p)) {
		take_word(scan, scan->p);
		return TOKEN_OTHER;
	}
	return take_sign(scan, *scan->p++);
}

struct clause_scan clause_scan(struct str_view text)
{
	return (struct clause_scan){ .p = text.data,
				     .end = text.data + text.len,
				     .token = text.data };
}
