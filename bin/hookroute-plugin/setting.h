#ifndef BIN_HOOKROUTE_PLUGIN_SETTING_H
#define BIN_HOOKROUTE_PLUGIN_SETTING_H

#include <stdbool.h>

struct error;
struct registry_setting;

/*
 * A setting's key is in capitals, and reaches the plugin as CONFIG_KEY or, for one repository, as
 * PARAM_KEY; or it is one of our own words, which say how the plugin is run: events, timeout, grace,
 * dir, and the limits cpu, memory, pids.  hookplugin(5) has the table.
 */
int setting_check(const struct registry_setting *setting, struct error *err);

/* Is it for the plugin, and not a word of ours? */
bool setting_is_variable(const char *key);

/* "CONFIG_" or "PARAM_". */
const char *setting_prefix(const struct registry_setting *setting);

#endif
