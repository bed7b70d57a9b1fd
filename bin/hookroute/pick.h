#ifndef BIN_HOOKROUTE_PICK_H
#define BIN_HOOKROUTE_PICK_H

#include <stdbool.h>
#include <stdint.h>

struct options;
struct walk_event;

/* Is it one of the events that --name, --event, --provider, --since, --until and --after
 * choose?  All, when none of them was given. */
bool pick_event(const struct options *options, const struct walk_event *event);

/* Was any of them given? */
bool pick_is_narrow(const struct options *options);

/* When the event was received, or made if it does not say; 0 if neither is known. */
int64_t pick_time_ms(const struct walk_event *event);

#endif
