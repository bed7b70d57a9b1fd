#ifndef BIN_HOOKRECV_COMMANDS_H
#define BIN_HOOKRECV_COMMANDS_H

struct error;
struct layout;
struct options;

/* The subcommands, each in the file of its name. */
typedef int command_fn(const struct options *options, const struct layout *layout,
		       struct error *err);

command_fn cmd_serve, cmd_add, cmd_list, cmd_show, cmd_remove, cmd_enable, cmd_disable;
command_fn cmd_sign, cmd_providers, cmd_bans, cmd_rotate, cmd_reconcile;
command_fn cmd_doctor, cmd_explain;

#endif
