#ifndef BIN_HOOKROUTE_PLUGIN_RUN_H
#define BIN_HOOKROUTE_PLUGIN_RUN_H

#include "lib/str.h"

struct buf;
struct lookup;
struct occasion;
struct registry_plugin;

/* A run of a plugin: which version, on what occasion, for which repository. */
struct run {
	const struct lookup *lookup;
	const struct occasion *occasion;
	const struct registry_plugin *plugin;
	const char *repository; /* as it is assigned */
	const char *program;	/* hookroute-plugin-exec */
};

/* The setting that holds: the repository's, else that for all, else NULL. */
const char *run_setting(const struct run *run, const char *key);

/*
 * Append the run as a line of jobspec(5).  Its id follows from the occasion and the plugin, so that
 * the same occasion twice is one job, also when there is a newer version meanwhile.
 */
void run_write(struct buf *out, const struct run *run);

#endif
