#ifndef BIN_TOKENMINT_IDENTITY_COMMANDS_H
#define BIN_TOKENMINT_IDENTITY_COMMANDS_H

struct error;
struct options;
struct place;

/* One function for each row of the table in main.c. */
typedef int command_fn(const struct options *options, const struct place *place,
		       struct error *err);

command_fn cmd_apikey_bootstrap;
command_fn cmd_apikey_create;
command_fn cmd_apikey_list;
command_fn cmd_apikey_show;
command_fn cmd_apikey_revoke;
command_fn cmd_apikey_verify;
command_fn cmd_session_issue;
command_fn cmd_session_keys;
command_fn cmd_session_list;
command_fn cmd_session_refresh;
command_fn cmd_session_revoke;
command_fn cmd_session_rotate;
command_fn cmd_session_verify;

#endif
