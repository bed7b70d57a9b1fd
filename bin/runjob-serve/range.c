#include "bin/runjob-serve/range.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

/* Digits at *at, which moves behind them; what is too large is the largest.  False: none. */
static bool take_number(uint64_t *number, const char **at)
{
	const char *p = *at;

	*number = 0;
	for (; *p >= '0' && *p <= '9'; p++) {
		uint64_t digit = (uint64_t)(*p - '0');

		if (*number > (UINT64_MAX - digit) / 10)
			*number = UINT64_MAX;
		else if (*number != UINT64_MAX)
			*number = *number * 10 + digit;
	}
	if (p == *at)
		return false;
	*at = p;
	return true;
}

static enum range_kind take_suffix(struct range *range, const char *at, uint64_t size)
{
	uint64_t len = 0;

	if (!take_number(&len, &at) || *at || len == 0 || size == 0)
		return RANGE_BAD;
	if (len > size)
		len = size;
	*range = (struct range){ size - len, len };
	return RANGE_ONE;
}

static enum range_kind take_first_last(struct range *range, const char *at, uint64_t size)
{
	uint64_t first = 0;
	uint64_t last = UINT64_MAX;

	if (!take_number(&first, &at) || *at++ != '-')
		return RANGE_BAD;
	if (*at && (!take_number(&last, &at) || *at))
		return RANGE_BAD;
	if (last < first || first >= size)
		return RANGE_BAD;
	if (last >= size)
		last = size - 1;
	*range = (struct range){ first, last - first + 1 };
	return RANGE_ONE;
}

enum range_kind range_parse(struct range *range, const char *header, uint64_t size)
{
	static const char unit[] = "bytes=";

	if (!header || strncasecmp(header, unit, strlen(unit)) != 0)
		return RANGE_NONE;
	header += strlen(unit);
	header += strspn(header, " \t");
	if (strchr(header, ','))
		return RANGE_SEVERAL;
	return *header == '-' ? take_suffix(range, header + 1, size)
			      : take_first_last(range, header, size);
}
