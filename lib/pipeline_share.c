#include "lib/pipeline_share.h"

#include <stdio.h>
#include <string.h>

#include "lib/error.h"
#include "lib/str.h"

int pipeline_share_parse(uint32_t *share, const char *text, struct error *err)
{
	const size_t len = strlen(text);
	uint64_t hundredths = 0;

	/* With two digits before the point it is below 100%. */
	if (!str_ends(text, "%") || strspn(text, "0123456789") > 2 ||
	    !str_to_hundredths(&hundredths, (struct str_view){ text, len - 1 }) ||
	    hundredths == 0)
		return error_set(err, ERROR_USAGE,
				 "'%.40s' is no share from 0.01%% to 99.99%%, as 10%%",
				 text);
	*share = (uint32_t)hundredths;
	return 0;
}

void pipeline_share_format(char out[static PIPELINE_SHARE_LEN], uint32_t share)
{
	unsigned part = share % 100;

	if (part == 0)
		snprintf(out, PIPELINE_SHARE_LEN, "%u%%", (unsigned)share / 100);
	else if (part % 10 == 0)
		snprintf(out, PIPELINE_SHARE_LEN, "%u.%u%%", (unsigned)share / 100,
			 part / 10);
	else
		snprintf(out, PIPELINE_SHARE_LEN, "%u.%02u%%", (unsigned)share / 100,
			 part);
}

/* FNV-1a, whose upper bits depend little on the last characters, and the end of MurmurHash3,
 * after which each bit depends on all. */
uint32_t pipeline_share_place(const char *run_id)
{
	uint64_t hash = UINT64_C(14695981039346656037);

	for (; *run_id; run_id++)
		hash = (hash ^ (unsigned char)*run_id) * UINT64_C(1099511628211);
	hash = (hash ^ (hash >> 33)) * UINT64_C(0xff51afd7ed558ccd);
	hash = (hash ^ (hash >> 33)) * UINT64_C(0xc4ceb9fe1a85ec53);
	hash ^= hash >> 33;
	return (uint32_t)((hash >> 32) * PIPELINE_SHARE_ALL >> 32);
}
