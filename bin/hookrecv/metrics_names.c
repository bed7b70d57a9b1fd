#include "bin/hookrecv/metrics_names.h"

#include "bin/hookrecv/provider.h"
#include "lib/str.h"

enum { UNKNOWN, DESCRIBED, TABLE };

const uint64_t metrics_times[METRICS_BOUNDS] = { 500,	  1000,	  2500,	   5000,
						 10000,	  25000,  50000,   100000,
						 250000,  500000, 1000000, 2500000,
						 10000000 };
const uint64_t metrics_sizes[METRICS_BOUNDS] = { 1,  2,	 4,  8,	  16,  24, 32,
						 48, 64, 96, 128, 192, 256 };

static const char *const verdicts[] = {
	"other",
	"accepted",
	"duplicate",
	"ping",
	"unsigned",
	"bad_signature",
	"stale_signature",
	"bad_payload",
	"too_large",
	"length_required",
	"unsupported_media_type",
	"unknown_hook",
	"not_found",
	"method_not_allowed",
	"bad_head",
	"bad_length",
	"bad_encoding",
	"head_too_large",
	"banned",
	"too_many_requests",
	"unavailable",
	"broken_off",
};

enum { VERDICTS = sizeof(verdicts) / sizeof(verdicts[0]) };
_Static_assert((int)VERDICTS <= (int)METRICS_VERDICTS, "raise METRICS_VERDICTS");

size_t metrics_provider(const struct provider *provider)
{
	const struct provider *row = provider_next(NULL);
	size_t i = TABLE;

	if (!provider)
		return UNKNOWN;
	while (row && row != provider) {
		row = provider_next(row);
		i++;
	}
	return row && i < METRICS_PROVIDERS ? i : DESCRIBED;
}

const char *metrics_provider_name(size_t row)
{
	const struct provider *provider = provider_next(NULL);
	size_t i;

	if (row < TABLE)
		return row == UNKNOWN ? "unknown" : "described";
	for (i = TABLE; provider && i < row; i++)
		provider = provider_next(provider);
	return provider ? provider->name : NULL;
}

size_t metrics_verdict(const char *verdict)
{
	size_t i;

	for (i = 1; i < VERDICTS; i++) {
		if (str_equal(verdicts[i], verdict))
			return i;
	}
	return 0;
}

const char *metrics_verdict_name(size_t column)
{
	return column < VERDICTS ? verdicts[column] : NULL;
}
