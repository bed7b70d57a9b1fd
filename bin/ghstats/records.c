#include "bin/ghstats/records.h"

#define ID_MAX ((int64_t)1 << 53)

int record_rank(const struct record_value *status)
{
	if (record_text_is(status, "completed"))
		return 3;
	return record_text_is(status, "in_progress") ? 2 : 1;
}

bool record_is_id(const struct record_value *value)
{
	return value->is_set && value->number > 0 && value->number <= ID_MAX;
}
