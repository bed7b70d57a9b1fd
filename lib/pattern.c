#include "lib/pattern.h"

#include <string.h>

/* Where in the pattern we may be, all at once: places[i] means that what stands before i has
 * matched what was read. */
struct places {
	bool at[PATTERN_MAX + 1];
};

static bool is_double(const char *pattern, size_t i)
{
	return pattern[i] == '*' && pattern[i + 1] == '*';
}

/* "**" may be nothing: who is before it is behind it, too. */
static void skip_empty(struct places *places, const char *pattern, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (places->at[i] && is_double(pattern, i))
			places->at[i + 2] = true;
}

static void step(struct places *next, const struct places *now, const char *pattern,
		 size_t i, char c)
{
	if (!now->at[i])
		return;
	if (is_double(pattern, i)) {
		next->at[i] = true;
	} else if (pattern[i] == '*') {
		next->at[i] = next->at[i] || c != '/';
		next->at[i + 1] = next->at[i + 1] || c != '/';
	} else if (pattern[i] == c) {
		next->at[i + 1] = true;
	}
}

bool pattern_matches(const char *pattern, struct str_view text)
{
	struct places now = { { true } };
	size_t len = strlen(pattern);

	if (len > PATTERN_MAX)
		return false;
	skip_empty(&now, pattern, len);
	for (size_t k = 0; k < text.len; k++) {
		struct places next = { { false } };

		for (size_t i = 0; i < len; i++)
			step(&next, &now, pattern, i, text.data[k]);
		skip_empty(&next, pattern, len);
		now = next;
	}
	return now.at[len];
}
