#include "bin/hookroute/brackets.h"

#include <stddef.h>
#include <string.h>

#include "lib/str.h"

enum { DEPTH_MAX = 256, OPEN_STRING = '"' };

struct bracket {
	char open; /* OPEN_STRING for the \( of a string */
	unsigned line;
};

struct scan {
	const char *p;
	unsigned line;
	struct bracket stack[DEPTH_MAX];
	size_t depth;
	char *what;
};

static bool complain(struct scan *scan, char *what)
{
	scan->what = what;
	return false;
}

static bool open_bracket(struct scan *scan, char c)
{
	if (scan->depth == DEPTH_MAX)
		return complain(scan, str_format("more than %d brackets in each other",
						 DEPTH_MAX));
	scan->stack[scan->depth++] = (struct bracket){ c, scan->line };
	return true;
}

/* From inside a string to behind its end, or behind a \( in it. */
static bool skip_string(struct scan *scan, unsigned start)
{
	for (; *scan->p; scan->p++) {
		if (*scan->p == '\n')
			scan->line++;
		if (*scan->p == '"') {
			scan->p++;
			return true;
		}
		if (*scan->p != '\\')
			continue;
		scan->p++;
		if (*scan->p == '(') {
			scan->p++;
			return open_bracket(scan, OPEN_STRING);
		}
		if (!*scan->p)
			break;
		scan->line += *scan->p == '\n';
	}
	scan->line = start;
	return complain(scan, str_dup("a string that does not end"));
}

static char closing(char open)
{
	return open == '[' ? ']' : open == '{' ? '}' : ')';
}

static bool close_bracket(struct scan *scan, char c)
{
	const struct bracket *top;

	if (!scan->depth)
		return complain(scan, str_format("'%c' closes nothing", c));
	top = &scan->stack[scan->depth - 1];
	if (closing(top->open) != c)
		return complain(scan, str_format("'%c' where the '%c' of line %u is open",
						 c, top->open, top->line));
	scan->depth--;
	return top->open != OPEN_STRING || skip_string(scan, top->line);
}

static bool take(struct scan *scan)
{
	char c = *scan->p++;

	switch (c) {
	case '\n':
		scan->line++;
		return true;
	case '#':
		scan->p += strcspn(scan->p, "\n");
		return true;
	case '"':
		return skip_string(scan, scan->line);
	case '(':
	case '[':
	case '{':
		return open_bracket(scan, c);
	case ')':
	case ']':
	case '}':
		return close_bracket(scan, c);
	default:
		return true;
	}
}

bool brackets_check(unsigned *line, char **what, const char *program)
{
	struct scan scan = { .p = program, .line = 1 };
	bool good = true;

	while (good && *scan.p)
		good = take(&scan);
	if (good && scan.depth) {
		const struct bracket *top = &scan.stack[scan.depth - 1];

		scan.line = top->line;
		good = complain(&scan,
				top->open == OPEN_STRING
					? str_dup("a string that does not end")
					: str_format("'%c' is never closed", top->open));
	}
	*line = scan.line;
	*what = scan.what;
	return good;
}
