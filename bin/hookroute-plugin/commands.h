#ifndef BIN_HOOKROUTE_PLUGIN_COMMANDS_H
#define BIN_HOOKROUTE_PLUGIN_COMMANDS_H

struct error;
struct layout;
struct options;

/* One function for each row of the table in main.c. */
typedef int command_fn(const struct options *options, const struct layout *layout,
		       struct error *err);

command_fn cmd_add;
command_fn cmd_update;
command_fn cmd_list;
command_fn cmd_show;
command_fn cmd_enable;
command_fn cmd_disable;
command_fn cmd_remove;
command_fn cmd_assign;
command_fn cmd_unassign;
command_fn cmd_set;
command_fn cmd_unset;
command_fn cmd_schedule;
command_fn cmd_unschedule;
command_fn cmd_start;
command_fn cmd_stop;

/* As the consumer plugin, and beside `hookroute run`; not for people. */
command_fn cmd_consume;
command_fn cmd_watch;

#endif
