#ifndef BIN_HOOKROUTE_METRICS_WRITE_H
#define BIN_HOOKROUTE_METRICS_WRITE_H

#include <stdint.h>

struct buf;
struct figures_all;

/* All of it in the text format of Prometheus, version 0.0.4. */
void metrics_write(struct buf *out, const struct figures_all *figures, int64_t now_ms);

#endif
