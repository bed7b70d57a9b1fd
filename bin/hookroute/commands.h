#ifndef BIN_HOOKROUTE_COMMANDS_H
#define BIN_HOOKROUTE_COMMANDS_H

struct error;
struct layout;
struct options;

/* One function for each row of the table in main.c. */
typedef int command_fn(const struct options *options, const struct layout *layout,
		       struct error *err);

command_fn cmd_run;
command_fn cmd_drain;
command_fn cmd_consumer_test;
command_fn cmd_filter;
command_fn cmd_test;
command_fn cmd_check;
command_fn cmd_emit;
command_fn cmd_explain;
command_fn cmd_metrics;
command_fn cmd_put;
command_fn cmd_list;
command_fn cmd_show;
command_fn cmd_retry;
command_fn cmd_log;
command_fn cmd_hold;
command_fn cmd_release;
command_fn cmd_drop;
command_fn cmd_replay;
command_fn cmd_diff;
command_fn cmd_status;
command_fn cmd_stat;
command_fn cmd_prune;
command_fn cmd_recover;

#endif
