#include <stdio.h>
#include <string.h>

#include "bin/hookroute/clause.h"
#include "bin/hookroute/clause_scan.h"

/* What tells why a word of the vocabulary said no. */
struct word {
	const char *name;
	const char *fact;
};

/* clang-format off */
static const struct word words[] = {
	{ "action", "action" },
	{ "actor", "actor" },
	{ "branch", "branch" },
	{ "changed", "files" },
	{ "commit", "commit" },
	{ "default_branch", "default_branch" },
	{ "deleted", "ref" },
	{ "files", "files" },
	{ "has_all_files", "has_all_files" },
	{ "head_branch", "head_branch" },
	{ "is_deleted", "is_deleted" },
	{ "is_draft", "is_draft" },
	{ "is_fork", "is_fork" },
	{ "job_state", "job_state" },
	{ "kind", "kind" },
	{ "labels", "labels" },
	{ "number", "number" },
	{ "on", "kind" },
	{ "org", "org" },
	{ "outcome", "outcome" },
	{ "ref", "ref" },
	{ "repo", "repo" },
	{ "schedule", "schedule" },
	{ "tag", "tag" },
};
/* clang-format on */

/* Members of an event that are asked for by themselves. */
static const char *const members[] = { ".event", ".name", ".provider" };

static const char *fact_of_word(struct str_view token)
{
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (str_view_equal(token, words[i].name))
			return words[i].fact;
	}
	return NULL;
}

/* Deeper in brackets a short path may begin at something else than the event. */
static bool is_path(struct str_view token, size_t depth)
{
	size_t i;

	if (token.len > strlen(".payload.") && memcmp(token.data, ".payload.", 9) == 0)
		return true;
	for (i = 0; depth <= 1 && i < sizeof(members) / sizeof(members[0]); i++) {
		if (str_view_equal(token, members[i]))
			return true;
	}
	return false;
}

/* .a is a token, .a.b are two. */
static void take_path(struct clause_scan *scan)
{
	while (scan->end - scan->p > 1 && *scan->p == '.' && clause_is_word(scan->p[1])) {
		do {
			scan->p++;
		} while (scan->p < scan->end && clause_is_word(*scan->p));
	}
}

static size_t add(struct clause_fact *facts, size_t count, struct str_view text)
{
	size_t i;

	if (text.len >= CLAUSE_FACT_LEN)
		return count;
	for (i = 0; i < count; i++) {
		if (str_view_equal(text, facts[i].text))
			return count;
	}
	snprintf(facts[count].text, CLAUSE_FACT_LEN, "%.*s", (int)text.len, text.data);
	return count + 1;
}

size_t clause_facts(struct clause_fact *facts, size_t max, struct str_view text)
{
	struct clause_scan scan = clause_scan(text);
	const char *end = NULL; /* of the token before */
	size_t count = 0;

	while (count < max && clause_next(&scan) != TOKEN_END) {
		struct str_view token = { scan.token, (size_t)(scan.p - scan.token) };
		const char *fact = fact_of_word(token);
		bool joined =
			end && end == scan.token && end[-1] != '(' && end[-1] != '[';

		if (fact)
			count = add(facts, count,
				    (struct str_view){ fact, strlen(fact) });
		if (*scan.token == '.' && !joined) {
			take_path(&scan);
			token.len = (size_t)(scan.p - token.data);
			if (is_path(token, scan.depth))
				count = add(facts, count, token);
		}
		end = scan.p;
	}
	return count;
}
