#ifndef BIN_TOKENMINT_RUN_COMMANDS_H
#define BIN_TOKENMINT_RUN_COMMANDS_H

struct error;
struct options;
struct keyring;

/* One function for each row of the table in main.c. */
typedef int command_fn(const struct options *options, const struct keyring *keyring,
		       struct error *err);

command_fn cmd_run_token_issue;
command_fn cmd_run_token_list;
command_fn cmd_run_token_revoke;
command_fn cmd_run_token_verify;
command_fn cmd_prune;

#endif
