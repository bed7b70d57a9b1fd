#include "bin/hookrecv-forge/dialect.h"

#include "lib/json_scan.h"

enum { DIGITS_MAX = 32 };

bool dialect_id(struct str_view *id, struct str_view object)
{
	struct str_view digits = { "", 0 };

	if (!json_scan_member(&digits, object, "id") || digits.len == 0 ||
	    digits.len > DIGITS_MAX)
		return false;
	for (size_t i = 0; i < digits.len; i++) {
		if (digits.data[i] < '0' || digits.data[i] > '9')
			return false;
	}
	*id = digits;
	return true;
}
