#ifndef BIN_HOOKRECV_METRICS_NAMES_H
#define BIN_HOOKRECV_METRICS_NAMES_H

#include <stddef.h>
#include <stdint.h>

#include "bin/hookrecv/metrics.h"

/* The labels of the counters, and the bounds of the histograms. */

/* The row of a provider: one for each of the table, one for those that files describe, one
 * for requests that came to no hook. */
size_t metrics_provider(const struct provider *provider);
const char *metrics_provider_name(size_t row);

/* The column of a verdict; one that is not known is "other". */
size_t metrics_verdict(const char *verdict);
const char *metrics_verdict_name(size_t column);

/* Upper bounds: microseconds, and events. */
extern const uint64_t metrics_times[METRICS_BOUNDS];
extern const uint64_t metrics_sizes[METRICS_BOUNDS];

#endif
