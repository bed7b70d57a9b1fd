#ifndef BIN_HOOKROUTE_LANES_LOOK_H
#define BIN_HOOKROUTE_LANES_LOOK_H

#include <stdbool.h>

struct dispatch;
struct lane_entry;

/* What other routers have for the lanes that we send for. */

/* Learn all that is left in defer/. */
void lanes_learn(struct dispatch *dispatch);

/* That of one event. */
void lanes_learn_of(struct dispatch *dispatch, const char *id);

/* Look which files others still have, and learn what they have put aside meanwhile. */
void lanes_look(struct dispatch *dispatch);

/* May it go, or can older events still be in a file, others' or ours?  Looks if need be, and
 * may so put some before it in its lane. */
bool lanes_may_pass(struct dispatch *dispatch, const struct lane_entry *entry);

#endif
