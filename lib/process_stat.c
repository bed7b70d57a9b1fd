#include "lib/process_stat.h"

#include <stddef.h>
#include <string.h>

#include "lib/str.h"

uint64_t process_stat_field(const char *stat, int number)
{
	/* The second is a name that may hold anything, also this. */
	const char *field = strrchr(stat, ')');
	int i;

	for (i = 2; field && i < number; i++)
		field = strchr(field + 1, ' ');
	return field ? str_leading_u64(field + 1) : 0;
}
