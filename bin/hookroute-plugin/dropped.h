#ifndef BIN_HOOKROUTE_PLUGIN_DROPPED_H
#define BIN_HOOKROUTE_PLUGIN_DROPPED_H

#include <stdbool.h>

struct error;
struct store;

/* A plugin's name: 3 to 32 letters, digits and hyphens. */
int dropped_check_name(const char *name, struct error *err);

/*
 * Register what somebody has dropped into plugins.d: executables called NAME or NAME@VERSION (1.0.0
 * if there is none).  Each new one is blank.  A name that is a plugin already is refused with a
 * warning, and so is what is no program.  A file that is being written is left for later, and
 * *unsettled (may be NULL) is then true.
 */
int dropped_load(struct store *store, bool *unsettled, struct error *err);

#endif
