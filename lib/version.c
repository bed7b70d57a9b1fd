#include "lib/version.h"

#include <stdio.h>
#include <string.h>

#include "lib/str.h"

enum { DIGITS_MAX = 9 };

static bool take_number(uint32_t *number, struct str_view digits)
{
	size_t i;

	if (digits.len == 0 || digits.len > DIGITS_MAX ||
	    (digits.len > 1 && digits.data[0] == '0'))
		return false;
	*number = 0;
	for (i = 0; i < digits.len; i++) {
		if (digits.data[i] < '0' || digits.data[i] > '9')
			return false;
		*number = *number * 10 + (uint32_t)(digits.data[i] - '0');
	}
	return true;
}

bool version_parse(struct version *version, const char *text)
{
	struct version parsed = { { 0, 0, 0 }, 0 };
	const char *rest = *text ? text : NULL;

	while (rest) {
		struct str_view digits = str_split(&rest, '.');

		if (parsed.parts == 3 ||
		    !take_number(&parsed.numbers[parsed.parts], digits))
			return false;
		parsed.parts++;
	}
	*version = parsed;
	return true;
}

void version_format(char out[static VERSION_LEN], const struct version *version)
{
	size_t len = 0;
	uint32_t i;

	out[0] = '\0';
	for (i = 0; i < version->parts; i++)
		len += (size_t)snprintf(out + len, VERSION_LEN - len, i ? ".%u" : "%u",
					version->numbers[i]);
}

int version_compare(const struct version *a, const struct version *b)
{
	int i;

	for (i = 0; i < 3; i++) {
		if (a->numbers[i] != b->numbers[i])
			return a->numbers[i] < b->numbers[i] ? -1 : 1;
	}
	return 0;
}

bool version_matches(const struct version *wanted, const struct version *version)
{
	return memcmp(wanted->numbers, version->numbers,
		      wanted->parts * sizeof(wanted->numbers[0])) == 0;
}
