#ifndef BIN_GHSTATS_COMMANDS_H
#define BIN_GHSTATS_COMMANDS_H

struct error;
struct layout;
struct options;

/* The subcommands, each in the file of its name. */
typedef int command_fn(const struct options *options, const struct layout *layout,
		       struct error *err);

command_fn cmd_ingest, cmd_report, cmd_list, cmd_summarize, cmd_serve;

#endif
