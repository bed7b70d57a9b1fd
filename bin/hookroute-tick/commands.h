#ifndef BIN_HOOKROUTE_TICK_COMMANDS_H
#define BIN_HOOKROUTE_TICK_COMMANDS_H

struct error;
struct layout;
struct options;

/* One function for each row of the table in main.c. */
typedef int command_fn(const struct options *options, const struct layout *layout,
		       struct error *err);

command_fn cmd_tick;
command_fn cmd_add;
command_fn cmd_list;
command_fn cmd_next;
command_fn cmd_remove;
command_fn cmd_start;
command_fn cmd_stop;

#endif
