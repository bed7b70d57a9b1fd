#ifndef BIN_HOOKROUTE_TICK_SETTING_H
#define BIN_HOOKROUTE_TICK_SETTING_H

#include <stdint.h>

struct error;
struct layout;

/* HOOKTOOLS_TICK_JITTER; 0 if it is not set. */
int setting_jitter(int64_t *jitter_ms, const struct layout *layout, struct error *err);

#endif
