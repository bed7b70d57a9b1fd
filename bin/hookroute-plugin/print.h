#ifndef BIN_HOOKROUTE_PLUGIN_PRINT_H
#define BIN_HOOKROUTE_PLUGIN_PRINT_H

#include <stdint.h>

#include "bin/hookroute-plugin/store.h"

struct buf;
struct json_writer;

/* A plugin by its newest version. */
struct print_facts {
	const struct registry_plugin *plugin;
	uint64_t repositories;
	enum store_state state;
};

/* The table for people, and JSON. */
void print_head(struct buf *out);
void print_row(struct buf *out, const struct print_facts *facts);
void print_json(struct buf *out, const struct print_facts *facts);

/* The members of print_json, into an object that is open. */
void print_members(struct json_writer *writer, const struct print_facts *facts);

#endif
