#include <string.h>

#include "lib/jail.h"
#include "lib/str.h"

#define BEST_EFFORT ",best-effort"

static const char *const levels[] = { "none", "default", "strict" };

bool jail_find(enum jail_level *level, bool *relaxed, const char *text)
{
	size_t i;

	for (i = 0; i < 3; i++) {
		size_t len = strlen(levels[i]);

		if (strncmp(text, levels[i], len) != 0)
			continue;
		*level = (enum jail_level)i;
		*relaxed = i > 0 && str_equal(text + len, BEST_EFFORT);
		return *relaxed || !text[len];
	}
	return false;
}

const char *jail_level_name(enum jail_level level)
{
	return levels[level];
}
