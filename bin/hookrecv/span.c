#include "bin/hookrecv/span.h"

#include <stddef.h>
#include <stdio.h>

/* A unit is used from twice of it on, so that "119 s" stays exact. */
static const struct {
	uint64_t ms;
	const char *name;
} units[] = {
	{ 86400000, "d" }, { 3600000, "h" }, { 60000, "min" }, { 1000, "s" }, { 1, "ms" },
};

enum { UNITS = sizeof(units) / sizeof(units[0]) };

void span_format(char out[static SPAN_LEN], int64_t ms)
{
	uint64_t length = ms < 0 ? -(uint64_t)ms : (uint64_t)ms;
	size_t i = 0;

	while (i < UNITS - 1 && length < 2 * units[i].ms)
		i++;
	snprintf(out, SPAN_LEN, "%ju %s", (uintmax_t)(length / units[i].ms),
		 units[i].name);
}
