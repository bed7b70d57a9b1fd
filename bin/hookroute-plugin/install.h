#ifndef BIN_HOOKROUTE_PLUGIN_INSTALL_H
#define BIN_HOOKROUTE_PLUGIN_INSTALL_H

struct error;
struct registry_plugin;
struct sealed;
struct store;

/*
 * Put the program's bytes in place as <state>/plugins/NAME@VERSION, durably, and enter the version
 * into the registry; within a transaction, so that of two processes one comes after the other.
 * plugin says the name and the version, and gets its digest and size.
 */
int install_version(struct store *store, struct registry_plugin *plugin,
		    const struct sealed *program, struct error *err);

/* Put the bytes of a version that is registered back in their place: they are the same. */
int install_again(const struct store *store, const struct registry_plugin *plugin,
		  const struct sealed *program, struct error *err);

/* Print NAME@VERSION and the digest. */
int install_tell(const struct registry_plugin *plugin, struct error *err);

#endif
